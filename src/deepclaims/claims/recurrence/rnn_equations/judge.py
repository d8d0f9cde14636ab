"""The largest disagreement over all nets, and the smallest of what was written wrongly."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate


def judge(results: Results) -> dict[str, Estimate]:
    """One exact number for every check."""
    return {
        "states_and_outputs": extreme(results, "compare", "difference"),
        "gradients": extreme(results, "compare", "gradient_difference"),
        "one_bias_is_seen": extreme(results, "compare", "one_bias_difference", "min"),
        "transposed_is_seen": extreme(results, "compare", "transposed_difference", "min"),
        "single_precision_is_seen": extreme(results, "compare", "difference_single"),
        "two_biases_are_one": extreme(results, "compare", "bias_gradients"),
        "memory_is_in_W_hh": extreme(results, "memory", "past", recurrent=False),
    }
