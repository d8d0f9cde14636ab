"""States and gradients, untrained and in training."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.recurrence.tanh_for_recurrence.judge import of
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.nn.mean_field import tanh_rate
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, OKABE_ITO
from deepclaims.training.adding_success import UNLEARNT

NAMES = {"tanh": "tanh", "relu": "ReLU"}
TITLES = (("estado", "state"), ("gradiente", "gradient"))


def untrained(results: Results, drawing: Drawing) -> None:
    """State and gradient after the last step, against σ_w."""
    panels = drawing.panels(1, 2, TITLES, width=10.0, height=4.2)
    gains = sorted(results.axis("untrained", "gain"))
    for panel, metric in zip(panels, ("log_state", "log_gradient"), strict=True):
        for series, (activation, name) in enumerate(NAMES.items()):
            found = [mean_interval(of(results, metric, activation, gain)) for gain in gains]
            panel.measured(gains, found, name, series)
        panel.level(0.0)
        panel.ax.axvline(math.sqrt(2), color=OKABE_ITO["grey"], linewidth=0.8)
        panel.ax.annotate(
            r"$\sqrt{2}$", (math.sqrt(2), 0.93), (3, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", color=OKABE_ITO["grey"],
        )  # fmt: skip
        panel.axes(x=("$\\sigma_w$ (escala de W)", "$\\sigma_w$ (scale of W)"), log="x")
        panel.ticks("x", gains)
    params = results.claim.part("untrained").params
    fine = np.geomspace(gains[0], gains[-1], 60)
    rates = np.array([tanh_rate(gain, float(params["input"])) for gain in fine])
    panels[1].theory(fine, int(params["steps"]) * rates,
                     ("campo medio (tanh)", "mean field (tanh)"), colour=COLOURS[0])  # fmt: skip
    panels[0].axes(y=(r"$\log_{10}$ valor eficaz de $h_T$", r"$\log_{10}$ rms of $h_T$"))
    panels[1].axes(y=r"$\log_{10}\, \|\partial h_T/\partial h_0\|_F / \sqrt{n}$")
    for panel in panels:
        panel.legend(loc="upper left")


def training(results: Results, drawing: Drawing) -> None:
    """Largest state and largest gradient of every training."""
    state, gradient = drawing.panels(1, 2, TITLES, width=10.0, height=4.2)
    _trainings(state, results, "largest_state")
    _trainings(gradient, results, "largest_gradient")
    state.level(1.0)
    state.axes(y=("mayor valor eficaz de $h_t$", "largest rms of $h_t$"))
    gradient.axes(y=("mayor norma del gradiente", "largest gradient norm"))


def learning(results: Results, drawing: Drawing) -> None:
    """What every net that reports errs on the adding problem."""
    panel = drawing.panel(width=5.6)
    for place, (activation, name) in enumerate(NAMES.items()):
        tested = results.tuned("learning", where={"activation": activation}).table("tested")
        across = place + np.linspace(-0.12, 0.12, len(tested))
        panel.points(across, tested["mse"].to_numpy(), name, place)
    panel.level(UNLEARNT)
    success = float(results.claim.part("learning").params["success"])
    panel.theory([-0.4, 1.4], [success, success])
    panel.axes(y=("error cuadrático medio", "mean square error"), log="y", xlim=(-0.4, 1.4))
    panel.ticks("x", range(len(NAMES)), list(NAMES.values()))


def _trainings(panel: Panel, results: Results, metric: str) -> None:
    matrices = results.axis("adding", "matrix")
    for index, (activation, name) in enumerate(NAMES.items()):
        for place, matrix in enumerate(matrices):
            x = place + 0.24 * (index - 0.5)
            where = {"activation": activation, "matrix": matrix}
            values = results.values("adding", metric, where=where)
            panel.points(x + 0.07, values, None, index, marker=".", alpha=0.35)
            panel.measured([x], [ratio_interval(values)], None if place else name, index)
    names = {"orthogonal": ("ortogonal", "orthogonal"), "identity": ("identidad", "identity")}
    panel.axes(x=("$W_{hh}$ al empezar", "$W_{hh}$ at the start"), log="y",
               xlim=(-0.5, len(matrices) - 0.5))  # fmt: skip
    panel.ticks("x", range(len(matrices)), [names[matrix] for matrix in matrices])
    panel.legend(loc="upper left")
