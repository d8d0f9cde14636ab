"""Training sets that grow: what becomes of each sample, and which samples are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.splits import Split
from deepclaims.training.augmentation import build_augment

Change = Callable[[Tensor], Tensor]
"""Samples (n, …) as they look from elsewhere, drawn anew at each call."""


def change_of(
    name: str, law: Mapping[str, Any], generator: Generator, noise: float = 0.0
) -> Change:
    """How one kind of copy is made.

    Args:
        name: `none`; `informed`: by the augmentation `law`; `half_turn`: by the same, and then
            turned upside down; `noise`: by Gaussian noise alone.
        law: an `augment` group.
        generator: draws everything.
        noise: standard deviation of the Gaussian noise.

    Raises:
        KeyError: no kind of that name.
    """
    informed = _alone(dict(law), generator)
    kinds: Mapping[str, Change] = {
        "none": lambda x: x,
        "informed": informed,
        "half_turn": lambda x: informed(x).flip(-1, -2),
        "noise": _alone({"name": "none"}, generator, noise),
    }
    return kinds[name]


def _alone(law: dict[str, Any], generator: Generator, noise: float = 0.0) -> Change:
    augment = build_augment(law, generator, noise)
    return (lambda x: x) if augment is None else (lambda x: augment((x,))[0])


def size_of(change: Change, x: Tensor) -> float:
    """By how much a change moves an input, root mean square."""
    return float((change(x) - x).square().mean().sqrt())


def grown(split: Split, change: Change, copies: int, *, originals: bool = True) -> Split:
    """The samples and so many changed copies of each, with its label.

    Args:
        split: n samples of one input.
        change: makes the copies.
        copies: m.
        originals: False leaves the samples themselves out.

    Returns:
        n (m + 1) samples, n m without the originals; the copies of a sample are n apart.
    """
    (x,) = split.inputs
    seen = [x] * originals + [change(x) for _ in range(copies)]
    return Split((torch.cat(seen),), split.targets.repeat(len(seen)))


def distinct(x: Tensor) -> int:
    """How many different samples there are among (n, …)."""
    return len({row.numpy().tobytes() for row in x.flatten(1)})
