"""The Lightning module of every training: one `training_step` is a chunk of minibatches.

Lightning costs 0.15 ms a call, about a third of a small network's whole step. So it is called
once for some fifty steps: optimisation is manual, data lie in memory, and nothing is read or
logged inside. Under DDP a chunk is one minibatch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer

from deepclaims.data.splits import Split, Splits
from deepclaims.nn.chain import Chain
from deepclaims.nn.dense_chain import dense_chain
from deepclaims.training.augmentation import Augment, Read, reader
from deepclaims.training.minibatches import Chunk
from deepclaims.training.objectives import Objective
from deepclaims.training.scores import Scores


class ChunkedTraining(pl.LightningModule):
    """A network, what it minimises, and the data it does it on.

    Args:
        model: the network.
        objective: its loss.
        splits: the data, on any device.
        optimizer: makes the optimiser of `model`.
        generators: what draws random numbers in training, by name; saved in checkpoints.
        factors: of each step's learning rate, or None for a constant one.
        clip: largest norm of the whole gradient, or None.
        augment: changes the inputs of a training batch, or None.
        parameter_noise: standard deviation of what the parameters have on them in each step.
        keep_outputs: whether scores keep the outputs on the test split.

    Attributes:
        steps: minibatches trained on so far.
        curves: by name, a list of (step, value).
        scores: of each split, by name; the latest.
        read: how training batches are read, from `setup` on.
    """

    read: Read

    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        splits: Splits,
        optimizer: Callable[[nn.Module], Optimizer],
        *,
        generators: Mapping[str, Generator],
        factors: list[float] | None = None,
        clip: float | None = None,
        augment: Augment | None = None,
        parameter_noise: float = 0.0,
        keep_outputs: bool = False,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.model = model
        self.objective = objective
        self.splits = splits
        self.make_optimizer = optimizer
        self.generators = generators
        self.factors = factors
        self.clip = clip
        self.augment = augment
        self.parameter_noise = parameter_noise
        self.keep_outputs = keep_outputs
        self.weights = objective.weights(splits.train)
        self.steps = 0
        self.curves: dict[str, list[tuple[int, float]]] = {}
        self.scores: dict[str, Scores] = {}
        self.evaluated: tuple[str, ...] = ("validation",)

    def configure_optimizers(self) -> Optimizer:
        """The optimiser of the config."""
        return self.make_optimizer(self.model)

    def setup(self, stage: str) -> None:
        """Bring the data to where the network will be."""
        device = self.trainer.strategy.root_device
        self.splits = self.splits.to(device)
        if stage == "fit":
            self.read = reader(self.splits.train.inputs, self.augment)
        if self.weights is not None:
            self.weights = self.weights.to(device)

    def on_train_start(self) -> None:
        """Stay stopped, if the training that is resumed had diverged."""
        self._stop_if_diverged()

    def training_step(self, chunk: Chunk, batch_idx: int) -> None:
        """Train on each minibatch of `chunk`; note their mean loss."""
        mean = torch.stack(self._train_on(chunk)).mean()
        if self.trainer.world_size > 1:
            mean = self.trainer.strategy.reduce(mean, reduce_op="mean")
        self.note("train_loss", float(mean))
        self._stop_if_diverged()

    def _train_on(self, chunk: Chunk) -> list[Tensor]:
        # Locals, because looking an attribute up on an nn.Module costs as much as a small add.
        model, objective, clip = self.model, self.objective, self.clip
        split, weights, factors = self.splits.train, self.weights, self.factors
        read, targets = self.read, objective.targets(split)
        optimizer: Any = self.optimizers(use_pl_optimizer=False)
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        shared = self.trainer.world_size > 1
        by_hand = not shared and self.device.type == "cpu" and not torch.is_autocast_enabled("cpu")
        chain = dense_chain(model) if by_hand else None
        losses = []
        for batch in chunk.batches:
            index = self._own_share(batch) if shared else batch
            inputs = read(index)
            wanted = targets.index_select(0, index)
            counts = None if weights is None else weights.index_select(0, index)
            if factors is not None:
                _scale_rate(optimizer, factors[self.steps])
            for p in parameters:
                p.grad = None
            clean = self._disturb() if self.parameter_noise else None
            if chain is not None:
                loss = _descend(chain, objective, inputs[0], wanted, counts)
            else:
                loss = objective.loss(model(*inputs), wanted, counts)
                if shared:
                    loss = loss * self._scale_of_share(batch, wanted, counts)
                    self.manual_backward(loss)
                else:
                    loss.backward()
            if clean is not None:
                for p, own in zip(model.parameters(), clean, strict=True):
                    p.data.copy_(own)
            if clip is not None:
                nn.utils.clip_grad_norm_(parameters, clip)
            optimizer.step()
            losses.append(loss.detach())
            self.steps += 1
        return losses

    def _disturb(self) -> list[Tensor]:
        """Put noise on the parameters, in their order; return them as they were."""
        parameters = list(self.model.parameters())
        numbers = sum(p.numel() for p in parameters)
        epsilon = parameters[0].new_empty(numbers).normal_(generator=self.generators["noise"])
        clean = [p.detach().clone() for p in parameters]
        for p, own in zip(parameters, epsilon.split([p.numel() for p in parameters]), strict=True):
            p.data.add_(self.parameter_noise * own.view_as(p))
        return clean

    def _own_share(self, batch: Tensor) -> Tensor:
        # A batch too small to be shared is everybody's: the mean of equal gradients is the same.
        world = self.trainer.world_size
        return batch[self.global_rank :: world] if len(batch) >= world else batch

    def _scale_of_share(self, batch: Tensor, targets: Tensor, counts: Tensor | None) -> Tensor:
        # DDP averages over processes; the mean over the whole batch weighs them by their share.
        if len(batch) < self.trainer.world_size:
            return torch.ones((), device=self.device)
        split, objective = self.splits.train, self.objective
        whole = objective.mass(
            objective.targets(split)[batch], None if self.weights is None else self.weights[batch]
        )
        share = objective.mass(targets, counts) / whole
        # Nothing to learn in the whole batch is 0/0.
        return self.trainer.world_size * share.nan_to_num(0.0)

    def _stop_if_diverged(self) -> None:
        # NaN is where a training has diverged to: no later step can leave it.
        if self.curves.get("train_loss") and math.isnan(self.curves["train_loss"][-1][1]):
            self.trainer.should_stop = True

    def validation_step(
        self, rows: tuple[int, int], batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        """Score the rows from `rows[0]` up to `rows[1]` of a split."""
        name = self.evaluated[dataloader_idx]
        split: Split = getattr(self.splits, name)
        if batch_idx == 0:
            keep = self.keep_outputs and name == "test"
            self.scores[name] = Scores(self.objective, self.device, keep_outputs=keep)
        start, stop = rows
        outputs = self.model(*(x[start:stop] for x in split.inputs))
        self.scores[name].update(outputs, self.objective.targets(split)[start:stop])

    def on_validation_epoch_end(self) -> None:
        """Note the scores of a validation during training."""
        if self.trainer.state.fn == "fit":
            for name, value in self.scores["validation"].metrics("validation").items():
                self.note(name, value)

    def note(self, name: str, value: float) -> None:
        """Add a point to the curve `name`, at the current step."""
        self.curves.setdefault(name, []).append((self.steps, value))

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what is not in the weights: progress, curves, random states."""
        states = {name: generator.get_state() for name, generator in self.generators.items()}
        checkpoint["replica"] = {"steps": self.steps, "curves": self.curves, "random": states}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up again."""
        saved = checkpoint["replica"]
        self.steps, self.curves = saved["steps"], saved["curves"]
        for name, state in saved["random"].items():
            self.generators[name].set_state(state)


def _scale_rate(optimizer: Optimizer, factor: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("initial_lr", group["lr"]) * factor


def _descend(
    chain: Chain, objective: Objective, x: Tensor, targets: Tensor, weights: Tensor | None
) -> Tensor:
    """The loss of a batch; gradients go where `backward` puts them, and have its bits."""
    with torch.no_grad():
        outputs = chain.forward(x.flatten(1))
    if objective.task == "reconstruction":
        targets = targets.view(outputs.shape)
    outputs.requires_grad_()
    loss = objective.loss(outputs, targets, weights)
    (slope,) = torch.autograd.grad(loss, outputs)
    with torch.no_grad():
        chain.backward(slope)
    return loss
