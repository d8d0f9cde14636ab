"""Scores of pooled counts, with intervals over patients or over seeds crossed with patients.

A score over the beats of all patients is a function of counts summed over them: a sensitivity, F1,
R², or the difference of two arms'. Resampling patients is weighting their counts, so that the
studentised bootstrap of `evidence/resampling.py` is made for all resamples at once.

Which units are resampled says for whom the interval answers:

- `over_patients`, counts (patients, …): this net on other patients;
- `over_patients` with `seeds=True`, counts (seeds, patients, …): these nets, averaged within each
  resample, on other patients;
- `over_seeds_and_patients`: other nets on other patients.

Where no patient differs from another there is nothing to resample, and that is no certainty: one
in 6.5 may differ where none of 22 did. The interval is then made of that share and of the score's
`span`; without a span nothing is decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.estimate import Estimate, undecided
from deepclaims.evidence.law import Unanimous
from deepclaims.evidence.resampling import resamples, studentised

Score = Callable[..., np.ndarray]
"""Totals over patients of each array, (…, *counts of one patient) -> (…): one number for each."""

DRAWS = 9999
"""Resamples; the smallest p-value, 2/10000, survives Holm over 123 sentences at a first attempt."""

ANYTHING = (-math.inf, math.inf)
BLOCK = 250_000
"""How many scores are computed at a time."""


@dataclass(frozen=True)
class Pairs:
    """Counts of two patients together, such as the pairs of samples that make an area under ROC.

    Args:
        counts: (seeds, patients, patients, …), or (patients, patients, …) of this net alone; the
            total goes over all pairs of patients drawn.
    """

    counts: np.ndarray


def over_patients(
    score: Score,
    *counts: ArrayLike | Pairs,
    seeds: bool = False,
    span: tuple[float, float] = ANYTHING,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Estimate:
    """A score of counts pooled over patients; the unit is the patient.

    Args:
        score: of totals over patients, leading axes kept: `(…, k) -> (…)` for counts of k numbers.
        counts: `(patients, …)` each, or `(seeds, patients, …)` with `seeds`; arms stay paired.
            `Pairs` where a count is of two patients.
        seeds: the first axis is the seed; the score is averaged over seeds, which stay as they are.
        span: the least and the most that the score can be, such as (0, 1).
        seed: of the resampling.
        draws: resamples.
        level: confidence.

    Raises:
        ValueError: when the arrays disagree about seeds or patients.
    """
    tables = [_table(each, alone=not seeds) for each in counts]
    return _estimate(score, tables, False, span, seed, draws, level)


def over_seeds_and_patients(
    score: Score,
    *counts: ArrayLike | Pairs,
    span: tuple[float, float] = ANYTHING,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Estimate:
    """The mean over seeds of a score of pooled counts; seeds and patients are both resampled.

    Owen's pigeonhole bootstrap, studentised: seeds and patients are drawn apart and crossed. Its
    standard error adds the variance over seeds to that over patients, so that the luck of a single
    (seed, patient) counts twice: it errs on the wide side. A single seed is not resampled.

    Args:
        score: of totals over patients, leading axes kept: `(…, k) -> (…)` for counts of k numbers.
        counts: `(seeds, patients, …)` each; arms stay paired. `Pairs` where a count is of two
            patients.
        span: the least and the most that the score can be, such as (0, 1).
        seed: of the resampling.
        draws: resamples.
        level: confidence.

    Raises:
        ValueError: when the arrays disagree about seeds or patients.
    """
    tables = [_table(each) for each in counts]
    return _estimate(score, tables, True, span, seed, draws, level)


def patient_mean(
    values: ArrayLike,
    crossed: bool = False,
    span: tuple[float, float] = ANYTHING,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Estimate:
    """Mean over patients of a number each, seeds averaged within the patient.

    Args:
        values: `(patients,)`, or `(seeds, patients)`.
        crossed: resample the seeds too.
        span: the least and the most that a patient can have, such as (0, 1).
        seed: of the resampling.
        draws: resamples.
        level: confidence.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    tables = [_Counts(table), _Counts(np.ones_like(table))]
    return _estimate(_ratio, tables, crossed, span, seed, draws, level)


def _ratio(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Total over number; NaN of none, where a single patient is left out."""
    return np.divide(total, n, out=np.full_like(total, math.nan), where=n > 0)


@dataclass(frozen=True)
class _Counts:
    """Counts (seeds, patients, …): their totals are sums over the patients drawn."""

    of: np.ndarray

    def totals(self, times: np.ndarray) -> np.ndarray:
        """Of resamples that drew each patient so often, (draws, patients) -> (draws, seeds, …)."""
        found: np.ndarray = np.einsum("dp,sp...->ds...", times, self.of)
        return found

    def without(
        self, totals: np.ndarray, times: np.ndarray, drawn: np.ndarray, left_out: np.ndarray
    ) -> np.ndarray:
        """The totals of draw `drawn[i]` with patient `left_out[i]` once less, (pairs, seeds, …)."""
        less: np.ndarray = totals[drawn] - np.swapaxes(self.of, 0, 1)[left_out]
        return less


class _PairCounts(_Counts):
    """Counts (seeds, patients, patients, …): their totals are sums over pairs of those drawn."""

    def totals(self, times: np.ndarray) -> np.ndarray:
        """As of `_Counts`."""
        found: np.ndarray = np.einsum("dp,dps...->ds...", times, self._rows(times))
        return found

    def without(
        self, totals: np.ndarray, times: np.ndarray, drawn: np.ndarray, left_out: np.ndarray
    ) -> np.ndarray:
        """As of `_Counts`: a row and a column less, whose crossing was taken off twice."""
        columns = np.einsum("dp,spq...->dqs...", times, self.of)
        twice = self.of[:, left_out, left_out]
        less: np.ndarray = (
            totals[drawn]
            - self._rows(times)[drawn, left_out]
            - columns[drawn, left_out]
            + np.swapaxes(twice, 0, 1)
        )
        return less

    def _rows(self, times: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.einsum("dq,spq...->dps...", times, self.of)
        return found


def _table(counts: ArrayLike | Pairs, *, alone: bool = False) -> _Counts:
    pairs = isinstance(counts, Pairs)
    table = np.asarray(counts.counts if isinstance(counts, Pairs) else counts, dtype=float)
    table = table[None] if alone else table
    if table.ndim < (3 if pairs else 2) or (pairs and table.shape[1] != table.shape[2]):
        raise ValueError(f"counts have no axes of seeds and patients: {table.shape}")
    return _PairCounts(table) if pairs else _Counts(table)


def _estimate(
    score: Score,
    tables: Sequence[_Counts],
    crossed: bool,
    span: tuple[float, float],
    seed: int,
    draws: int,
    level: float,
) -> Estimate:
    if len({table.of.shape[:2] for table in tables}) != 1:
        raise ValueError(f"seeds or patients differ: {[table.of.shape for table in tables]}")
    n_seeds, n = tables[0].of.shape[:2]
    free = [n_seeds, n] if crossed and n_seeds > 1 else [n]
    several = len(free) == 2
    method = "studentised bootstrap, seeds × patients" if several else "studentised bootstrap"
    value, error = (each[0] for each in _jackknifed(score, tables, *_once(free, n_seeds)))
    if n < 2 or not math.isfinite(value):
        return undecided(method, n)
    drawn = [_times(each) for each in resamples(free, draws, seed)]
    patients = drawn[-1]
    step = max(1, BLOCK // (n * n_seeds))
    made = [
        _jackknifed(
            score,
            tables,
            patients[start : start + step],
            drawn[0][start : start + step] if several else None,
        )
        for start in range(0, draws, step)
    ]
    values, errors = (np.concatenate(each) for each in zip(*made, strict=True))
    if not (np.isfinite(values).all() and np.isfinite(errors).all()):
        return undecided(method, n, float(value))
    law = studentised(float(value), float(error), values, errors, span)
    if law.se == 0:
        return _unanimous(float(value), n, span, level)
    return Estimate.of(float(value), law, n, method, level)


def _unanimous(value: float, n: int, span: tuple[float, float], level: float) -> Estimate:
    """Of a score that is the same whoever is left out."""
    method = "Clopper–Pearson, all agree"
    if not all(map(math.isfinite, span)):
        return undecided(method, n, value)
    return Estimate.of(value, Unanimous(n, *span), n, method, level)


def _once(free: list[int], n_seeds: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Every unit drawn once."""
    return np.ones((1, free[-1])), np.ones((1, n_seeds)) if len(free) == 2 else None


def _times(indices: np.ndarray) -> np.ndarray:
    """How often each unit was drawn, (draws, size) -> (draws, size)."""
    draws, size = indices.shape
    flat = (indices + size * np.arange(draws)[:, None]).ravel()
    return np.bincount(flat, minlength=draws * size).reshape(draws, size).astype(float)


def _jackknifed(
    score: Score, tables: Sequence[_Counts], patients: np.ndarray, seeds: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Resampled scores with their standard errors, both (draws,).

    Args:
        score: of totals.
        tables: of the same seeds and patients.
        patients: how often each was drawn, (draws, patients).
        seeds: how often each was drawn, (draws, seeds); None where seeds are not resampled.
    """
    draws, n = patients.shape
    n_seeds = len(tables[0].of)
    share = np.full((draws, n_seeds), 1 / n_seeds) if seeds is None else seeds / n_seeds
    totals = [table.totals(patients) for table in tables]
    by_seed = score(*totals)  # (draws, seeds)
    values = (share * by_seed).sum(axis=1)

    drawn, left_out = np.nonzero(patients)
    without = score(
        *(
            table.without(total, patients, drawn, left_out)
            for total, table in zip(totals, tables, strict=True)
        )
    )  # (pairs, seeds)
    left = np.zeros_like(patients)
    left[drawn, left_out] = (share[drawn] * without).sum(axis=1)
    centre = (patients * left).sum(axis=1, keepdims=True) / n
    variance = (n - 1) / n * (patients * (left - centre) ** 2).sum(axis=1)
    if seeds is not None:
        spread = (seeds * (by_seed - values[:, None]) ** 2).sum(axis=1)
        variance = variance + spread / (n_seeds * (n_seeds - 1))
    return values, np.sqrt(variance)
