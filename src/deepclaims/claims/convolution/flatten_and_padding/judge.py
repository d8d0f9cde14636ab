"""Counts of entries that differ: nothing here has an error bar."""

from __future__ import annotations

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate


def judge(results: Results) -> dict[str, Estimate]:
    """The most of what must not differ, the least of what must."""
    return {
        "rows_one_under_the_other": extreme(results, "flatten", "wrong"),
        "without_padding": extreme(results, "pad", "wrong", padding=0),
        "one_ring": extreme(results, "pad", "wrong", padding=1),
        "two_rings": extreme(results, "pad", "wrong", padding=2),
        "layer_slides_over_it": extreme(results, "pad", "layer_wrong"),
        "columns_are_seen": extreme(results, "flatten", "column_wrong", "min"),
        "transposed_is_seen": extreme(results, "pad", "transposed_wrong", "min"),
        "one_side_is_seen": extreme(results, "pad", "one_sided_wrong", "min"),
        "flipped_is_seen": extreme(results, "pad", "flipped_wrong", "min"),
    }
