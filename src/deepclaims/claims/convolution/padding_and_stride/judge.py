"""Ratios of test errors, net by net: nets of one number share their digits and batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import ratio_interval

SMALL, LARGE = min, max
"""Which of the kernels of the part `stride` are compared; its 1×1 is the control."""


def judge(results: Results) -> dict[str, Measured]:
    """Full against the usual padding, and what a stride costs by the size of the kernel."""
    kernels = results.axis("full", "kernel")
    few = results.axis("few", "kernel")
    small, large = compared(results)
    alone = [errors_of(results.table("nets", "one", where={"padding": padding}))
             for padding in results.axis("one", "padding")]  # fmt: skip
    return {
        "full_errs_more": over([full_over_usual(results, kernel) for kernel in kernels]),
        "fewer_filters_are_seen": over(
            [errors(results, "few", kernel=k) / errors(results, "usual", kernel=k) for k in few]
        ),
        "one_by_one_is_one": exact(max(float(np.abs(e - alone[0]).max()) for e in alone)),
        "more_useful_if_large": over(
            [cost(results, small, s) / cost(results, large, s) for s in strides(results)]
        ),
        "pixels_left_out_are_seen": over([cost(results, 1, s) for s in strides(results)]),
        "cost_with_a_large_kernel": over([cost(results, large, s) for s in strides(results)]),
    }


def over(ratios: Sequence[np.ndarray]) -> Estimate:
    """The geometric mean over settings, (settings, nets), with its interval over nets."""
    return ratio_interval(np.exp(np.log(np.array(ratios)).mean(0)))


def full_over_usual(results: Results, kernel: int) -> np.ndarray:
    """Error with full padding over that with the better of valid and same, `(nets,)`."""
    full, usual = (errors(results, part, kernel=kernel) for part in ("full", "usual"))
    return full / usual


def cost(results: Results, kernel: int, stride: int) -> np.ndarray:
    """Error with a stride over that without, `(nets,)`."""
    with_it, without = (errors(results, "stride", kernel=kernel, stride=s) for s in (stride, 1))
    return with_it / without


def compared(results: Results) -> tuple[int, int]:
    """The small and the large kernel."""
    kernels = [kernel for kernel in results.axis("stride", "kernel") if kernel > 1]
    return SMALL(kernels), LARGE(kernels)


def strides(results: Results) -> list[int]:
    """Those that leave something out."""
    return [stride for stride in results.axis("stride", "stride") if stride > 1]


def errors(results: Results, part: str, **where: Any) -> np.ndarray:
    """Test errors of the reporting nets at what was tuned, `(nets,)`, by seed and number."""
    return errors_of(results.tuned(part, where=where).table("nets"))


def errors_of(table: Any) -> np.ndarray:
    """The same of a table."""
    return np.asarray(table.sort_values(["seed", "replica"])["test_error"], dtype=float)
