"""Random choices over labelled samples: balanced subsets and wrong labels."""

from __future__ import annotations

import numpy as np


def stratified_order(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An order of the samples every beginning of which has the classes in proportion.

    Within a class the order is random. Beginnings are nested, so that a learning curve over n
    adds samples and never swaps them.

    Args:
        labels: (n,) class numbers.
        rng: draws the order within each class.

    Returns:
        (n,) the sample numbers in their new order.
    """
    shuffled = rng.permutation(len(labels))
    ordered, place = labels[shuffled], np.empty(len(labels))
    for value in np.unique(labels):
        members = np.flatnonzero(ordered == value)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return shuffled[np.argsort(place, kind="stable")]


def flip_labels(
    labels: np.ndarray, fraction: float, classes: int, rng: np.random.Generator
) -> np.ndarray:
    """Give `round(fraction * n)` samples another class, each of the others equally likely.

    Args:
        labels: (n,) class numbers in 0..classes-1.
        fraction: in [0, 1].
        classes: how many there are.
        rng: draws whose label is wrong, and what it becomes.
    """
    count = round(fraction * len(labels))
    flipped = labels.copy()
    chosen = rng.permutation(len(labels))[:count]
    flipped[chosen] = (labels[chosen] + rng.integers(1, classes, count)) % classes
    return flipped
