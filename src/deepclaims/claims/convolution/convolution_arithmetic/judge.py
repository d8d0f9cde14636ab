"""Counts of what differs, and largest differences: nothing here has an error bar."""

from __future__ import annotations

import pandas as pd

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact


def judge(results: Results) -> dict[str, Estimate]:
    """The largest of each count, the smallest where something must be noticed."""

    def chosen(part: str, metric: str, axis: str) -> tuple[pd.Series, pd.Series]:
        rows = results.rows(part, metric)
        return rows["value"], rows[axis].astype(int)

    keeping, kernel = chosen("paddings", "keeping", "kernel")
    even = keeping[kernel % 2 == 0]
    wrong, stride = chosen("dimensions", "printed_wrong", "stride")
    strided = wrong[stride > 1]
    return {
        "example_digits": extreme(results, "example", "wrong"),
        "stride_digits": extreme(results, "example", "stride_wrong"),
        "printed_dimension": extreme(results, "dimensions", "printed_wrong", stride=1),
        "same_keeps_the_dimension": extreme(results, "paddings", "same_misses"),
        "full_is_the_largest": extreme(results, "paddings", "full_faults"),
        "stride_leaves_out": extreme(results, "tensors", "omission_difference"),
        "tensor_values": extreme(results, "tensors", "difference"),
        "tensor_parameters": extreme(results, "tensors", "parameters_wrong"),
        "border_used_less": extreme(results, "example", "corner_share"),
        "stride_in_the_formula": extreme(results, "dimensions", "strided_wrong"),
        "flipped_differs": exact(results.values("example", "flipped_wrong").min()),
        "formula_without_stride": exact(strided.min(), n=len(strided)),
        "even_filters_have_no_same": exact(even.max(), n=len(even)),
    }
