"""Accuracies and success rates on both sides of the receptive field."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, proportion_interval
from deepclaims.nn.receptive_field import receptive_field

KINDS = ("cnn", "dilated", "lstm")
"""The parts that are compared at all distances."""


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """Estimate what the criterion registered."""

    def share(kind: str, distance: int) -> Estimate:
        return proportion_interval(*counts(results, kind, distance=distance))

    seen, distances = field(results), results.axis("cnn", "distance")
    gaps = (
        results.rows("reach", "seen")["value"].to_numpy()
        - results.rows("reach", "formula")["value"].to_numpy()
    )
    return {
        "cnn_blind": [accuracy(results, "cnn", d) for d in distances if d >= seen],
        "lstm_reaches": [share("lstm", d) for d in distances],
        "only_dynamic_memory": share("dilated", max(distances)),
        "receptive_field": exact(float(np.abs(gaps).max()), len(gaps)),
        "cnn_inside": [share("cnn", d) for d in distances if d < seen],
    }


def field(results: Results) -> int:
    """Receptive field of the plain convolutional net."""
    params = results.claim.part("cnn").params
    return receptive_field(int(params["taps"]), params["dilations"])


def accuracy(results: Results, kind: str, distance: int) -> Estimate:
    """Mean test accuracy over the nets that report."""
    table = results.tables["tested"]
    chosen = (table["part"] == kind) & (table["distance"] == distance)
    return mean_interval(table.loc[chosen, "accuracy"].to_numpy(dtype=float))
