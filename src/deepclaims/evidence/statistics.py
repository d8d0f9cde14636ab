"""Estimates with intervals from measured numbers: scipy's laws, and the glue between them.

Seeds are few, so intervals over seeds are Student's: a percentile bootstrap of five seeds covers
about 82 % where it says 95 % (`tests/evidence/test_coverage.py`). Patients get the studentised
bootstrap; `evidence/patients.py` has its fast forms for scores of pooled counts.
Every function takes NaN and too few units without failing, and then decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from deepclaims.evidence.estimate import Estimate, exact, undecided
from deepclaims.evidence.law import Binomial, Kolmogorov, Newcombe, Ranks, Student
from deepclaims.evidence.patients import over_patients, over_seeds_and_patients, patient_mean
from deepclaims.evidence.resampling import bootstrap

__all__ = [
    "bootstrap",
    "difference",
    "distance_from_law",
    "distance_interval",
    "exact",
    "mean_interval",
    "median_interval",
    "over_patients",
    "over_seeds_and_patients",
    "paired_difference",
    "patient_mean",
    "pooled_mean",
    "power_law",
    "proportion_difference",
    "proportion_interval",
    "rank_correlation",
    "ratio_interval",
    "share_interval",
    "slope_interval",
    "slope_through",
    "trend",
    "undecided",
]


def mean_interval(x: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of independent units with Student's interval.

    Args:
        x: one value per seed, `(seeds,)`.
        level: confidence.
    """
    values = np.asarray(x, dtype=float).ravel()
    return _student(values, "t", level)


def paired_difference(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of a − b over units that share their seed: Student's interval of the differences.

    Args:
        a: one value per seed, `(seeds,)`.
        b: the other arm's values in the same order of seeds, `(seeds,)`.
        level: confidence.

    Raises:
        ValueError: when the arms differ in length.
    """
    first, second = _pair(a, b)
    return _student(first - second, "t, paired", level)


def difference(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Estimate:
    """Difference of the means of two independent samples, by Welch's t.

    Args:
        a: values of the first sample, `(n_a,)`.
        b: values of the second sample, `(n_b,)`.
        level: confidence.
    """
    first, second = (np.asarray(x, dtype=float).ravel() for x in (a, b))
    n = min(first.size, second.size)
    if n < 2 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return undecided("Welch's t", n)
    parts = np.array([first.var(ddof=1) / first.size, second.var(ddof=1) / second.size])
    gap, se = float(first.mean() - second.mean()), math.sqrt(parts.sum())
    if se == 0:
        return Estimate.of(gap, Student(0.0, math.inf), n, "Welch's t", level)
    df = parts.sum() ** 2 / (parts[0] ** 2 / (first.size - 1) + parts[1] ** 2 / (second.size - 1))
    return Estimate.of(gap, Student(se, float(df)), n, "Welch's t", level)


def ratio_interval(a: ArrayLike, b: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Geometric mean of a/b over paired seeds: Student's interval of the logarithms.

    Args:
        a: one positive value per seed, `(seeds,)`; the ratios themselves when `b` is left out.
        b: the other arm's values in the same order of seeds, `(seeds,)`.
        level: confidence.
    """
    method = "t on logarithms, paired"
    first = np.asarray(a, dtype=float).ravel()
    first, second = _pair(first, np.ones_like(first) if b is None else b)
    if not ((first > 0).all() and (second > 0).all()):
        return undecided(method, first.size)
    logs = _student(np.log(first) - np.log(second), method, level)
    if not isinstance(logs.law, Student):
        return logs
    law = Student(logs.law.se, logs.law.df, log=True)
    return Estimate.of(math.exp(logs.value), law, logs.n, method, level)


def slope_interval(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> Estimate:
    """Slope of y on x by least squares (for a power law, pass logarithms).

    With groups, one line is fitted per group (per seed) and the slopes are averaged with
    Student's interval over groups: right when the points of a seed share its luck. Without,
    the interval is that of one regression, n − 2 degrees of freedom.

    Args:
        x: abscissae, `(points,)`.
        y: ordinates, `(points,)`.
        groups: a label per point, `(points,)`.
        level: confidence.
    """
    across, up = _pair(x, y)
    if groups is None:
        return _line(across, up, level)
    labels = np.asarray(groups).ravel()
    slopes = [_slope(across[labels == g], up[labels == g]) for g in np.unique(labels)]
    return _student(np.asarray(slopes), "t over slopes", level)


def power_law(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate:
    """Exponent p of y ∝ x^p: one log–log line a seed, averaged over seeds; see `slope_interval`.

    Args:
        x: positive abscissae, `(points,)`, or `(seeds, points)` where each seed has its own.
        y: positive ordinates, `(seeds, points)`.
        level: confidence.
    """
    up = np.log(np.asarray(y, dtype=float))
    across = np.broadcast_to(np.log(np.asarray(x, dtype=float)), up.shape)
    return slope_interval(across, up, np.repeat(np.arange(len(up)), up.shape[1]), level)


def slope_through(x: ArrayLike, y: ArrayLike, errors: ArrayLike, level: float = 0.95) -> Estimate:
    """Least-squares slope through independent values whose standard errors are known.

    For values that are themselves means of very many trajectories, where a handful of slopes
    seed by seed would throw that away. The errors are taken as normal.

    Args:
        x: abscissae, `(points,)`.
        y: ordinates, `(points,)`.
        errors: standard errors of the ordinates, `(points,)`.
        level: confidence.
    """
    across, up = _pair(x, y)
    spread = np.asarray(errors, dtype=float).ravel()
    method = "least squares, known errors"
    finite = np.isfinite(across).all() and np.isfinite(up).all() and np.isfinite(spread).all()
    if np.unique(across).size < 2 or not finite:
        return undecided(method, across.size)
    weights = (across - across.mean()) / ((across - across.mean()) ** 2).sum()
    law = Student(float(np.linalg.norm(weights * spread)), math.inf)
    return Estimate.of(float(weights @ up), law, across.size, method, level)


def proportion_interval(k: int, n: int, level: float = 0.95) -> Estimate:
    """A proportion of successes with Clopper and Pearson's exact interval.

    Its p-values against a bound are those of the exact binomial test. Ten successes of ten are no
    certainty: the interval is [0.69, 1], and p for "above 0.9" is 0.9¹⁰ = 0.35.

    Args:
        k: successes.
        n: independent trials.
        level: confidence.

    Raises:
        ValueError: when there are fewer than 0 successes, or more than trials.
    """
    if not 0 <= k <= max(n, 0):
        raise ValueError(f"{k} successes of {n} trials")
    if n < 1:
        return undecided("Clopper–Pearson", 0)
    return Estimate.of(k / n, Binomial(int(k), int(n)), n, "Clopper–Pearson", level)


def share_interval(succeeded: ArrayLike, level: float = 0.95) -> Estimate:
    """The share of units that succeeded, exactly: for what is yes or no of each seed.

    The one to take in place of `mean_interval` for values 0 and 1, whose Student's interval has no
    width when all seeds agree.

    Args:
        succeeded: yes or no (1 or 0) of each unit, `(units,)`. A unit that diverged (NaN) has not.
        level: confidence.

    Raises:
        ValueError: for another value.
    """
    flags = np.nan_to_num(np.asarray(succeeded, dtype=float).ravel(), nan=0.0)
    if not np.isin(flags, (0.0, 1.0)).all():
        raise ValueError("a share is taken of yes and no: values other than 0 and 1 were given")
    return proportion_interval(int(flags.sum()), flags.size, level)


def median_interval(x: ArrayLike, level: float = 0.95) -> Estimate:
    """Median over independent units, by the sign test: for places on a grid, such as a peak's.

    Seeds that all give the same place are no certainty: eight of eight have p = 2⁻⁸ for a median
    `within` an interval around it, where Student's t has a spread of zero and p = 0.

    Args:
        x: one value per seed, `(seeds,)`.
        level: confidence; six seeds are the fewest with an interval at 95 %.
    """
    values = np.sort(np.asarray(x, dtype=float).ravel())
    if values.size < 2 or not np.isfinite(values).all():
        return undecided("sign test", values.size)
    law = Ranks(tuple(values.tolist()))
    return Estimate.of(float(np.median(values)), law, values.size, "sign test", level)


def distance_interval(distance: float, n: int, level: float = 0.95) -> Estimate:
    """Kolmogorov distance between the law that was sampled and a given one, with its interval.

    `below 0.02` is an equivalence test: it holds where the sampled law's distribution function is
    shown to be nowhere 0.02 away from the given one. A Kolmogorov–Smirnov test that does not reject
    shows nothing of the kind, since it does not reject a wrong law either when samples are few.
    How many samples a bound takes says `power.distance_power`: some 8/b² (20 000 for 0.02).

    Args:
        distance: largest difference of the empirical and the given distribution function, which is
            the statistic of `scipy.stats.kstest`.
        n: independent samples.
        level: confidence.
    """
    if n < 1 or not math.isfinite(distance):
        return undecided("Kolmogorov", n)
    return Estimate.of(distance, Kolmogorov(int(n)), n, "Kolmogorov", level)


def distance_from_law(
    sample: ArrayLike, cdf: Callable[[np.ndarray], np.ndarray], level: float = 0.95
) -> Estimate:
    """`distance_interval` of a sample.

    Args:
        sample: independent values, `(n,)`; those of several seeds together.
        cdf: distribution function of the law, which has to be continuous and free of fitted
            constants.
        level: confidence.
    """
    values = np.asarray(sample, dtype=float).ravel()
    if values.size < 1 or not np.isfinite(values).all():
        return undecided("Kolmogorov", values.size)
    distance = float(stats.kstest(values, cdf).statistic)
    return distance_interval(distance, values.size, level)


def proportion_difference(k1: int, n1: int, k2: int, n2: int, level: float = 0.95) -> Estimate:
    """Difference k1/n1 − k2/n2 of independent proportions, by Newcombe's hybrid score interval.

    Args:
        k1: successes of the first sample.
        n1: trials of the first sample.
        k2: successes of the second sample.
        n2: trials of the second sample.
        level: confidence.
    """
    if min(n1, n2) < 1:
        return undecided("Newcombe", 0)
    law = Newcombe(int(k1), int(n1), int(k2), int(n2))
    return Estimate.of(k1 / n1 - k2 / n2, law, min(n1, n2), "Newcombe", level)


def pooled_mean(
    mean: ArrayLike, mean_square: ArrayLike, count: ArrayLike, level: float = 0.95
) -> Estimate:
    """Mean over all trajectories of all seeds, from each seed's moments.

    Args:
        mean: mean of x over the trajectories of a seed, `(seeds,)`.
        mean_square: mean of x² over the same, `(seeds,)`.
        count: trajectories per seed, `(seeds,)` or one number.
        level: confidence.
    """
    first, second, weight = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=float)) for x in (mean, mean_square, count))
    )
    n = float(weight.sum())
    method = "t, pooled moments"
    if n < 2 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return undecided(method, int(n))
    centre = float((weight * first).sum() / n)
    spread = max(float((weight * second).sum() / n) - centre**2, 0.0)
    law = Student(math.sqrt(spread / (n - 1)), n - 1)
    return Estimate.of(centre, law, int(n), method, level)


def rank_correlation(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> Estimate:
    """Spearman's rank correlation.

    With groups, one correlation per group (per seed), averaged with Student's interval; without,
    a bootstrap over points.

    Args:
        x: abscissae, `(points,)`.
        y: ordinates, `(points,)`.
        groups: a label per point, `(points,)`.
        level: confidence.
    """
    across, up = _pair(x, y)
    if groups is None:
        return bootstrap(_spearman, across, up, level=level, draws=499)
    labels = np.asarray(groups).ravel()
    each = [_spearman(across[labels == g], up[labels == g]) for g in np.unique(labels)]
    return _student(np.asarray(each), "t over rank correlations", level)


def trend(rows: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean rank correlation of a metric with the order of its columns: Page's trend test.

    The standard error is that of no trend (Page 1963, *Ordered hypotheses for multiple
    treatments*, JASA 58), so the p-value against 0 is Page's; the interval is a rough one.

    Args:
        rows: one row per seed, one column per value of the axis in ascending order.
        level: confidence.
    """
    table = np.atleast_2d(np.asarray(rows, dtype=float))
    seeds, columns = table.shape
    if columns < 2 or not np.isfinite(table).all():
        return undecided("Page", seeds)
    ranks = stats.rankdata(table, axis=1)
    statistic = float((ranks.sum(axis=0) * np.arange(1, columns + 1)).sum())
    scale = seeds * columns * (columns**2 - 1)
    rho = 12 * statistic / scale - 3 * (columns + 1) / (columns - 1)
    se = 1 / math.sqrt(seeds * (columns - 1))
    return Estimate.of(rho, Student(se, math.inf), seeds, "Page", level)


def _student(values: np.ndarray, method: str, level: float) -> Estimate:
    if values.size < 2 or not np.isfinite(values).all():
        value = float(values.mean()) if values.size else math.nan
        return undecided(method, values.size, value)
    se = float(values.std(ddof=1)) / math.sqrt(values.size)
    return Estimate.of(
        float(values.mean()), Student(se, values.size - 1), values.size, method, level
    )


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    first, second = (np.asarray(x, dtype=float).ravel() for x in (a, b))
    if first.size != second.size:
        raise ValueError(f"paired values differ in number: {first.size} and {second.size}")
    return first, second


def _has_line(x: np.ndarray, y: np.ndarray) -> bool:
    return bool(np.isfinite(x).all() and np.isfinite(y).all() and np.unique(x).size > 1)


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """That of `linregress`, to the bit; its error, not asked for, would take most of the time."""
    if not _has_line(x, y):
        return math.nan
    ((variance, covariance), _) = np.cov(x, y, bias=True)
    return float(covariance / variance)


def _line(x: np.ndarray, y: np.ndarray, level: float) -> Estimate:
    if not _has_line(x, y):
        return undecided("least squares", x.size)
    line = stats.linregress(x, y)
    if x.size < 3:  # two points fix a line but not its error
        return undecided("least squares", x.size, float(line.slope))
    return Estimate.of(
        float(line.slope), Student(float(line.stderr), x.size - 2), x.size, "least squares", level
    )


def _spearman(x: np.ndarray, y: np.ndarray) -> float:
    if np.unique(x).size < 2 or np.unique(y).size < 2:
        return 0.0  # a constant has no order to agree with
    return float(stats.spearmanr(x, y).statistic)
