"""What a data set hands to training: tensors of train, validation and test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

Task = Literal["classification", "regression", "reconstruction", "tagging"]
"""What the targets are.

- classification: `targets` (n,) int64 class numbers;
- regression: `targets` (n, outputs) float32;
- reconstruction: `targets` equal the inputs;
- tagging: one class a step, `targets` (n, L) int64 with -1 where nothing is to be said.
"""


@dataclass(frozen=True)
class Split:
    """Samples that are used together.

    Args:
        inputs: one tensor an input of the model, all with the samples along dimension 0.
        targets: what is to be said of each sample; see `Task` for shapes.
        groups: (n,) int64, whom each sample comes from (the record of an ECG), or None where
            samples are independent. Scores are bootstrapped over groups, not samples.
    """

    inputs: tuple[Tensor, ...]
    targets: Tensor
    groups: Tensor | None = None

    def __post_init__(self) -> None:
        beside = () if self.groups is None else (self.groups,)
        lengths = {len(x) for x in (*self.inputs, self.targets, *beside)}
        if len(lengths) != 1:
            raise ValueError(f"the tensors of a split differ in length: {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, index: Tensor | slice) -> Split:
        """The samples at `index`, an int64 or bool tensor or a slice along dimension 0."""
        return self.each(lambda x: x[index])

    def to(self, device: torch.device | str) -> Split:
        """The same samples on `device`."""
        return self.each(lambda x: x.to(device))

    def each(self, change: Callable[[Tensor], Tensor]) -> Split:
        """The same samples with every tensor changed."""
        return Split(
            tuple(change(x) for x in self.inputs),
            change(self.targets),
            None if self.groups is None else change(self.groups),
        )


@dataclass(frozen=True)
class Splits:
    """A data set cut in three, with what a model has to know of it.

    Args:
        train: what is learnt from.
        validation: what is chosen by; None where the config asked for all data to train on.
        test: what is reported, and never chosen by.
        task: what the targets are.
        outputs: number of classes, or of numbers to predict a sample (a step, for tagging).
        input_shapes: shape of one sample of each input, e.g. ((1, 28, 28),).
        source: "official", "embedded" (the stand-in) or "computed" (from a formula).
        group_names: name of group g is `group_names[g]`; empty where there are no groups.
    """

    train: Split
    validation: Split | None
    test: Split
    task: Task
    outputs: int
    input_shapes: tuple[tuple[int, ...], ...]
    source: str
    group_names: tuple[str, ...] = ()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample of the first input."""
        return self.input_shapes[0]

    def to(self, device: torch.device | str) -> Splits:
        """The same data set on `device`."""
        validation = None if self.validation is None else self.validation.to(device)
        return replace(
            self,
            train=self.train.to(device),
            validation=validation,
            test=self.test.to(device),
        )
