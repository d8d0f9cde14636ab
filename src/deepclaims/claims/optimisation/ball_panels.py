"""Noise balls as figures show them: measured points over the line of a theory."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from deepclaims.claims.optimisation.measured_balls import ball_of
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.optim.population_problem import Constants
from deepclaims.report.panel import Panel, Text
from deepclaims.report.style import COLOURS

DISTANCE = "E‖W_t − w*‖²"
EXCESS = ("exceso de costo L − L* (nats)", "excess loss L − L* (nats)")
"""What figures over time have upwards."""

LETTERS = {"lr": "α", "batch": "B"}


def over_line(
    panel: Panel,
    points: tuple[ArrayLike, Sequence[Estimate]],
    line: tuple[ArrayLike, ArrayLike],
    label: Text,
    series: int,
) -> None:
    """Draw measured points and, dashed in their colour, the line on which theory has them.

    Args:
        panel: where to.
        points: abscissae and estimates.
        line: abscissae and values of the theory.
        label: the points' entry in the legend.
        series: its number, which gives it its colour and marker.
    """
    panel.measured(*points, label, series, linestyle="none")
    panel.theory(*line, colour=COLOURS[series])


def bounded_balls(panel: Panel, results: Results, part: str, known: Constants, across: str) -> None:
    """Draw a part's balls with the slide's bound (dashed) and the sharp constant (dotted).

    Args:
        panel: where to.
        results: of a claim whose part has the axes `lr` and `batch`.
        part: its name.
        known: constants of the part's problem.
        across: `lr` or `batch`, the axis of the abscissae; the other tells the series apart.
    """
    (other,) = LETTERS.keys() - {across}
    x = sorted(results.axis(part, across))
    for series, value in enumerate(results.axis(part, other)):
        cells = [{across: each, other: value} for each in x]
        bound = [known.ball(cell["lr"], cell["batch"]) for cell in cells]
        sharp = [known.sharp * cell["lr"] / cell["batch"] for cell in cells]
        label = f"{LETTERS[other]} = {panel.number(value)}"
        over_line(
            panel, (x, [ball_of(results, part, cell) for cell in cells]), (x, bound), label, series
        )
        panel.theory(x, sharp, colour=COLOURS[series], linestyle=":")
    panel.theory([], [], ("cota α(σ²/B + μ²)/(2c)", "bound α(σ²/B + μ²)/(2c)"))
    panel.theory([], [], "α tr(H⁻¹Σ*)/(2B)", linestyle=":")
    panel.axes(log="xy")
    panel.ticks("x", x)
    panel.legend()
