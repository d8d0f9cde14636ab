"""Ratios of divergences or losses, paired over seeds: how many times the adaptive method's."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.hidden_sparsity_gains import hidden_edges, hidden_estimates
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.evidence.verdict import Measured


def judge(results: Results) -> dict[str, Measured]:
    """Ratios of divergences or losses, paired over seeds: how many times the adaptive method's."""
    sparse, dense = ("sgd_decay", "one_rate"), "dense"
    edges = [*results.rows("regression", "edge")["value"], *hidden_edges(results)]

    def against_both(features: str, metric: str) -> list[Estimate]:
        return [gain(results, features, other, metric) for other in sparse]

    hidden = hidden_estimates(results)
    return {
        "beats_sgd": gain(results, "sparse", "sgd", "divergence"),
        "not_only_decay": against_both("sparse", "divergence"),
        "on_rare_features": against_both("sparse", "rare"),
        "not_when_dense": against_both(dense, "divergence"),
        "sparsity_matters": [
            ratio_interval(_ratios(results, "sparse", other), _ratios(results, dense, other))
            for other in sparse
        ],
        "grid_is_wide_enough": exact(float(max(edges)), n=len(edges)),
        **{
            name: hidden[name]
            for name in (
                "gain_with_sparse_units",
                "gain_grows_when_sparser",
                "not_only_harder",
                "not_when_units_leak",
                "units_stay_sparse",
            )
        },
    }


def _values(results: Results, features: str, method: str, metric: str) -> np.ndarray:
    where = {"features": features, "method": method}
    return results.values("regression", metric, where=where)


def _ratios(results: Results, features: str, other: str, metric: str = "divergence") -> np.ndarray:
    mine = _values(results, features, "adagrad", metric)
    return np.asarray(_values(results, features, other, metric) / mine)


def gain(results: Results, features: str, other: str, metric: str) -> Estimate:
    """Ratio of the other method's divergence to AdaGrad's, paired over seeds."""
    return ratio_interval(_ratios(results, features, other, metric))
