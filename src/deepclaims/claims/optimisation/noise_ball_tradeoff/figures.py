"""Ball against samples, and MNIST's plateau."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.ball_panels import DISTANCE, EXCESS, over_line
from deepclaims.claims.optimisation.measured_balls import ball_of
from deepclaims.claims.optimisation.noise_ball_tradeoff.judge import (
    exact_ball,
    exact_steps,
    mnist_excess,
    mnist_theory,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS

SIZES = (9.0, 5.0, 4.0, 3.0)
"""Of markers: equal α/B from different α are one point inside the other."""


def tradeoff(results: Results, drawing: Drawing) -> None:
    """(a) Distance over time for each α; (b) steps, (c) samples to ε against the ball."""
    titles = (
        ("en el tiempo, B = 1", "over time, B = 1"),
        ("pasos hasta ε y bola", "steps to ε and ball"),
        ("muestras hasta ε y bola", "samples to ε and ball"),
    )
    distance, steps, samples = drawing.panels(1, 3, titles)
    _over_time(distance, results)
    _pareto(steps, results, in_samples=False)
    _pareto(samples, results, in_samples=True)
    steps.axes(x=("pasos hasta ε", "steps to ε"), decimal="x")
    samples.axes(x=("muestras hasta ε", "samples to ε"))


def _over_time(panel: Panel, results: Results) -> None:
    batch = min(results.axis("race", "batch"))
    for series, lr in enumerate(results.axis("race", "lr")):
        steps, values = results.curve("race", "distance", where={"lr": lr, "batch": batch})
        panel.over_seeds(steps, values, f"α = {panel.number(lr)}", series, band=True)
        panel.theory(steps[-12:], exact_ball(results, lr, batch), colour=COLOURS[series])
    panel.level(results.claim.part("race").params["epsilon"], "ε")
    panel.theory([], [], ("bola exacta", "exact ball"))
    panel.axes(x=("paso t", "step t"), y=DISTANCE, log="xy")
    panel.legend()


def _pareto(panel: Panel, results: Results, *, in_samples: bool) -> None:
    lrs = sorted(results.axis("race", "lr"))
    grid = np.geomspace(lrs[0], lrs[-1], 40)
    for series, batch in enumerate(results.axis("race", "batch")):
        unit = batch if in_samples else 1
        cells = [{"lr": lr, "batch": batch} for lr in lrs]
        taken = [unit * results.values("race", "steps", where=cell).mean() for cell in cells]
        found = [ball_of(results, "race", cell) for cell in cells]
        expected = [unit * exact_steps(results, lr, batch) for lr in grid]
        left = [exact_ball(results, lr, batch) for lr in grid]
        over_line(panel, (taken, found), (expected, left), f"B = {batch}", series)
    panel.theory([], [], ("recursión exacta", "exact recursion"))
    panel.axes(y=("bola E‖W − w*‖²", "ball E‖W − w*‖²"), log="xy")
    panel.legend()


def mnist(results: Results, drawing: Drawing) -> None:
    """Softmax regression: plateau against α/B; steps from zero weights to ε against plateau."""
    titles = (("la bola", "the ball"), ("pasos hasta ε y bola", "steps to ε and ball"))
    left, panel = drawing.panels(1, 2, titles)
    _plateaus(left, results)
    for series, batch in enumerate(results.axis("arrival", "batch")):
        lrs = sorted(results.axis("arrival", "lr"))
        taken = [mean_interval(results.values("arrival", "steps", where={"lr": a, "batch": batch}))
                 for a in lrs]  # fmt: skip
        found = [mnist_excess(results, a, batch).value for a in lrs]
        panel.measured(found, taken, f"B = {batch}", series)
    panel.axes(x=EXCESS, y=("pasos hasta ε", "steps to ε"), log="xy")
    panel.legend()


def _plateaus(panel: Panel, results: Results) -> None:
    lrs, batches = results.axis("mnist", "lr"), results.axis("mnist", "batch")
    for series, lr in enumerate(lrs):
        found = [mnist_excess(results, lr, b) for b in batches]
        panel.measured(
            [lr / b for b in batches], found, f"α = {panel.number(lr)}", series,
            linestyle="none", markersize=SIZES[series],
        )  # fmt: skip
    line = sorted((lr / b, mnist_theory(results, lr, b)) for lr in lrs for b in batches)
    panel.theory([x for x, _ in line], [y for _, y in line], "α tr(Σ*)/(4B)")
    panel.axes(x="α/B", y=EXCESS, log="xy")
    panel.legend()
