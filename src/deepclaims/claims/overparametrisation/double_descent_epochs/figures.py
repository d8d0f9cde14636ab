"""Risk and errors along training."""

from __future__ import annotations

from deepclaims.claims.overparametrisation import threshold_panels as panels
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import OKABE_ITO

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
    panel.legend(loc="upper right")


def nets(results: Results, drawing: Drawing) -> None:
    """Test and training errors of nets on MNIST, with and without wrong labels."""
    titles = (("error de test", "test error"), ("error de entrenamiento", "training error"))
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.2)
    for marker, (part, colour) in enumerate((("net", panels.NOISY), ("clean", panels.CLEAN))):
        label = panels.labels_of(results.claim.part(part).params["label_noise"])
        for panel, metric in ((left, "test_error"), (right, "train_error")):
            times, values = results.curve(part, metric)
            panels.curve(panel, times, values, label, colour, marker)
    for panel in (left, right):
        panel.axes(x=STEPS, y=("fracción de errores", "share of errors"), log="x", ylim=(0, None))
        _marked(results, "net", panel)
    left.legend(loc="upper right")


def _marked(results: Results, part: str, panel: Panel) -> None:
    """The times between which the criterion compares, dotted."""
    params = results.claim.part(part).params
    for name in ("valley", "peak", "end"):
        panel.ax.axvline(
            params[name], color=OKABE_ITO["grey"], linestyle=":", linewidth=1, zorder=0
        )
