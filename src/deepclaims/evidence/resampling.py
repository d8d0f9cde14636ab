"""The bootstrap over whole units: patients, or seeds crossed with patients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from deepclaims.evidence.estimate import Estimate, undecided
from deepclaims.evidence.law import Draws

DRAWS = 4999  # the smallest p-value, 1/5000, survives Holm over a catalogue of 60


def bootstrap(
    statistic: Callable[..., float],
    *units: ArrayLike,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = 0.95,
    across: int = 1,
) -> Estimate:
    """Bootstrap interval (BCa) of a statistic over whole units, patients above all.

    Args:
        statistic: takes the resampled arrays, returns a number.
        units: arrays whose first axis is the unit; all are resampled with the same indices, so
            what belongs to one patient stays together and arms stay paired.
        seed: of the resampling.
        draws: resamples.
        level: confidence.
        across: 2 when the first two axes, (seeds, patients), are both resampled, crossed: the
            interval then answers for other seeds and other patients.

    Raises:
        ValueError: when the arrays disagree about the number of units.
    """
    arrays = [np.asarray(x) for x in units]
    sizes = arrays[0].shape[:across]
    if any(array.shape[:across] != sizes for array in arrays):
        raise ValueError(f"units differ: {[array.shape[:across] for array in arrays]}")
    # A single seed leaves its axis nothing to resample; patients alone then carry the interval.
    free = [axis for axis, size in enumerate(sizes) if size > 1]
    several = len(free) > 1
    method = "bootstrap (BCa), seeds × patients" if several else "bootstrap (BCa)"
    everything = [np.arange(sizes[axis]) for axis in free]

    def of(*chosen: np.ndarray) -> float:
        resampled = arrays
        for axis, indices in zip(free, chosen, strict=True):
            resampled = [np.take(array, indices, axis=axis) for array in resampled]
        return float(statistic(*resampled))

    value = float(statistic(*arrays))
    if sizes[-1] < 2 or not math.isfinite(value):
        return undecided(method, sizes[-1])
    made = stats.bootstrap(
        everything,
        of,
        n_resamples=draws,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng([seed, 20]),
    ).bootstrap_distribution
    if not np.isfinite(made).all():
        return undecided(method, sizes[-1], value)
    ordered = np.sort(np.asarray(made, dtype=float))
    law = Draws(tuple(ordered.tolist()), _shift(ordered, value), _acceleration(of, everything))
    return Estimate.of(value, law, sizes[-1], method, level)


def _shift(ordered: np.ndarray, value: float) -> float:
    """Efron's z₀; ties count half."""
    share = ((ordered < value).mean() + (ordered <= value).mean()) / 2
    return float(special.ndtri(share)) if 0 < share < 1 else 0.0


def _acceleration(of: Callable[..., float], units: Sequence[np.ndarray]) -> float:
    """Efron's a by the jackknife, over every resampled axis."""
    cubes = squares = 0.0
    for axis, indices in enumerate(units):
        if indices.size < 2:
            continue
        left = np.array(
            [of(*units[:axis], np.delete(indices, i), *units[axis + 1 :]) for i in indices]
        )
        influence = (left.mean() - left) / indices.size
        cubes += float((influence**3).sum())
        squares += float((influence**2).sum())
    return cubes / (6 * squares**1.5) if math.isfinite(cubes) and squares > 0 else 0.0
