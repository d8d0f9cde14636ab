"""The variance over B, measured and in theory."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.signals.relu_is_cheaper.judge import variances
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing


def variance(results: Results, drawing: Drawing) -> None:
    """Both arms, and σ²/B."""
    panel = drawing.panel()
    sizes = np.array(results.axis("means", "B"))
    labels = {"independent": ("independientes", "independent"), "equal": ("iguales", "equal")}
    for series, (arm, label) in enumerate(labels.items()):
        found = [mean_interval(variances(results, arm, B)) for B in sizes]
        panel.measured(sizes, found, label, series, linestyle="none")
    panel.theory(sizes, 1 / sizes, label="$\\sigma^2/B$")
    panel.axes(x="$B$", y=("varianza de la media", "variance of the mean"), log="xy")
    panel.legend()
