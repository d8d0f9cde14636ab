"""Risk and errors along training."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation import threshold_panels as panels
from deepclaims.claims.overparametrisation.double_descent_epochs.judge import first_fitted, peak_of
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import OKABE_ITO, THEORY

STEPS = ("pasos de entrenamiento", "steps of training")


def two_scales(results: Results, drawing: Drawing) -> None:
    """The linear model's excess risk, of the draws and expected."""
    titles = (
        ("dos escalas", "two scales"),
        ("escalas iguales (control)", "equal scales (control)"),
    )
    for panel, arm in zip(
        drawing.panels(1, 2, titles, width=11.0, height=4.2, sharey=True),
        ("different", "equal"),
        strict=True,
    ):
        times, risk = results.curve("two_scales", "risk", arm)
        panel.over_seeds(times, risk, ("medido", "measured"), 0, linestyle="none")
        expected = results.curve("two_scales", "expected", arm)[1]
        panel.theory(
            times,
            expected.mean(0),
            ("exacto, en media sobre el ruido", "exact mean over the noise"),
        )
        panel.axes(x=STEPS, y=("exceso de riesgo", "excess risk"), log="x", ylim=(0, None))
        _marked(results, "two_scales", panel)
        if arm == "different":
            _peaks(results, panel)
    panel.legend(loc="upper right")


def _peaks(results: Results, panel: Panel) -> None:
    """Where each draw is highest, and where its exact mean over the noise is."""
    for metric, marker, label in (
        ("risk", "v", ("picos medidos", "measured peaks")),
        ("expected", "_", ("picos exactos", "exact peaks")),
    ):
        panel.ax.plot(
            *peak_of(results, metric),
            linestyle="none",
            marker=marker,
            markersize=5,
            alpha=0.5,
            color=OKABE_ITO["vermilion"] if metric == "risk" else THEORY,
            label=panel.say(label),
        )
    panel.legend(loc="lower left", fontsize=7.5)


def nets(results: Results, drawing: Drawing) -> None:
    """Test and training errors of nets on MNIST, with and without wrong labels."""
    titles = (("error de test", "test error"), ("error de entrenamiento", "training error"))
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.2)
    arms = (
        ("net", panels.labels_of(_noise(results, "net")), panels.NOISY),
        ("clean", panels.labels_of(_noise(results, "clean")), panels.CLEAN),
        ("decay", ("con weight decay", "with weight decay"), panels.REMEDY),
    )
    for marker, (part, label, colour) in enumerate(arms):
        for panel, metric in ((left, "test_error"), (right, "train_error")):
            times, values = results.curve(part, metric)
            panels.curve(panel, times, values, label, colour, marker)
    for panel in (left, right):
        panel.axes(x=STEPS, y=("fracción de errores", "share of errors"), log="x", ylim=(0, None))
        _marked(results, "net", panel)
        if np.isfinite(fitted := first_fitted(results, "net")):
            zero = ("error de entrenamiento 0", "training error 0")
            panel.ax.axvline(
                fitted, color=THEORY, linestyle="--", linewidth=1.2, label=panel.say(zero), zorder=1
            )
    left.legend(loc="upper right")


def _noise(results: Results, part: str) -> float:
    return float(results.claim.part(part).params["label_noise"])


def _marked(results: Results, part: str, panel: Panel) -> None:
    """The times between which the criterion compares, dotted."""
    params = results.claim.part(part).params
    for name in ("valley", "peak", "end"):
        panel.ax.axvline(
            params[name], color=OKABE_ITO["grey"], linestyle=":", linewidth=1, zorder=0
        )
