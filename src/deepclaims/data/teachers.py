"""Classes that a teacher gives, some of them flipped: problems whose Bayes error is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from deepclaims.data.options import require_choice, require_count, require_fraction
from deepclaims.data.splits import Split, Splits
from deepclaims.groups import read_options

DRAWS, VALIDATION_DRAWS, TEST_DRAWS = 331, 332, 333
"""Random streams of a replica's seed."""


def half(x: Tensor) -> Tensor:
    """The side of a hyperplane that a point is on: every input counts alike."""
    return x.sum(1) > 0


def ball(x: Tensor) -> Tensor:
    """Whether a point is outside the ball that half of them are in."""
    from scipy.stats import chi2

    return x.square().sum(1) > chi2.median(x.shape[1])


def xor(x: Tensor) -> Tensor:
    """Whether the first two inputs have one sign; the others tell nothing."""
    return x[:, 0] * x[:, 1] > 0


TEACHERS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"half": half, "ball": ball, "xor": xor}
)


@dataclass(frozen=True)
class TeacherOptions:
    """Options of `conf/data/teacher.yaml`."""

    teacher: str = "half"
    dimension: int = 10
    n: int = 300
    n_test: int = 4000
    flip: float = 0.1

    def __post_init__(self) -> None:
        require_choice("teacher", self.teacher, tuple(TEACHERS))
        for key in ("dimension", "n", "n_test"):
            require_count(key, getattr(self, key), optional=False)
        require_fraction("flip", self.flip)


def load_teacher(config: Mapping[str, Any], seed: int) -> Splits:
    """Normal inputs (n, dimension) float32, their classes (n,) flipped with probability `flip`.

    Labels are flipped in every split. Below a half, `flip` is the Bayes error: nothing knows more
    than the teacher, who errs there.

    Args:
        config: the options, see `TeacherOptions`.
        seed: draws the points and which labels are flipped.
    """
    options = read_options("data=teacher", TeacherOptions, config)
    teacher = TEACHERS[options.teacher]

    def draw(count: int, stream: int) -> Split:
        generator = torch.Generator().manual_seed(seed * 1000 + stream)
        x = torch.randn(count, options.dimension, generator=generator)
        flipped = torch.rand(count, generator=generator) < options.flip
        return Split((x,), (teacher(x) ^ flipped).long())

    train, validation = draw(options.n, DRAWS), draw(options.n_test, VALIDATION_DRAWS)
    test = draw(options.n_test, TEST_DRAWS)
    shape = ((options.dimension,),)
    return Splits(train, validation, test, "classification", 2, shape, "computed")
