"""What is left over epochs, for each decay law."""

from __future__ import annotations

from deepclaims.claims.optimisation.ball_panels import DISTANCE, EXCESS
from deepclaims.claims.optimisation.lr_decay_shrinks_ball.judge import exact, part_rates
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS

NAMES: dict[str, Text] = {
    "constant": ("constante α₀", "constant α₀"),
    "hyperbolic": "α₀(1 + δ)/(1 + δe)",
    "exponential": "α₀γ^(e−1)",
    "inverse_sqrt": "α₀/√e",
    "piecewise": ("por intervalos", "piecewise"),
    "small": ("constante α₀/10", "constant α₀/10"),
    "hasty": ("γ demasiado chico", "γ too small"),
}


def regression(results: Results, drawing: Drawing) -> None:
    """(a) The rate over epochs; (b) E‖W − w*‖² with the exact recursion."""
    titles = (
        ("tasa de aprendizaje", "learning rate"),
        ("distancia al mínimo", "distance from the minimum"),
    )
    rate, distance = drawing.panels(1, 2, titles)
    per_epoch = results.claim.part("regression").params["per_epoch"]
    for series, law in enumerate(results.axis("regression", "law")):
        alphas = part_rates(results, "regression", law)[::per_epoch]
        rate.ax.plot(range(1, len(alphas) + 1), alphas, label=rate.say(NAMES[law]))
        _curve(distance, results, "regression", "distance", law, series)
        left = exact(results, law)[per_epoch::per_epoch]
        distance.theory(range(1, len(left) + 1), left, linewidth=1.0)
    distance.theory([], [], ("recursión exacta", "exact recursion"), linewidth=1.0)
    distance.axes(y=DISTANCE)
    rate.axes(y=("tasa α", "learning rate α"))
    for panel in (rate, distance):
        panel.axes(x=("época", "epoch"), log="y")
    rate.ax.set_ylim(3e-4, 2)  # a rate that falls too soon leaves the picture
    rate.legend(fontsize="x-small", ncols=2, loc="upper right")
    distance.legend()


def mnist(results: Results, drawing: Drawing) -> None:
    """Excess loss over epochs, and the plateau that the last rate would have."""
    panel = drawing.panel()
    epochs = results.claim.part("mnist").params["epochs"]
    for series, law in enumerate(results.axis("mnist", "law")):
        _curve(panel, results, "mnist", "excess", law, series, NAMES[law])
        plateau = results.values("mnist", "theory", where={"law": law})[0]
        panel.theory([0.85 * epochs, epochs], plateau, colour=COLOURS[series])
    panel.theory([], [], ("α tr(Σ*)/(4B), última α", "α tr(Σ*)/(4B), last α"))
    panel.axes(x=("época", "epoch"), y=EXCESS, log="y")
    panel.legend(fontsize="x-small", ncols=2)


def _curve(
    panel: Panel,
    results: Results,
    part: str,
    metric: str,
    law: str,
    series: int,
    label: Text | None = None,
) -> None:
    steps, values = results.curve(part, metric, where={"law": law})
    epochs = steps / results.claim.part(part).params["per_epoch"]
    panel.over_seeds(epochs, values, label, series, band=True)
