"""How many sign patterns a ReLU net can give to N points, whatever its weights: a count.

Layer by layer the net is a polynomial of the weights on each cell of a partition of weight space;
M polynomials of degree D in n ≤ M variables have at most 2(2eMD/n)^n sign vectors (Warren). That is
the proof of Bartlett, Harvey, Liaw & Mehrabian 2019 (*Nearly-tight VC-dimension bounds for
piecewise linear neural networks*, JMLR 20), Theorem 7. A net that cannot give all 2^N patterns
cannot come within half the gap of every function that takes two values on these points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def pattern_bits(points: int, inputs: int, widths: Sequence[int]) -> float:
    """log2 of an upper bound on the sign patterns of a net's output on `points` points.

    Args:
        points: how many.
        inputs: their dimension.
        widths: units of the hidden layers, from first to last.
    """
    bits, weights, before = 0.0, 0, inputs
    for degree, units in enumerate([*widths, 1], start=1):
        weights += units * (before + 1)
        polynomials = points * units
        if polynomials >= weights:
            bits += 1 + weights * math.log2(2 * math.e * polynomials * degree / weights)
        else:
            bits += polynomials  # no more sign vectors than that
        before = units
    return bits


def least_width(points: int, inputs: int, doubt: float = 0.0) -> int:
    """Fewest units of a single hidden layer that the count does not exclude.

    A narrower net gives fewer than 2^(points − doubt) of the 2^points patterns: not all of them,
    and one drawn at random with a probability below 2^−doubt.

    Args:
        points: how many.
        inputs: their dimension.
        doubt: in bits.
    """
    low, high = 0, points  # the count holds back nothing from as many units as points
    while high - low > 1:
        middle = (low + high) // 2
        enough = pattern_bits(points, inputs, [middle]) >= points - doubt
        low, high = (low, middle) if enough else (middle, high)
    return high
