"""Do intervals of patients cover the truth as often as they say? Simulated, where it is known.

    python benchmarks/coverage.py [--worlds 1000] [--draws 999] [--patients 7 11 22] [--laws …]

Prints a row for each law of patients and number of them: the share of worlds whose 95 % interval
covers the truth by Student's t, BCa (scipy's), the textbook's studentised bootstrap (caution 1) and
the package's; of the last also in which share the truth is below and above the interval, in which
share an end is open, its median width over t's, and how often a side is ruled wrongly at p ≤ 0.005
(0.010 would be right for two sides). Simulation errors are below 0.009 at 1000 worlds and 95 %.

Laws of one number a patient, whose mean is asked for:

- normal, exponential, lognormal (σ = 1), pareto3 and pareto2.5 (tail index; the latter has hardly
  a variance), t3 (Student's with 3 degrees of freedom);
- zeros: four patients of five have 0, the others a lognormal number;
- sensitivity: Beta(2, 0.2), most near 1 and a few far below;
- difference: of two patients' Beta laws.

Laws of counts, with a score of the totals over patients (beats of patients are lognormal with
σ = 1.3, and one patient in four has none of the class):

- pooled-se, pooled-f1: sensitivity and F1 over all beats;
- pooled-df1: difference of two arms' F1 on the same patients;
- crossed-df1: the same for five seeds of either arm, seeds × patients.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import stats

from deepclaims.evidence.bootstrap_law import Studentised
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import over_patients, over_seeds_and_patients, patient_mean

Array = np.ndarray
Generator = np.random.Generator
SEEDS = 5
MANY = 2_000_000
"""Patients whose score is taken for the truth where there is no closed form."""


@dataclass(frozen=True)
class World:
    """A law of patients: draws n of them, and what is estimated of them with which truth."""

    draw: Callable[[Generator, int], Array]
    estimate: Callable[..., Estimate]
    score: Callable[[Array], Array]
    truth: float


def mean_of(draw: Callable[[Generator, int], Array], truth: float) -> World:
    return World(draw, patient_mean, lambda x: x.mean(axis=-1), truth)


def mostly_zero(rng: Generator, n: int) -> Array:
    return np.where(rng.random(n) < 0.2, rng.lognormal(0, 1, n), 0.0)


def difference(rng: Generator, n: int) -> Array:
    return rng.beta(0.9, 0.3, n) - rng.beta(0.9, 0.6, n)


def beats(rng: Generator, n: int, seeds: int = 0) -> Array:
    """Hits, misses and false alarms of two arms on the same patients, (…, n, 6)."""
    size = (seeds, n) if seeds else (n,)
    present = np.where(rng.random(n) < 0.75, np.ceil(rng.lognormal(3, 1.3, n)), 0.0).astype(int)
    skill, noise = rng.beta(3, 0.6, n), rng.lognormal(0.5, 1.5, n)
    luck = rng.normal(0, 0.3, (seeds, 1)) if seeds else 0.0  # of a seed, on all patients
    arms = []
    for handicap in (1.0, rng.beta(8, 1, n)):
        odds = np.log(skill * handicap / (1 - skill * handicap + 1e-9)) + luck
        hits = rng.binomial(np.broadcast_to(present, size), 1 / (1 + np.exp(-odds)))
        arms += [hits, present - hits, rng.poisson(np.broadcast_to(noise, size))]
    return np.stack(arms, axis=-1).astype(float)


def share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)


def sensitivity(total: Array) -> Array:
    return share(total[..., 0], total[..., 0] + total[..., 1])


def f1(total: Array) -> Array:
    return share(2 * total[..., 0], 2 * total[..., 0] + total[..., 1] + total[..., 2])


def gain(total: Array) -> Array:
    return f1(total) - f1(total[..., 3:])


def pooled(score: Callable[[Array], Array], span: tuple[float, float]) -> World:
    truth = float(score(beats(np.random.default_rng(0), MANY).sum(axis=0)))
    return World(beats, partial(over_patients, score, span=span), score, truth)


def crossed() -> World:
    """Truth: the mean score over seeds, each of very many patients."""
    rng = np.random.default_rng(0)
    truth = float(np.mean([gain(beats(rng, 2000, 100).sum(axis=1)).mean() for _ in range(50)]))
    estimate = partial(over_seeds_and_patients, gain, span=(-1.0, 1.0))
    return World(partial(beats, seeds=SEEDS), estimate, gain, truth)


LAWS: dict[str, Callable[[], World]] = {
    "normal": lambda: mean_of(lambda rng, n: rng.normal(size=n), 0.0),
    "exponential": lambda: mean_of(lambda rng, n: rng.exponential(size=n), 1.0),
    "lognormal": lambda: mean_of(lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5)),
    "pareto3": lambda: mean_of(lambda rng, n: rng.pareto(3, n), 1 / 2),
    "pareto2.5": lambda: mean_of(lambda rng, n: rng.pareto(2.5, n), 1 / 1.5),
    "t3": lambda: mean_of(lambda rng, n: rng.standard_t(3, n), 0.0),
    "zeros": lambda: mean_of(mostly_zero, 0.2 * np.exp(0.5)),
    "sensitivity": lambda: mean_of(lambda rng, n: rng.beta(2, 0.2, n), 2 / 2.2),
    "difference": lambda: mean_of(difference, 0.75 - 0.6),
    "pooled-se": lambda: pooled(sensitivity, (0.0, 1.0)),
    "pooled-f1": lambda: pooled(f1, (0.0, 1.0)),
    "pooled-df1": lambda: pooled(gain, (-1.0, 1.0)),
    "crossed-df1": crossed,
}


def contestants(world: World, x: Array, draws: int, seed: int) -> dict[str, Estimate | tuple]:
    """The intervals of one world; nothing but t and BCa need the score of single patients."""
    ours = world.estimate(x, draws=draws, seed=seed)
    found: dict[str, Estimate | tuple] = {"package": ours}
    if isinstance(ours.law, Studentised):
        half = float(stats.t.ppf(0.975, ours.n - 1)) * ours.law.se
        found["t"] = (ours.value - half, ours.value + half)
        plain = replace(ours.law, caution=1.0)
        found["studentised"] = plain.interval(ours.value, 0.95)
    else:
        found["t"] = found["studentised"] = (ours.value, ours.value)
    found["bca"] = bca(world, x, draws, seed)
    return found


def bca(world: World, x: Array, draws: int, seed: int) -> tuple[float, float]:
    if x.ndim == 3:
        return np.nan, np.nan  # scipy's resamples one axis
    everybody = np.arange(len(x))

    def statistic(index: Array, axis: int = -1) -> Array:  # scipy has the units last
        chosen = x[index.astype(int)]
        return world.score(chosen if x.ndim == 1 else chosen.sum(axis=-2))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        made = stats.bootstrap(
            (everybody,),
            statistic,
            n_resamples=draws,
            vectorized=True,
            method="BCa",
            rng=np.random.default_rng(seed),
        )
    return tuple(np.nan_to_num(made.confidence_interval, nan=float(statistic(everybody))))


def row(name: str, world: World, n: int, worlds: int, draws: int) -> str:
    rng = np.random.default_rng([n, list(LAWS).index(name)])
    covered: dict[str, list[bool]] = {"t": [], "bca": [], "studentised": [], "package": []}
    below, above, opened, wider, wrong = [], [], [], [], []
    for seed in range(worlds):
        found = contestants(world, world.draw(rng, n), draws, seed)
        ours = found.pop("package")
        for method, (low, high) in found.items():
            covered[method].append(low <= world.truth <= high)
        covered["package"].append(ours.low <= world.truth <= ours.high)
        below.append(world.truth < ours.low)
        above.append(world.truth > ours.high)
        span = getattr(ours.law, "low", -np.inf), getattr(ours.law, "high", np.inf)
        opened.append(ours.low <= span[0] or ours.high >= span[1])
        low, high = found["t"]
        wider.append((ours.high - ours.low) / (high - low) if high > low else np.inf)
        p = [ours.p_value(relation, world.truth) for relation in ("above", "below")]
        wrong.append(min(p) <= 0.005)
    cells = [np.mean(covered[method]) for method in covered]
    cells += [np.mean(below), np.mean(above), np.mean(opened), np.median(wider), np.mean(wrong)]
    shown = [f"{cell:.2f}" if i in (6, 7) else f"{cell:.3f}" for i, cell in enumerate(cells)]
    if name.startswith("crossed"):
        shown[1] = "—"
    return f"| {name} | {n} | " + " | ".join(shown) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=999)
    parser.add_argument("--patients", type=int, nargs="+", default=[7, 11, 22])
    parser.add_argument("--laws", nargs="+", default=list(LAWS), choices=list(LAWS))
    options = parser.parse_args()
    np.seterr(divide="ignore", invalid="ignore")
    print("| law | patients | t | BCa | studentised | package | below | above | open | wider "
          "| wrong at 0.005 |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in options.laws:
        world = LAWS[name]()
        for n in options.patients:
            print(row(name, world, n, options.worlds, options.draws), flush=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
