"""Variance and ball against B, and ways of drawing the minibatch."""

from __future__ import annotations

from deepclaims.claims.optimisation.ball_panels import bounded_balls
from deepclaims.claims.optimisation.measured_balls import ball_of, ratio
from deepclaims.claims.optimisation.minibatch_shrinks_ball.judge import (
    SIZES,
    bound_constants,
    fpc,
    iid_ball,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS

PLACES = {
    ("tight", 0): ("regresión, w*", "regression, w*"),
    ("tight", 1): ("regresión, borde de Θ", "regression, edge of Θ"),
    ("logistic", 0): ("logística, w*", "logistic, w*"),
    ("logistic", 1): ("logística, borde de Θ", "logistic, edge of Θ"),
}
"""Problems and places at which the gradient's variance was measured."""

WAYS = {
    "subsets": ("tight", ("subconjunto nuevo, N = 16", "fresh subset, N = 16")),
    "subsets_logistic": (
        "logistic",
        ("subconjunto nuevo, logística, N = 24", "fresh subset, logistic, N = 24"),
    ),
    "reshuffled": ("tight", ("épocas mezcladas, N = 16", "shuffled epochs, N = 16")),
}
"""The problem and the name of each part that draws otherwise than i.i.d."""


def ball(results: Results, drawing: Drawing) -> None:
    """(a) Variance of the minibatch gradient against B; (b) the ball against B."""
    titles = (
        ("varianza del gradiente", "variance of the gradient"),
        ("bola de ruido", "noise ball"),
    )
    variance, balls = drawing.panels(1, 2, titles)
    _variance(variance, results)
    bounded_balls(balls, results, "iid", bound_constants(results, "tight"), across="batch")
    variance.axes(y=("varianza (traza)", "variance (trace)"))
    balls.axes(y="E‖W − w*‖²")
    for panel in (variance, balls):
        panel.axes(x=("muestras por paso B", "samples a step B"))


def _variance(panel: Panel, results: Results) -> None:
    batches = results.axis("variance", "batch")
    for series, ((problem, place), label) in enumerate(PLACES.items()):
        cells = ({"problem": problem, "place": place, "batch": b} for b in batches)
        found = [ball_of(results, "variance", cell, metric="variance") for cell in cells]
        panel.measured(batches, found, label, series, linestyle="none")
    for problem in SIZES:
        panel.theory(batches, [bound_constants(results, problem).sigma2 / b for b in batches])
    panel.theory([], [], ("cota σ²/B", "bound σ²/B"))
    panel.axes(log="xy")
    panel.ticks("x", batches)
    panel.legend()


def sampling(results: Results, drawing: Drawing) -> None:
    """Ball of other ways of drawing over the ball of i.i.d. draws, against B/N."""
    panel = drawing.panel()
    for series, (part, (problem, label)) in enumerate(WAYS.items()):
        size = SIZES[problem]
        batches = [b for b in results.axis(part, "batch") if b < size]
        found = [
            ratio(ball_of(results, part, {"batch": b}), iid_ball(results, problem, b))
            for b in batches
        ]
        panel.measured([b / size for b in batches], found, label, series, linestyle="none")
    for series, (problem, size) in enumerate(SIZES.items()):
        ends = (1, size)
        panel.theory(
            [b / size for b in ends], [fpc(problem, b) for b in ends], colour=COLOURS[series]
        )
    panel.theory([], [], "(N − B)/(N − 1)")
    panel.axes(
        x=("batch B / datos N", "batch B / data N"),
        y=("bola / bola con sorteo i.i.d.", "ball / ball with i.i.d. draws"),
        ylim=(-0.03, 1.12),
    )
    panel.legend()
