"""Ranks and floors, exact; crossings and trained slopes over seeds."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.approximation.polynomial_activation_fails.polynomials import (
    POLYNOMIALS,
    on_line,
)
from deepclaims.claims.results import Results
from deepclaims.data.toys import TARGETS
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import power_law, ratio_interval
from deepclaims.nn.polynomial_floor import rms_floor

ALMOST = "square_at_zero"
"""z² + 1{z = 0}, a polynomial almost everywhere."""

SPANNED = (*TARGETS, "ridge")
"""What drawn units are asked for; `affine` apart, whose floor is zero."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimate what the criterion registered."""
    polynomial = [g for g in trained_with(results) if g in POLYNOMIALS]
    curved = [g for g in polynomial if g != "identity"]
    other = [g for g in trained_with(results) if g not in POLYNOMIALS]
    smallest = max(POLYNOMIALS, key=lambda g: POLYNOMIALS[g][0])
    return {
        "rank_stays": [_extra_rank(results, g) for g in results.axis("spans", "activation")],
        "span_is_polynomials": _ratios(results, results.axis("spans", "activation")),
        "floor_away": [exact(floor(results, smallest, f)) for f in ("kink", "ridge")],
        "trained_plateau": [
            power_law(widths(results), trained(results, g).T) for g in curved
        ],
        "linear_rank": [_extra_rank(results, "identity"), _extra_rank_deep(results)],
        "linear_span": _ratios(results, ["identity"]),
        "linear_floor": [exact(floor(results, "identity", f)) for f in SPANNED],
        "others_cross": [
            ratio_interval(_widest(results, g, f) / floor(results, smallest, f))
            for g in results.axis("others", "activation") if g != ALMOST for f in TARGETS
        ],
        "trained_others_cross": [
            ratio_interval(trained(results, g)[-1] / trained_floor("cube")) for g in other
        ],
        "affine_is_reached": exact(float(np.max(_minimax(results, "identity", "affine")))),
        "trained_at_floor": [
            ratio_interval(errors / trained_floor(g))
            for g in polynomial for errors in trained(results, g)
        ],
        "almost_polynomial_stays": [
            ratio_interval(_widest(results, ALMOST, f) / floor(results, "square", f))
            for f in TARGETS
        ],
        "not_linear_is_not_enough": exact(floor(results, "square", "kink")),
    }  # fmt: skip


def floor(results: Results, activation: str, target: str) -> float:
    """Least largest error of the polynomials of g's degree."""
    return float(results.values("spans", f"floor_{target}", where={"activation": activation})[0])


def trained_floor(activation: str) -> float:
    """Least root-mean-square error of the polynomials of g's degree, on what is trained on."""
    return rms_floor(on_line("kink"), POLYNOMIALS[activation][0])


def trained_with(results: Results) -> list[str]:
    """The activations that nets are trained with."""
    return results.axis("trained", "model.activation")


def widths(results: Results) -> list[int]:
    """Of the trained nets."""
    return results.axis("trained", "model.width")


def trained(results: Results, activation: str) -> np.ndarray:
    """Root-mean-square errors of the trained nets, `(widths, seeds)`."""
    cells = [{"model.activation": activation, "model.width": width} for width in widths(results)]
    return np.sqrt([results.values("trained", "test_mse", where=cell) for cell in cells])


def _minimax(results: Results, activation: str, target: str) -> np.ndarray:
    """Least largest errors of the units' span, `(seeds, widths)`."""
    where = {"activation": activation}
    return results.curve("spans", f"minimax_{target}", where=where)[1]


def _ratios(results: Results, activations: list[str]) -> list[Estimate]:
    """Smallest and largest ratio of a span's least error to the floor, over all there is."""
    ratios = np.concatenate(
        [
            (_minimax(results, g, f) / floor(results, g, f)).ravel()
            for g in activations
            for f in SPANNED
        ]
    )
    return [exact(float(end), ratios.size) for end in (ratios.min(), ratios.max())]


def _extra_rank(results: Results, activation: str) -> Estimate:
    """By how much the rank of drawn units misses the polynomials' dimension at most, signed."""
    where = {"activation": activation}
    misses = []
    for plane in ("", "_plane"):
        _, ranks = results.curve("spans", f"rank{plane}", where=where)
        sizes = results.values("spans", f"dimension{plane}", where=where)
        misses.append((ranks - sizes[:, None]).ravel())
    return _farthest(np.concatenate(misses))


def _extra_rank_deep(results: Results) -> Estimate:
    return _farthest(results.values("deep", "rank") - results.values("deep", "dimension"))


def _farthest(misses: np.ndarray) -> Estimate:
    return exact(float(misses[np.abs(misses).argmax()]), misses.size)


def _widest(results: Results, activation: str, target: str) -> np.ndarray:
    """Largest errors of the widest drawn nets, `(seeds,)`."""
    return results.curve("others", f"sup_{target}", where={"activation": activation})[1][:, -1]
