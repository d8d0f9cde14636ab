"""The sampled laws against the slide's, and the training losses of every scheme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    distance_interval,
    exact,
    mean_interval,
    paired_difference,
    proportion_interval,
)
from deepclaims.nn.printed_laws import PRINTED_LAWS

CHANCE = math.log(10)
"""Cross-entropy of ten equal probabilities: the loss of a net that has learnt nothing."""

TRAINED = 0.75
"""A net has trained when its training loss is below this share of `CHANCE`."""

HALVING = ("lecun", "glorot", "glorot_uniform")
"""Laws of variance 1/d at equal widths: each ReLU layer halves the second moment."""

TANH = {"model.activation": "tanh"}
TRUNCATED = ("he_truncated", "he_truncated_corrected")


def judge(results: Results) -> dict[str, Measured]:
    """Laws, losses over `CHANCE`, and the share of seeds that train."""
    full = [s for s in results.axis("laws", "scheme") if s != "he_truncated"]
    among_tanh = [s for s in results.axis("others", "init") if s not in ("he", "normal")]
    he_tanh = shares(results, "others", "he", **TANH)
    tanh_too = losses(results, "others", "normal", **TANH) < TRAINED
    either = tanh_too | (losses(results, "relu", "normal") < TRAINED)[: tanh_too.size]
    return {
        "variances": [_variance(results, scheme) for scheme in full],
        "shapes": _distances(results, "distance", list(PRINTED_LAWS)),
        "support": _reach(results),
        "truncation": _variance(results, "he_truncated"),
        "he_trains": mean_interval(shares(results, "relu", "he")),
        "halving_stalls": [mean_interval(shares(results, "relu", scheme)) for scheme in HALVING],
        "test_sees_truncation": _distances(results, "distance_normal", TRUNCATED),
        "tanh_indifferent": [
            paired_difference(shares(results, "others", scheme, **TANH), he_tanh)
            for scheme in among_tanh
        ],
        "adam_frees_glorot": mean_interval(shares(results, "adam", "glorot")),
        "unit_normal_stalls": proportion_interval(int(either.sum()), either.size),
    }


def _variance(results: Results, scheme: str) -> Estimate:
    """Sample variance over the printed one."""
    return mean_interval(results.values("laws", "variance", where={"scheme": scheme}))


def _distances(results: Results, metric: str, schemes: Sequence[str]) -> list[Estimate]:
    """Kolmogorov distances of every layer drawn, whose weights are independent."""
    params, rows = results.claim.part("laws").params, results.rows("laws", metric)
    n = int(params["fan_in"]) * int(params["fan_out"])
    kept = rows["value"][rows["scheme"].isin(list(schemes))]
    return [distance_interval(float(distance), n) for distance in kept]


def _reach(results: Results) -> Estimate:
    """Of the bounded laws' reach, the one furthest from the end of its support."""
    rows = results.rows("laws", "reach")
    bounded = [math.isfinite(PRINTED_LAWS[scheme].bound) for scheme in rows["scheme"]]
    reach = rows["value"][bounded].to_numpy()
    return exact(reach[np.abs(reach - 1).argmax()], reach.size)


def shares(results: Results, part: str, scheme: str, **axes: Any) -> np.ndarray:
    """As `losses`, 1 for a net that ends above chance or diverged: it has learnt nothing."""
    found: np.ndarray = np.fmin(losses(results, part, scheme, **axes), 1.0)
    return found


def losses(results: Results, part: str, scheme: str, **axes: Any) -> np.ndarray:
    """Training loss over `CHANCE`, one value per seed; where rates are tuned, at the chosen one.

    Args:
        results: of the claim.
        part: whose nets.
        scheme: how they were initialised.
        axes: values of the part's other axes.
    """
    where = {"init": scheme, **axes}
    if results.claim.part(part).tune is None:
        return results.values(part, "train_loss", where=where) / CHANCE
    return results.tuned(part, where=where).reported("train_loss") / CHANCE
