"""The largest disagreement over all nets, and the smallest of what was written wrongly."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate


def judge(results: Results) -> dict[str, Estimate]:
    """One exact number for every check."""
    sharpness = results.axis("latch", "sharpness")
    sharp, soft = max(sharpness), min(sharpness)
    return {
        "states_and_memory": extreme(results, "compare", "difference"),
        "gradients": extreme(results, "compare", "gradient_difference"),
        "shut_gates_keep": extreme(results, "latch", "kept", sharpness=sharp),
        "open_gates_pass": extreme(results, "latch", "given_back", sharpness=sharp),
        "half_open_gates_forget": extreme(results, "latch", "left_after_ten", sharpness=soft),
        "swapped_gates_are_seen": extreme(results, "compare", "swapped_difference", "min"),
        "sigmoid_candidate_is_seen": extreme(results, "compare", "sigmoid_difference", "min"),
        "single_precision_is_seen": extreme(results, "compare", "difference_single"),
        "latch_is_torchs": extreme(results, "latch", "difference"),
    }
