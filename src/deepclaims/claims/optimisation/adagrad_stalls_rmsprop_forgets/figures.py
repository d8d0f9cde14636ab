"""Recovery and effective rate against the time of the change."""

from __future__ import annotations

from matplotlib.ticker import NullLocator

from deepclaims.claims.optimisation.adagrad_stalls_rmsprop_forgets.judge import curve, tuned_steps
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing

LABELS = {
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "rmsprop_corrected": "RMSProp, v̂",
    "sgd": "SGD",
}


def recovery(results: Results, drawing: Drawing) -> None:
    """Geometric means over seeds, with the power laws of theory through AdaGrad's last point."""
    panels = drawing.panels(
        1, 2, [("recuperación tras el cambio", "recovery after the change"),
               ("tasa con que lo encara", "rate to meet it with")],
    )  # fmt: skip
    shown = (
        ("recovery", 0.5, "∝ √t", (20, 30, 50, 100),
         ("pasos hasta recuperarse", "steps to recover")),
        ("rate", -0.5, "∝ 1/√t", (0.01, 0.02, 0.03, 0.04),
         ("tasa efectiva α/√v", "effective rate α/√v")),
    )  # fmt: skip
    for panel, (what, power, law, ticks, name) in zip(panels, shown, strict=True):
        for series, method in enumerate(results.axis("recovery", "method")):
            jumps, values = curve(results, method, what)
            found = [ratio_interval(column) for column in values.T]
            panel.measured(jumps, found, LABELS[method], series)
        jumps, values = curve(results, "adagrad", what)
        panel.theory(jumps, values[:, -1].mean() * (jumps / jumps[-1]) ** power, law)
        panel.axes(x=("paso t del cambio", "step t of the change"), y=name, log="xy")
        panel.ax.set_yticks(ticks, [panel.number(each) for each in ticks])
        panel.ax.yaxis.set_minor_locator(NullLocator())
    panels[0].legend()


def tuned(results: Results, drawing: Drawing) -> None:
    """Steps to recover where each rate was chosen over all changes."""
    panel = drawing.panel()
    for series, method in enumerate(results.axis("tuned", "method")):
        jumps, values = tuned_steps(results, method)
        panel.measured(jumps, [ratio_interval(each) for each in values.T], LABELS[method], series)
    panel.axes(
        x=("paso t del cambio", "step t of the change"),
        y=("pasos hasta recuperarse", "steps to recover"), log="x", decimal="y",
    )  # fmt: skip
    panel.legend()
