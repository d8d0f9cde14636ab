"""The largest disagreements over all nets and neurons."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate


def judge(results: Results) -> dict[str, Estimate]:
    """The largest disagreement over all nets, and the smallest of the wrong δ: no luck in it."""
    return {
        "equals_autograd": extreme(results, "chain", "autograd_difference"),
        "equals_finite_differences": extreme(results, "chain", "finite_difference"),
        "neuron_equals_autograd": extreme(results, "neuron", "neuron_difference"),
        "wrong_delta_is_seen": extreme(results, "chain", "wrong_delta_difference", "min"),
        "neuron_without_step_is_seen": extreme(results, "neuron", "neuron_wrong_difference", "min"),
        "some_units_are_inactive": extreme(results, "neuron", "neuron_inactive", "min"),
    }
