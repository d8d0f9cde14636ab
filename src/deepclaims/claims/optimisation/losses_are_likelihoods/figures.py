"""What regression's losses estimate, and how well; what classification's losses estimate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from deepclaims.claims.optimisation.losses_are_likelihoods.judge import (
    MEAN,
    MEDIAN,
    classes,
    fits,
    ratios,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def regression(results: Results, drawing: Drawing) -> Figure:
    """What MSE and MAE fit, with the noise's mean and median dashed."""
    language = drawing.language
    made, axes = figure(1, 2)
    ax: Axes = axes[0]
    losses = (("squared", "MSE"), ("absolute", "MAE"))
    for place, (loss, label) in enumerate(losses):
        found = [mean_interval(fits(results, noise, loss)) for noise in ("symmetric", "skewed")]
        _points(ax, [0.12 * place - 0.06, 0.94 + 0.12 * place], found, label, place)
    theory(ax, [0.6, 1.4], MEAN, say(language, "media = 1", "mean = 1"), COLOURS[0])
    theory(ax, [0.6, 1.4], MEDIAN, say(language, "mediana = ln 2", "median = ln 2"), COLOURS[1])
    theory(ax, [-0.4, 0.4], 0.0, say(language, "media = mediana = 0", "mean = median = 0"))
    ax.set_xticks(
        [0, 1],
        [
            say(language, "ruido simétrico\n(Laplace)", "symmetric noise\n(Laplace)"),
            say(language, "ruido asimétrico\n(exponencial)", "skewed noise\n(exponential)"),
        ],
    )
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.1, 1.1))
    ax.set_ylabel(say(language, "ajuste − f(x)  (unidades de y)", "fit − f(x)  (units of y)"))
    ax.legend(loc="upper left")
    ax = axes[1]
    found = [ratio_interval(ratios(results, law)) for law in ("gaussian", "laplace")]
    _points(ax, [0, 1], found, say(language, "medido", "measured"), 2)
    theory(
        ax,
        [-0.3, 0.3],
        math.pi / 2,
        say(language, "π/2 y 1/2 (muchas muestras)", "π/2 and 1/2 (many samples)"),
    )
    theory(ax, [0.7, 1.3], 0.5)
    ax.axhline(1.0, color=COLOURS[6], linewidth=1.0)
    ax.set_xticks([0, 1], [say(language, "ruido normal", "normal noise"), "Laplace"])
    ax.set(xlim=(-0.5, 1.5), ylim=(0, 2))
    ax.set_ylabel(
        say(language, "error² con MAE / error² con MSE", "error² with MAE / error² with MSE")
    )
    ax.legend()
    panel_titles(
        axes,
        [
            say(language, "qué estima cada costo", "what each loss estimates"),
            say(language, "el costo de la propia ley gana", "the loss of its own law wins"),
        ],
    )
    return made


def _points(ax: Axes, x: list[float], found: list[Estimate], label: str, series: int) -> None:
    value, low, high = ([getattr(e, name) for e in found] for name in ("value", "low", "high"))
    measured(
        ax, x, value, low, high, label, COLOURS[series], marker=MARKERS[series], linestyle="none"
    )


def posterior(results: Results, drawing: Drawing) -> Figure:
    """Fitted probability against the true one, one seed, a point per class and value of x."""
    language = drawing.language
    made, axes = figure(1, 2)
    points = results.tables["points"]
    shown = (
        ("likelihood", say(language, "entropía cruzada", "cross-entropy")),
        ("absolute", "control: |one-hot − q|"),
    )
    for ax, (loss, _) in zip(axes, shown, strict=True):
        for series, count in enumerate(classes(results)):
            own = points[(points["loss"] == loss) & (points["classes"] == count)]
            own = own[own["seed"] == own["seed"].min()]
            ax.plot(
                own["true"],
                own["fitted"],
                MARKERS[series],
                color=COLOURS[series],
                alpha=0.7,
                linestyle="none",
                label=f"C = {count}",
            )
        theory(ax, [0, 1], [0, 1], "q = p(y | x)")
        ax.set_xlabel(say(language, "probabilidad verdadera p(y | x)", "true probability p(y | x)"))
        ax.set_ylabel(say(language, "probabilidad ajustada q", "fitted probability q"))
    axes[0].legend()
    panel_titles(axes, [title for _, title in shown])
    return made
