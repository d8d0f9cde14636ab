"""Identities by their largest gap; differences of training loss paired over seeds."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, paired_difference

FIRST, EARLY, LATE = (1, 2), (5, 10), (100, 200)
"""Steps at which the checks look: the slide's, while the average is filling, and after."""


def judge(results: Results) -> dict[str, Measured]:
    """Norms of m, each rule's loss minus that of momentum with m̂, and the slide's sums."""
    largest = {
        name: float(results.rows("weights", name)["value"].max())
        for name in ("expansion", "closed_form", "first", "convex")
    }
    n = len(results.rows("weights", "convex"))
    reached = results.curve("training", "plain", where={"beta1": main_beta(results)})[0]
    late = [t for t in LATE if t in reached] or [int(reached[-1])]
    return {
        "closed_form": exact(max(largest[k] for k in ("expansion", "closed_form", "first")), n=n),
        "convex": exact(largest["convex"], n=n),
        "underestimates": _held(results, "plain"),
        "hat_holds_it_all": _held(results, "corrected"),
        "late_start": _gaps(results, "plain", EARLY),
        "effective_rate": _gaps(results, "sgd_effective", late),
        "rate_is_alpha": _gaps(results, "sgd", late),
        "correction_fades": _gaps(results, "plain", late),
        "no_average_no_bias": exact(_without_average(results), n=n),
    }


def main_beta(results: Results) -> float:
    """The slide's β₁ (typically 0.9)."""
    return float(max(results.axis("training", "beta1")))


def _held(results: Results, arm: str) -> list[Estimate]:
    """‖m_t‖, or ‖m̂_t‖, over the gradient's norm at each of the slide's steps."""
    steps, held = results.curve("training", f"held_{arm}", where={"beta1": main_beta(results)})
    return [mean_interval(held[:, list(steps).index(t)]) for t in FIRST]


def _gaps(results: Results, arm: str, looks: tuple[int, ...] | list[int]) -> list[Estimate]:
    """Loss of a rule minus that of momentum with m̂, at each step looked at."""
    where = {"beta1": main_beta(results)}
    steps, losses = results.curve("training", arm, where=where)
    corrected = results.curve("training", "corrected", where=where)[1]
    columns = [list(steps).index(t) for t in looks]
    return [paired_difference(losses[:, i], corrected[:, i]) for i in columns]


def _without_average(results: Results) -> float:
    """Largest |loss with m − loss with m̂| at β₁ = 0."""
    plain, hat = (
        results.curve("training", arm, where={"beta1": 0.0})[1] for arm in ("plain", "corrected")
    )
    return float(np.abs(plain - hat).max())
