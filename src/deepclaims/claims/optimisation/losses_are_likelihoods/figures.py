"""What regression's losses estimate, and how well; what classification's losses estimate."""

from __future__ import annotations

import math

from deepclaims.claims.optimisation.losses_are_likelihoods.judge import (
    MEAN,
    MEDIAN,
    classes,
    fits,
    ratios,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS

NOISES = {
    "symmetric": ("ruido simétrico\n(Laplace)", "symmetric noise\n(Laplace)"),
    "skewed": ("ruido asimétrico\n(exponencial)", "skewed noise\n(exponential)"),
}


def regression(results: Results, drawing: Drawing) -> None:
    """What MSE and MAE fit, with the noise's mean and median dashed; and which errs less."""
    titles = (
        ("qué estima cada costo", "what each loss estimates"),
        ("el costo de la propia ley gana", "the loss of its own law wins"),
    )
    fit, error = drawing.panels(1, 2, titles)
    _fits(fit, results)
    _errors(error, results)


def _fits(panel: Panel, results: Results) -> None:
    for series, (loss, label) in enumerate((("squared", "MSE"), ("absolute", "MAE"))):
        found = [mean_interval(fits(results, noise, loss)) for noise in NOISES]
        across = [place + 0.12 * series - 0.06 for place in range(len(NOISES))]
        panel.measured(across, found, label, series, linestyle="none")
    panel.theory([0.6, 1.4], MEAN, ("media = 1", "mean = 1"), colour=COLOURS[0])
    panel.theory([0.6, 1.4], MEDIAN, ("mediana = ln 2", "median = ln 2"), colour=COLOURS[1])
    panel.theory([-0.4, 0.4], 0.0, ("media = mediana = 0", "mean = median = 0"))
    panel.ticks("x", range(len(NOISES)), list(NOISES.values()))
    panel.axes(
        y=("ajuste − f(x)  (unidades de y)", "fit − f(x)  (units of y)"),
        xlim=(-0.5, 1.5),
        ylim=(-0.1, 1.1),
    )
    panel.legend(loc="upper left")


def _errors(panel: Panel, results: Results) -> None:
    found = [ratio_interval(ratios(results, law)) for law in ("gaussian", "laplace")]
    panel.measured([0, 1], found, ("medido", "measured"), 2, linestyle="none")
    limits = ("π/2 y 1/2 (muchas muestras)", "π/2 and 1/2 (many samples)")
    panel.theory([-0.3, 0.3], math.pi / 2, limits)
    panel.theory([0.7, 1.3], 0.5)
    panel.level(1.0)
    panel.ticks("x", range(2), [("ruido normal", "normal noise"), "Laplace"])
    panel.axes(
        y=("error² con MAE / error² con MSE", "error² with MAE / error² with MSE"),
        xlim=(-0.5, 1.5),
        ylim=(0, 2),
    )
    panel.legend()


def posterior(results: Results, drawing: Drawing) -> None:
    """Fitted probability against the true one, one seed, a point per class and value of x."""
    points = results.tables["points"]
    points = points[points["seed"] == points["seed"].min()]
    losses = {
        "likelihood": ("entropía cruzada", "cross-entropy"),
        "absolute": "control: |one-hot − q|",
    }
    panels = drawing.panels(1, 2, list(losses.values()))
    for panel, loss in zip(panels, losses, strict=True):
        for series, count in enumerate(classes(results)):
            own = points[(points["loss"] == loss) & (points["classes"] == count)]
            panel.ax.plot(
                own["true"], own["fitted"], MARKERS[series], color=COLOURS[series], alpha=0.7,
                linestyle="none", label=f"C = {count}",
            )  # fmt: skip
        panel.theory([0, 1], [0, 1], "q = p(y | x)")
        panel.axes(
            x=("probabilidad verdadera p(y | x)", "true probability p(y | x)"),
            y=("probabilidad ajustada q", "fitted probability q"),
        )
    panels[0].legend()
