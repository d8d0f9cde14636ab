"""Identities by their largest difference, mutants by their least visible one."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact

MUTANTS = ("without_prior", "unnormalised", "likelihood")


def judge(results: Results) -> dict[str, Measured]:
    """Over all hypotheses, all data and all seeds."""

    def of(arm: str, metric: str, which: str = "max") -> Estimate:
        values = results.values("pairs", metric, arm)
        return exact(float(getattr(values, which)()), n=len(values))

    return {
        "counted_equals_formula": extreme(results, "urns", "gap"),
        "mutants_are_seen": [extreme(results, "urns", f"gap_{each}", "min") for each in MUTANTS],
        "flat_prior_keeps_the_maximum": extreme(results, "urns", "flat_regret"),
        "prior_moves_the_maximum": extreme(results, "urns", "moved"),
        "same_posterior": of("shared", "posterior_gap"),
        "same_maximum": of("shared", "regret"),
        "tied_inputs_change_the_posterior": of("tied", "posterior_gap", "min"),
        "tied_inputs_move_the_maximum": of("tied", "moved", "min"),
    }
