"""Ratios of divergences or losses, paired over seeds: how many times the adaptive method's."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, ratio_interval

RIVALS = ("sgd_decay", "one_rate")
"""Methods of one rate that falls as AdaGrad's does."""


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of divergences or losses, paired over seeds: how many times the adaptive method's."""
    edges = [each.on_edge for part in results.claim.parts for each in results.every_choice(part)]
    return {
        "beats_sgd": ratio_interval(times(results, "sparse", "sgd")),
        "not_only_decay": _against_both(results, "sparse"),
        "on_rare_features": _against_both(results, "sparse", "rare"),
        "not_when_dense": _against_both(results, "dense"),
        "sparsity_matters": [
            ratio_interval(times(results, "sparse", rival), times(results, "dense", rival))
            for rival in RIVALS
        ],
        "grid_is_wide_enough": exact(float(max(edges)), n=len(edges)),
        **_hidden(results),
    }


def _hidden(results: Results) -> dict[str, Measured]:
    """The checks on hidden units; all but `units_stay_sparse` are ratios of test losses."""
    dense, *_, sparse = shares(results)
    at_sparse, at_dense = gains(results, "relu", sparse), gains(results, "relu", dense)
    return {
        "gain_with_sparse_units": ratio_interval(at_sparse),
        "gain_grows_when_sparser": ratio_interval(at_sparse, at_dense),
        "not_only_harder": ratio_interval(at_sparse, gains(results, "short", dense)),
        "not_when_units_leak": ratio_interval(
            gains(results, "leaky", sparse), gains(results, "leaky", dense)
        ),
        "units_stay_sparse": [
            mean_interval(reported(results, "relu", method, sparse, "active"))
            for method in results.axis("relu", "method")
        ],
    }


def times(results: Results, features: str, rival: str, metric: str = "divergence") -> np.ndarray:
    """How many times AdaGrad's a rival's divergence is, `(seeds,)`."""
    its, mine = (
        results.tuned("regression", where={"features": features, "method": method})
        for method in (rival, "adagrad")
    )
    return np.asarray(its.reported(metric) / mine.reported(metric))


def _against_both(results: Results, features: str, metric: str = "divergence") -> list[Estimate]:
    return [ratio_interval(times(results, features, rival, metric)) for rival in RIVALS]


def shares(results: Results, part: str = "relu") -> list[float]:
    """Shares of images on which a unit is active at the start, from dense to sparse."""
    return sorted(results.axis(part, "share"), reverse=True)


def gains(results: Results, part: str, share: float) -> np.ndarray:
    """Test loss of the part's rival of Adam over Adam's, `(seeds,)`."""
    rival, home = ("layer", "relu") if part == "layer" else ("momentum", part)
    mine = reported(results, home, "adam", share)
    return np.asarray(reported(results, part, rival, share) / mine)


def reported(
    results: Results, part: str, method: str, share: float, metric: str = "test"
) -> np.ndarray:
    """A metric of a method's nets at the rate that its choosing seeds chose, `(seeds,)`."""
    return results.tuned(part, where={"method": method, "share": share}).reported(metric)
