"""The largest disagreement over all nets, and the smallest of what was put together wrongly."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact


def judge(results: Results) -> dict[str, Estimate]:
    """One exact number for every check."""
    return {
        "outputs": extreme(results, "compare", "difference"),
        "gradients": extreme(results, "compare", "gradient_difference"),
        "one_way_each": extreme(results, "reach", "leak"),
        "both_ways_together": extreme(results, "reach", "both", "min"),
        "unreversed_is_seen": smallest(results, "unreversed_difference"),
        "two_causal_are_seen": smallest(results, "causal_difference"),
        "exchanged_are_seen": extreme(results, "compare", "exchanged_difference", "min"),
        "halves_see_their_side": extreme(results, "reach", "seen", "min"),
        "single_precision_is_seen": extreme(results, "compare", "difference_single", "min"),
        "joined_at_each_layer": extreme(results, "deep", "joined_at_each"),
        "deep_halves_know_the_future": extreme(results, "deep", "future_in_the_causal_half", "min"),
    }


def smallest(results: Results, metric: str) -> Estimate:
    """The smallest over the nets of more than one step: one step has no order."""
    rows = results.rows("compare", metric)
    values = rows.loc[rows["steps"].astype(int) > 1, "value"]
    return exact(float(values.min()), n=len(values))
