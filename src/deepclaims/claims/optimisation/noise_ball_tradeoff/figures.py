"""Figures of `noise_ball_tradeoff`: ball against samples, and MNIST's plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.measured_balls import ball_of, numeral, param, points
from deepclaims.claims.optimisation.noise_ball_tradeoff.judge import (
    exact_ball,
    exact_steps,
    mnist_excess,
    mnist_theory,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def tradeoff(results: Results, drawing: Drawing) -> Figure:
    """(a) Distance over time for each α; (b) steps, (c) samples to ε against the ball."""
    language = drawing.language
    made, axes = figure(1, 3, width=12.0)
    _over_time(axes[0], results, language)
    _pareto(axes[1], results, language, in_samples=False)
    _pareto(axes[2], results, language, in_samples=True)
    panel_titles(
        axes,
        [
            say(language, "en el tiempo, B = 1", "over time, B = 1"),
            say(language, "pasos hasta ε y bola", "steps to ε and ball"),
            say(language, "muestras hasta ε y bola", "samples to ε and ball"),
        ],
    )
    return made


def mnist(results: Results, drawing: Drawing) -> Figure:
    """Excess loss of softmax regression against α/B."""
    language = drawing.language
    made, ax = figure()
    lrs, batches = results.axis("mnist", "lr"), results.axis("mnist", "batch")
    sizes = (9.0, 5.0, 4.0, 3.0)  # equal α/B from different α: one point inside the other
    for lr, colour, marker, size in zip(lrs, COLOURS, MARKERS, sizes, strict=False):
        found, name = [mnist_excess(results, lr, b) for b in batches], numeral(lr, language)
        across = [lr / b for b in batches]
        points(ax, across, found, f"α = {name}", colour, marker, markersize=size)
    cells = sorted((lr / b, mnist_theory(results, lr, b)) for lr in lrs for b in batches)
    theory(ax, [x for x, _ in cells], [y for _, y in cells], "α tr(Σ*)/(4B)")
    ax.set(xscale="log", yscale="log", xlabel="α/B")
    ax.set_ylabel(say(language, "exceso de costo L − L* (nats)", "excess loss L − L* (nats)"))
    ax.legend()
    return made


def _over_time(ax: Axes, results: Results, language: str) -> None:
    batch = min(results.axis("race", "batch"))
    for lr, colour in zip(results.axis("race", "lr"), COLOURS, strict=False):
        steps, values = results.curve("race", "distance", where={"lr": lr, "batch": batch})
        each = [mean_interval(column) for column in values.T]
        low, high = ([getattr(e, end) for e in each] for end in ("low", "high"))
        measured(
            ax,
            steps,
            values.mean(axis=0),
            low,
            high,
            f"α = {numeral(lr, language)}",
            colour,
            band=True,
        )
        theory(ax, steps[-12:], exact_ball(results, lr, batch), colour=colour)
    level_line(ax, param(results, "race", "epsilon"), "ε")
    theory(ax, [], [], say(language, "bola exacta", "exact ball"))
    ax.set(xscale="log", yscale="log", xlabel=say(language, "paso t", "step t"))
    ax.set_ylabel("E‖W_t − w*‖²")
    ax.legend()


def _pareto(ax: Axes, results: Results, language: str, *, in_samples: bool) -> None:
    lrs = sorted(results.axis("race", "lr"))
    grid = np.geomspace(lrs[0], lrs[-1], 40)
    for batch, colour, marker in zip(results.axis("race", "batch"), COLOURS, MARKERS, strict=False):
        unit = batch if in_samples else 1
        cells = [{"lr": lr, "batch": batch} for lr in lrs]
        across = [unit * results.values("race", "steps", where=c).mean() for c in cells]
        found = [ball_of(results, "race", c) for c in cells]
        points(ax, across, found, f"B = {batch}", colour, marker)
        theory(
            ax,
            [unit * exact_steps(results, a, batch) for a in grid],
            [exact_ball(results, a, batch) for a in grid],
            colour=colour,
        )
    theory(ax, [], [], say(language, "recursión exacta", "exact recursion"))
    ax.set(xscale="log", yscale="log")
    ax.set_xlabel(
        say(language, "muestras hasta ε", "samples to ε")
        if in_samples
        else say(language, "pasos hasta ε", "steps to ε")
    )
    if not in_samples:
        ticks = [t for t in (20, 50, 100, 200, 500) if ax.get_xlim()[0] < t < ax.get_xlim()[1]]
        ax.set_xticks(ticks, [str(t) for t in ticks])
        ax.minorticks_off()
    ax.set_ylabel(say(language, "bola E‖W − w*‖²", "ball E‖W − w*‖²"))
    ax.legend()
