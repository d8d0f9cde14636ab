"""What each strength of each kind of noise gives, and what leaving it on costs."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.noise_injection.judge import (
    ECG,
    STRENGTH,
    pairs,
    patients_gain,
)
from deepclaims.claims.regularisation.pair_panels import tried
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing

NAMES = {
    "inputs": ("entradas", "inputs"),
    "units": ("ocultas", "hidden units"),
    "parameters": ("parámetros", "parameters"),
}


def strengths(results: Results, drawing: Drawing) -> None:
    """Validation error over the strength of each kind, a line a rate."""
    panels = drawing.panels(1, 3, list(NAMES.values()), width=12.0, height=4.1)
    for panel, (kind, pair) in zip(panels, pairs(results).items(), strict=True):
        tried(panel, pair, STRENGTH[kind])
        panel.axes(x=r"$\sigma$", log="x", decimal="x")


def gains(results: Results, drawing: Drawing) -> None:
    """Test error saved by each kind on both data sets, and what the noise costs in evaluation."""
    titles = (
        ("MNIST", "MNIST"),
        ("ECG, pacientes no vistos", "ECG, patients not seen"),
        ("ruido también al evaluar", "noise in evaluation too"),
    )
    mnist, ecg, left_on = drawing.panels(1, 3, titles, width=12.0, height=3.6)
    found = {
        "mnist": [mean_interval(pair.gain()) for pair in pairs(results).values()],
        "ecg": [patients_gain(pair) for pair in pairs(results, ECG).values()],
        "left_on": [
            mean_interval(results.values("evaluated", "error_added", where={"kind": kind}))
            for kind in STRENGTH
        ],
    }
    for panel, each in zip((mnist, ecg, left_on), found.values(), strict=True):
        panel.measured(np.arange(len(each)), each, linestyle="none")
        panel.level(0.0)
        panel.places("x", list(NAMES.values()))
        panel.ax.margins(x=0.2)
    for panel in (mnist, ecg):
        panel.axes(y=("error de test ahorrado (puntos)", "test error saved (points)"))
    left_on.axes(y=("error de test agregado (puntos)", "test error added (points)"))
