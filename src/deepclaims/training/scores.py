"""Scores of a split, gathered batch by batch."""

from __future__ import annotations

import torch
from torch import Tensor

from deepclaims.training.objectives import IGNORED, Objective


class Scores:
    """Loss and error (or squared error) of the rows seen so far.

    Sums are kept in double precision where the outputs are, so that 5 wrong of 20 000 are 0.00025
    and nothing waits for a GPU; they are the same in every process of a DDP run, each of which
    scores all rows.

    Args:
        objective: what is scored.
        device: where outputs come from.
        keep_outputs: whether to keep the outputs themselves too.
    """

    def __init__(
        self, objective: Objective, device: torch.device, *, keep_outputs: bool = False
    ) -> None:
        self.objective = objective
        # Loss, wrong answers (or squared error), and how many targets they are the sums over.
        self.sums = torch.zeros(3, dtype=torch.float64, device=device)
        self.keep_outputs = keep_outputs
        self.outputs: list[Tensor] = []

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        """Count a batch in: `outputs` of the network, `targets` as the objective asks for them."""
        if self.keep_outputs:
            self.outputs.append(outputs)
        loss = self.objective.loss(outputs, targets).double()
        if self.objective.counts_errors:
            known = targets != IGNORED
            score = ((outputs.argmax(-1) != targets) & known).sum().double()
            count = known.sum().double()
        else:
            score = (outputs.view_as(targets) - targets).double().square().mean() * len(targets)
            count = torch.full_like(loss, len(targets))
        self.sums += torch.stack([loss * count, score, count])

    def metrics(self, split: str) -> dict[str, float]:
        """`<split>_loss`, and `<split>_error` in [0, 1] or `<split>_mse`."""
        return self.objective.metrics(split, *self.sums.tolist())


class StackedScores:
    """`Scores` of R replicas, whose outputs have them as their first axis.

    Args:
        objective: what is scored.
        replicas: R.
        device: where outputs come from.
        keep_outputs: whether to keep the outputs themselves too.
    """

    def __init__(
        self,
        objective: Objective,
        replicas: int,
        device: torch.device,
        *,
        keep_outputs: bool = False,
    ) -> None:
        self.objective = objective
        self.sums = torch.zeros(replicas, 3, dtype=torch.float64, device=device)
        self.keep_outputs = keep_outputs
        self.outputs: list[Tensor] = []

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        """Count a batch in: `outputs` (R, n, …) of the networks, `targets` alike."""
        if self.keep_outputs:
            self.outputs.append(outputs)
        losses = self.objective.losses(outputs, targets).double()
        if self.objective.counts_errors:
            known = targets != IGNORED
            wrong = (outputs.argmax(-1) != targets) & known
            score, count = (x.flatten(1).sum(1).double() for x in (wrong, known))
        else:
            squares = (outputs.reshape(targets.shape) - targets).double().square()
            score = squares.flatten(1).mean(1) * targets.shape[1]
            count = torch.full_like(losses, targets.shape[1])
        self.sums += torch.stack([losses * count, score, count], dim=1)

    def metrics(self, split: str) -> list[dict[str, float]]:
        """For each replica what `Scores.metrics` gives."""
        return [self.objective.metrics(split, *own) for own in self.sums.tolist()]
