"""What other rules and thresholds gain, at most."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured


def judge(results: Results) -> dict[str, Measured]:
    """The worst over all laws; of controls the least visible."""
    return {
        "no_rule_errs_less": extreme(results, "finite", "excess"),
        "other_thresholds_err_more": extreme(results, "sigmoid", "nearest", "min"),
        "wrong_probabilities_are_seen": extreme(results, "sigmoid", "excess_miscalibrated", "min"),
        "wrong_rule_is_seen": extreme(results, "finite", "excess_miscalibrated"),
        "other_costs_other_threshold": extreme(results, "sigmoid", "dear", "min"),
    }
