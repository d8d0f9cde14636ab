"""Risk and errors along training."""

from __future__ import annotations

from deepclaims.claims.overparametrisation import threshold_panels as panels
from deepclaims.claims.overparametrisation.double_descent_epochs.judge import NETS, curve, net
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
        times, risk = curve(results, "two_scales", "risk", arm)
        panel.over_seeds(times, risk, ("medido", "measured"), 0, linestyle="none")
        expected = curve(results, "two_scales", "expected", arm)[1]
        panel.theory(
            times,
            expected.mean(0),
            ("exacto, en media sobre el ruido", "exact mean over the noise"),
        )
        panel.axes(x=STEPS, y=("exceso de riesgo", "excess risk"), log="x", ylim=(0, None))
        _marked(results, "two_scales", panel)
    panel.legend(loc="upper right")


def nets(results: Results, drawing: Drawing) -> None:
    """Test and training errors of nets on MNIST."""
    titles = (("error de test", "test error"), ("error de entrenamiento", "training error"))
    left, right = drawing.panels(1, 2, titles, width=11.0, height=4.2)
    wrong = panels.labels_of(results.claim.part("net").params["noise"])
    losses = (("entropía cruzada", "cross-entropy"), ("costo cuadrático", "squared loss"))
    looks = {
        arm: (tuple(f"{a}, {b}" for a, b in zip(loss, wrong, strict=True)), colour)
        for arm, loss, colour in zip(NETS, losses, (panels.NOISY, OKABE_ITO["purple"]), strict=True)
    }
    looks["clean"] = (panels.labels_of(0), panels.CLEAN)
    for marker, (arm, (label, colour)) in enumerate(looks.items()):
        for panel, metric in ((left, "test_error"), (right, "train_error")):
            times, values = net(results, metric, arm)
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
