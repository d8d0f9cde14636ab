"""The Lightning module of many replicas at once: the chunked loop with a leading axis.

Replica r draws its weights, batches, masks and augmentation from its own streams, in the order in
which it would alone. One that stops, early or because it has diverged, leaves the stack with what
it had; the others go on in a smaller one, but never fewer than two: matrix products of one take
another kernel, and a replica's bits are not to depend on its company. So the last one is
accompanied by a copy of another, whose numbers are thrown away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import pytorch_lightning as pl
import torch
from torch import Generator, Tensor

from deepclaims.nn.stacked import Stack
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.optim.stacked import StackedUpdate
from deepclaims.training.augmentation import Augment
from deepclaims.training.early_stopping import Patience
from deepclaims.training.minibatches import Chunk, Rows
from deepclaims.training.objectives import Objective
from deepclaims.training.resident import StackedSplit
from deepclaims.training.scores import StackedScores

SCORED_ROWS = 256
"""Samples of each replica scored at a time: not fewer in a larger stack, for the sums' sake."""


@dataclass
class Replica:
    """What belongs to one replica of a stack.

    Args:
        noise: draws all its noise and augmentation.
        units: the noise on its units.
        parameter_noise: standard deviation of what its numbers have on them in each step.
        augment: changes its training batches, or None.
        clip: largest norm of its gradient; infinite for none.
        early: when it stops early, or None.

    Attributes:
        steps: minibatches it was trained on.
        curves: by name, a list of (step, value).
        best: its numbers where validation was best.
        theta: its numbers when it left the stack.
    """

    noise: Generator
    units: UnitNoise = field(default_factory=UnitNoise)
    parameter_noise: float = 0.0
    augment: Augment | None = None
    clip: float = math.inf
    early: Patience | None = None
    steps: int = 0
    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    best: Tensor | None = None
    theta: Tensor | None = None

    @property
    def is_padding(self) -> bool:
        """Whether it has left: what it may still do does not count."""
        return self.theta is not None

    def note(self, name: str, step: int, value: float) -> None:
        """Add a point to the curve `name`."""
        if not self.is_padding:
            self.curves.setdefault(name, []).append((step, value))


_Gathered = tuple[tuple[Tensor, ...], Tensor, Tensor | None]
"""Inputs, targets, and their weights if they have any."""


class StackedTraining(pl.LightningModule):
    """R networks, what they minimise, and the data they do it on.

    Args:
        stack: the networks.
        replicas: one for each of them.
        objective: their loss.
        splits: the data by name; train at least.
        update: changes all of θ.
        validates: whether to score the validation split at each epoch's end.

    Attributes:
        steps: minibatches trained on so far.
        active: which replicas are still in the stack, in its order.
    """

    active: Tensor
    gathered: tuple[Tensor, _Gathered] | None

    def __init__(
        self,
        stack: Stack,
        replicas: Sequence[Replica],
        objective: Objective,
        splits: dict[str, StackedSplit],
        update: StackedUpdate,
        *,
        validates: bool,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.stack = stack
        self.replicas = replicas
        self.objective = objective
        self.splits = splits
        self.update = update
        self.validates = validates
        self.noisy_layers = stack.noisy_layers()
        self.augments = any(own.augment is not None for own in replicas)
        self.parameter_noise = any(own.parameter_noise > 0 for own in replicas)
        self.steps = 0
        self._go_on_with(torch.arange(len(replicas)))

    def configure_optimizers(self) -> None:
        """None of torch's: `update` takes all replicas at once."""

    def setup(self, stage: str) -> None:
        """Bring data and networks to where they will be."""
        device = self.trainer.strategy.root_device
        self.stack.load(self.stack.theta.to(device))
        for split in self.splits.values():
            split.to(device)
        self._go_on_with(self.active.to(device))

    def training_step(self, chunk: Chunk, batch_idx: int) -> None:
        """Train each replica on each of its minibatches in `chunk`; note their mean loss."""
        # Along rows: a sum down columns has an order that depends on how many there are.
        means = torch.stack(self._train_on(chunk), dim=1).mean(1).tolist()
        present = self._present()
        for replica, mean in zip(present, means, strict=True):
            replica.note("train_loss", self.steps, mean)
        # NaN is where a training has diverged to: no later step can leave it.
        diverged = [
            i for i, mean in enumerate(means) if math.isnan(mean) and not present[i].is_padding
        ]
        if diverged:
            if self.validates:
                self._validate(diverged)
            self._dismiss(diverged)

    def _train_on(self, chunk: Chunk) -> list[Tensor]:
        stack, update, clips = self.stack, self.update, self.clips
        losses = []
        for batch in chunk.batches:
            inputs, targets, weights = self._gather(batch)
            samples = targets.shape[1]
            for layer in self.noisy_layers:
                layer.samples = samples
            if self.augments:
                inputs = self._augmented(inputs, samples)
            theta = stack.theta
            if self.parameter_noise:
                stack.load(self._noisy(theta))
            loss, g = stack.descent(inputs, partial(self._slopes, targets=targets, weights=weights))
            if self.parameter_noise:
                stack.load(theta)
            if clips is not None:
                factors = (clips / (torch.linalg.vector_norm(g, dim=1) + 1e-6)).clamp(max=1.0)
                for r in (factors != 1).nonzero()[:, 0].tolist():
                    g[r].mul_(factors[r])
            update.step(stack.theta, g)
            losses.append(loss)
            self.steps += 1
        return losses

    def _slopes(
        self, outputs: Tensor, targets: Tensor, weights: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Losses (R,) of outputs (R·n, …) and their gradient, which is zero on padded rows."""
        each, samples = outputs.unflatten(0, (len(targets), -1)), targets.shape[1]
        losses, slope = self.objective.slopes(each[:, :samples], targets, weights)
        if samples < each.shape[1]:
            slope = torch.cat([slope, torch.zeros_like(each[:, samples:])], dim=1)
        return losses, slope.view(outputs.shape)

    def _gather(self, batch: Tensor) -> _Gathered:
        """The data of a minibatch; those of the last one again, if it is that."""
        if self.gathered is not None and self.gathered[0] is batch:
            return self.gathered[1]
        active, split = self.active, self.splits["train"]
        own = batch if self.everybody else batch[active]
        padded = self._padded(own)
        inputs = tuple(source.gather(padded, active) for source in split.inputs)
        reconstructs = split.targets is split.inputs[0]
        targets = inputs[0] if reconstructs else split.targets.gather(own, active)
        targets = targets.unflatten(0, (len(active), -1))[:, : own.shape[1]]
        weights = (
            None
            if split.weights is None
            else split.weights.gather(own, active).unflatten(0, (len(active), -1))
        )
        self.gathered = batch, (inputs, targets, weights)
        return self.gathered[1]

    def _noisy(self, theta: Tensor) -> Tensor:
        """θ with noise on it; a replica draws one number for each of its own, and no others."""
        noisy = theta.clone()
        for own, replica in zip(noisy, self._present(), strict=True):
            if replica.parameter_noise > 0:
                epsilon = own.new_empty(self.stack.parameters_each).normal_(generator=replica.noise)
                own[: len(epsilon)] += replica.parameter_noise * epsilon
        return noisy

    def _padded(self, rows: Tensor) -> Tensor:
        """Numbers of rows (r, n), the first of them again up to a multiple of the quantum."""
        padding = -rows.shape[1] % self.stack.quantum
        return torch.cat([rows, rows[:, :1].expand(-1, padding)], dim=1) if padding else rows

    def _augmented(self, inputs: tuple[Tensor, ...], samples: int) -> tuple[Tensor, ...]:
        each = zip(*(x.chunk(len(self.active)) for x in inputs), strict=True)
        changed: list[tuple[Tensor, ...]] = []
        for replica, own in zip(self._present(), each, strict=True):
            if replica.augment is None:
                changed.append(own)
                continue
            new = replica.augment(tuple(x[:samples] for x in own))
            changed.append(
                tuple(torch.cat([x, old[samples:]]) for x, old in zip(new, own, strict=True))
            )
        return tuple(torch.cat(tensors) for tensors in zip(*changed, strict=True))

    def on_train_epoch_end(self) -> None:
        """Validate, and let those go whose patience is at an end."""
        living = [i for i, replica in enumerate(self._present()) if not replica.is_padding]
        if not self.validates or not living:
            return
        self._validate(living)
        present = self._present()
        exhausted = [i for i in living if (early := present[i].early) and early.exhausted]
        if exhausted:
            self._dismiss(exhausted)

    def on_train_end(self) -> None:
        """Let all go that are still there."""
        self._dismiss([i for i, own in enumerate(self._present()) if not own.is_padding])

    def score(self, name: str, *, keep_outputs: bool = False) -> StackedScores:
        """The scores of the replicas present on the split `name`."""
        split, active = self.splits[name], self.active
        scores = StackedScores(
            self.objective, len(active), self.stack.theta.device, keep_outputs=keep_outputs
        )
        replicas = len(active)
        training = self.stack.training
        self.stack.eval()
        for start, stop in Rows(len(split), SCORED_ROWS):
            rows = torch.arange(start, stop, device=active.device).expand(replicas, -1)
            padded = self._padded(rows)
            inputs = [source.gather(padded, active) for source in split.inputs]
            outputs = self.stack.outputs(inputs).unflatten(0, (replicas, -1))[:, : stop - start]
            targets = split.targets.gather(rows, active).unflatten(0, (replicas, -1))
            scores.update(outputs, targets)
        self.stack.train(training)
        return scores

    def recall(self) -> None:
        """Call all replicas back, each with the numbers it left with."""
        thetas = [replica.theta for replica in self.replicas if replica.theta is not None]
        self.stack.load(torch.stack(thetas))
        self._go_on_with(torch.arange(len(thetas), device=self.stack.theta.device))

    def _validate(self, positions: Sequence[int]) -> None:
        metrics, present = self.score("validation").metrics("validation"), self._present()
        for i in positions:
            replica = present[i]
            for name, value in metrics[i].items():
                replica.note(name, self.steps, value)
            if replica.early is not None and replica.early.is_better(replica.curves):
                replica.best = self.stack.theta[i].clone()

    def _dismiss(self, positions: Sequence[int]) -> None:
        present = self._present()
        for i in positions:
            replica = present[i]
            replica.steps = self.steps
            replica.theta = self.stack.theta[i].clone() if replica.best is None else replica.best
        living = [i for i, replica in enumerate(present) if not replica.is_padding]
        if not living:
            self.trainer.should_stop = True
            return
        padding = [i for i, replica in enumerate(present) if replica.is_padding]
        rows = sorted(living + padding[: max(0, 2 - len(living))])
        staying = torch.tensor(rows, dtype=torch.int64, device=self.active.device)
        self.stack.load(self.stack.theta[staying])
        self.update.keep(staying)
        self._go_on_with(self.active[staying])

    def _go_on_with(self, active: Tensor) -> None:
        """Settle what depends on which replicas are present: `active`, their numbers."""
        self.active = active
        self.gathered = None
        self.everybody = len(active) == len(self.replicas)
        present = self._present()
        for layer in self.noisy_layers:
            layer.hear([replica.units for replica in present])
            layer.generators = [replica.noise for replica in present]
        clips = torch.tensor([replica.clip for replica in present], dtype=torch.float64)
        self.clips = clips.to(self.stack.theta) if clips.isfinite().any() else None

    def _present(self) -> list[Replica]:
        return [self.replicas[r] for r in self.active.tolist()]
