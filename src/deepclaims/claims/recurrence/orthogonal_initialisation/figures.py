"""The gradient untrained, and in training."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.orthogonal_initialisation.judge import over_training
from deepclaims.claims.results import Results
from deepclaims.nn.mean_field import TRANSIENT, tanh_rate
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS
from deepclaims.training.adding_success import UNLEARNT


def start(results: Results, drawing: Drawing) -> None:
    """log₁₀ of the gradient over steps: linear recurrence beside tanh."""
    titles = (
        ("recurrencia lineal", "linear recurrence"),
        ("a través de la tanh", "through the tanh"),
    )
    linear, tanh = drawing.panels(1, 2, titles, width=10.0, height=4.2)
    for index, matrix in enumerate(results.axis("linear", "matrix")):
        t, logs = results.curve("linear", "log_gain", where={"matrix": matrix})
        linear.over_seeds(t, logs, _matrix(matrix, linear), index, band=True)
    linear.theory([0, t[-1]], [0, 0], ("norma conservada", "norm kept"))
    for index, u in enumerate(results.axis("tanh", "input")):
        where = {"input": float(u)}
        t, logs = results.curve("tanh", "log_gain", where={"matrix": "orthogonal", **where})
        deviation = tanh.say(("entrada de desvío", "input of deviation"))
        tanh.over_seeds(t, logs, f"{deviation} {tanh.number(u)}", index, band=True)
        gaussian = results.curve("tanh", "log_gain", where={"matrix": "gaussian", **where})[1]
        tanh.ax.plot(t, gaussian.mean(axis=0), linestyle=":", color=COLOURS[index])
        settled = np.array([TRANSIENT, t[-1]])
        rise = tanh_rate(1.0, u) * (settled - TRANSIENT)
        tanh.theory(settled, logs.mean(axis=0)[TRANSIENT - 1] + rise)
    dotted = tanh.say(("W gaussiana", "Gaussian W"))
    tanh.ax.plot([], [], linestyle=":", color="black", label=dotted)
    tanh.theory([], [], ("campo medio", "mean field"))
    for panel in (linear, tanh):
        panel.axes(x=("pasos t", "steps t"))
        panel.legend(loc="lower left")
    linear.axes(y=r"$\log_{10}\, \|\partial h_t/\partial h_0\|_F / \sqrt{n}$", ylim=(-40, 22))


def training(results: Results, drawing: Drawing) -> None:
    """Departure from orthogonality and gradient along training."""
    titles = (("ortogonalidad", "orthogonality"), ("gradiente", "gradient"))
    panels = drawing.panels(1, 2, titles, width=10.0, height=4.2)
    steps = np.unique(results.tables["training"]["step"])
    names = {
        "departure": r"$\|W^T W - I\|_F / \sqrt{n}$",
        "log_gain": r"$\log_{10}\, \|\partial h_T/\partial h_1\|_F / \sqrt{n}$",
    }
    for panel, (quantity, name) in zip(panels, names.items(), strict=True):
        for index, matrix in enumerate(results.axis("training", "matrix")):
            values = over_training(results, matrix, quantity)
            panel.ax.plot(steps, values.T, color=COLOURS[index], alpha=0.18, linewidth=0.8)
            panel.over_seeds(steps, values, _matrix(matrix, panel), index, band=True)
        panel.axes(x=("pasos de Adam", "steps of Adam"), y=name)
        panel.legend()
    panels[1].level(0.0)


def learning(results: Results, drawing: Drawing) -> None:
    """What every tanh net that reports errs on the adding problem, by its first W_hh."""
    panel = drawing.panel(width=6.4)
    names = {
        "orthogonal": ("ortogonal", "orthogonal"),
        "gaussian": ("gaussiana", "Gaussian"),
        "identity": ("identidad", "identity"),
    }
    laws = results.axis("learning", "law")
    for place, law in enumerate(laws):
        tested = results.tuned("learning", where={"law": law}).table("tested")
        across = place + np.linspace(-0.12, 0.12, len(tested))
        panel.points(across, tested["mse"].to_numpy(), None, place)
    panel.level(UNLEARNT)
    success = float(results.claim.part("learning").params["success"])
    panel.theory([-0.4, len(laws) - 0.6], [success, success])
    panel.axes(
        x=("$W_{hh}$ al empezar", "$W_{hh}$ at the start"),
        y=("error cuadrático medio", "mean square error"),
        log="y",
        xlim=(-0.4, len(laws) - 0.6),
    )
    panel.ticks("x", range(len(laws)), [names[law] for law in laws])


def _matrix(name: str, panel: Panel) -> str:
    gaussian = panel.say(("gaussiana, desvío", "Gaussian, deviation"))
    if name == "orthogonal":
        return panel.say(("ortogonal", "orthogonal"))
    gain = {"gaussian": 1.0, "shrunk": 0.5, "grown": 1.5}[name]
    return rf"{gaussian} ${panel.number(gain, maths=True)}/\sqrt{{n}}$"
