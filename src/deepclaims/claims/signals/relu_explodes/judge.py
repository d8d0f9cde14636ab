"""What a layer multiplies by, against 1 and against √(d v/2); what is left after a hundred."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.statistics import mean_interval, ratio_interval, share_interval

LECUN, HE = 1, 2
"""Scales d v."""
WAYS = ("forward", "gradient")


def judge(results: Results) -> dict[str, Measured]:
    """Factors a layer, their ratio to theory, and orders of magnitude over all layers."""
    widths = results.axis("unit", "width")
    scales = [LECUN, HE]
    unit = {way: [of_unit(results, way, width) for width in widths] for way in WAYS}
    usual = {way: [of_scale(results, way, scale) for scale in scales] for way in WAYS}
    deep = results.values("deep_unit", "forward_growth")
    deep_gradient = results.values("deep_unit", "gradient_growth")
    kept = ("lost_single", "lost_half")
    return {
        "derivative_is_indicator": exact(float(results.values("derivative", "departure").max())),
        "gradient_stays": [mean_interval(each) for each in [*usual["gradient"], *unit["gradient"]]],
        "gradient_law": [
            ratio_interval(each / math.sqrt(scale / 2))
            for each, scale in zip(
                [*usual["gradient"], *unit["gradient"]], [*scales, *widths], strict=True
            )
        ],
        "unscaled_explodes": [mean_interval(each) for each in unit["forward"]],
        "very_large": [mean_interval(deep), mean_interval(deep_gradient)],
        "very_small": [mean_interval(of_scale(results, f"{way}_growth", LECUN)) for way in WAYS],
        "precision_lost": [share_interval(results.values("deep_unit", each)) for each in kept],
        "he_attenuates": [mean_interval(of_scale(results, way, HE)) for way in WAYS],
        "tanh_does_not": mean_interval(results.values("tanh", "forward")),
        "linear_keeps": [mean_interval(results.values("linear", way)) for way in WAYS],
        "he_not_lost": [share_interval(1 - of_scale(results, each, HE)) for each in kept],
        "lecun_shrinks": mean_interval(of_scale(results, "forward", LECUN)),
    }


def of_scale(results: Results, metric: str, scale: int) -> np.ndarray:
    """A metric of the nets of 100 layers at a scale d v, `(seeds,)`."""
    return results.values("scales", metric, where={"scale": scale})


def of_unit(results: Results, metric: str, width: int) -> np.ndarray:
    """A metric of the nets with weights N(0, 1), `(seeds,)`."""
    return results.values("unit", metric, where={"width": width})
