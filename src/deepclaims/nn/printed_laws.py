"""The laws of the slide "Inicialización de parámetros" as it prints them, in scipy's words.

Written apart from `deepclaims.nn.initialisation`, which draws the weights: the one is tested
against the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from scipy import stats

TRUNCATION = float(stats.truncnorm(-2, 2).var())
"""Variance a unit normal keeps when values beyond ±2 are drawn again: 0.7737."""


@dataclass(frozen=True)
class PrintedLaw:
    """One initialisation as the slide states it.

    Args:
        variance: printed variance of a weight, a function of (d_in, d_out).
        shape: law of the weight divided by its printed standard deviation.
        bound: largest absolute value of that quotient; infinite for normal laws.
    """

    variance: Callable[[int, int], float]
    shape: Any
    bound: float = math.inf


def _he(d_in: int, d_out: int) -> float:
    return 2 / d_in


def _glorot(d_in: int, d_out: int) -> float:
    return 2 / (d_in + d_out)


_WIDENED = 1 / math.sqrt(TRUNCATION)

PRINTED_LAWS: Mapping[str, PrintedLaw] = MappingProxyType(
    {
        "he": PrintedLaw(_he, stats.norm()),
        "he_truncated": PrintedLaw(_he, stats.truncnorm(-2, 2), 2.0),
        "he_truncated_corrected": PrintedLaw(
            _he, stats.truncnorm(-2, 2, scale=_WIDENED), 2 * _WIDENED
        ),
        "lecun": PrintedLaw(lambda d_in, d_out: 1 / d_in, stats.norm()),
        "glorot": PrintedLaw(_glorot, stats.norm()),
        "glorot_uniform": PrintedLaw(
            _glorot, stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)), math.sqrt(3)
        ),
        "normal": PrintedLaw(lambda d_in, d_out: 1.0, stats.norm()),
    }
)
"""Laws by the name they have in `conf/init/`."""


def relu_factor(scheme: str, width: int) -> float:
    """E[z_l²] / E[z_{l−1}²] = d·v/2 through ReLU layers of equal width (L1, same slide).

    Args:
        scheme: a key of `PRINTED_LAWS`.
        width: d, units a layer.
    """
    law = PRINTED_LAWS[scheme]
    return width * law.variance(width, width) * float(law.shape.var()) / 2
