"""Ratios of operations and of CPU time."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.momentum_costs_no_more.measure import A_NUMBER, RATIO
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import exact, ratio_interval

DENSE = "perceptron"
"""The net whose weights are used once a sample: there momentum weighs most."""


def judge(results: Results) -> dict[str, Measured]:
    """With momentum over without; twice the batch over the batch."""
    each = [(net, batch) for net in nets(results) for batch in batches(results)]
    table = results.tables["work"]
    return {
        "as_many_operations": [excess(results, *case) for case in each],
        "twice_the_batch_is_seen": [
            exact(count(results, net, 2 * b, "products") / count(results, net, b, "products"))
            for net, b in each
        ],
        "one_sample_is_seen": excess(results, DENSE, 1),
        "time": [time_ratio(results, *case) for case in each],
        "memory": [exact(float(table["kept"].min())), exact(float(table["kept"].max()))],
    }


def nets(results: Results) -> list[str]:
    """Their names."""
    return list(results.claim.part("work").params["nets"])


def batches(results: Results) -> list[int]:
    """Batch sizes that are called moderate."""
    return list(results.claim.part("work").params["batches"])


def count(results: Results, net: str, batch: int, what: str) -> float:
    """A column of the table of a step's work."""
    table = results.tables["work"]
    found = table[(table["net"] == net) & (table["batch"] == batch)]
    return float(found[what].iloc[0])


def excess(results: Results, net: str, batch: int) -> Estimate:
    """Operations with momentum over those without, of which the products alone are counted.

    An exact count, from above: SGD's other operations would make it smaller.
    """
    products, sgd, momentum = (
        count(results, net, batch, what) for what in ("products", "sgd", "momentum")
    )
    return exact(1 + A_NUMBER * (momentum - sgd) / products)


def time_ratio(results: Results, net: str, batch: int) -> Estimate:
    """CPU time with momentum over that without, over seeds."""
    table = results.tables["clock"]
    own = table[(table["net"] == net) & (table["batch"] == batch)]
    return ratio_interval(np.asarray(own.sort_values("seed")[RATIO]))
