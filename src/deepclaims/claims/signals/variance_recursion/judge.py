"""Measured mean squares over d v/2 times those before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval

HE = 2
"""Scale d v."""
MILD, STRONG = 0.03, 0.1
"""Rates."""


def judge(results: Results) -> dict[str, Measured]:
    """Ratios to the recursion, over seeds."""
    return {
        "neuron_formula": list(neurons(results, "relu", symmetric=True).values()),
        "layer_recursion": [
            mean_interval(each)
            for each in (
                results.values("wide", "ratio"),
                *(
                    results.values("narrow", "ratio", where={"scale": scale})
                    for scale in results.axis("narrow", "scale")
                ),
            )
        ],
        "he_keeps": mean_interval(results.values("wide", "kept")),
        "asymmetric_differs": list(neurons(results, "relu", symmetric=False).values()),
        "others_differ": [
            each for g in ("tanh", "sigmoid") for each in neurons(results, g, True).values()
        ],
        "fresh_net_obeys": trained(results, "fresh", MILD),
        "typical_shrinks": mean_interval(results.values("wide", "typical")),
        "training_departs": mean_interval(
            results.values("training", "trained", where={"rate": STRONG})
        ),
    }


def trained(results: Results, metric: str, rate: float) -> Estimate:
    """The ratio of nets that are trained at a rate."""
    return mean_interval(results.values("training", metric, where={"rate": rate}))


def neurons(
    results: Results, activation: str, symmetric: bool
) -> dict[tuple[str, int, float], Estimate]:
    """Ratios of E[u²] to (d v/2) E[z²] by law, d and d v."""
    table: pd.DataFrame = results.tables["neuron"]
    own = table[(table["activation"] == activation) & ((table["law"] != "shifted") == symmetric)]
    groups = own.groupby(["law", "d", "scale"], sort=False)
    return {key: mean_interval(np.asarray(rows["ratio"])) for key, rows in groups}
