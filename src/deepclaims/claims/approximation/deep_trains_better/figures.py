"""Error and steps against depth, and the two sides of each comparison."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.approximation.deep_trains_better.judge import (
    DEPTH,
    METRIC,
    MNIST,
    SHALLOW,
    SPEED,
    STEPS,
    TREE,
    errs_less,
    fewer_steps,
    side,
    steps,
)
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, median_interval
from deepclaims.report.panel import Drawing, Panel

NAMES = {
    MNIST: ("MNIST", "MNIST"),
    TREE: ("objetivo composicional", "compositional target"),
    SHALLOW: ("objetivo: una red de una capa", "target: a net of one layer"),
}

TESTED = (("test, una capa", "test, one layer"), ("test, profunda", "test, deep"))
REPORTING = (("informan, una capa", "reporting, one layer"),
             ("informan, profunda", "reporting, deep"))  # fmt: skip


def depths(results: Results, drawing: Drawing) -> None:
    """Error against depth, each at its best rate: validation, and test of what was chosen."""
    titles = [NAMES[problem] for problem in METRIC]
    for panel, problem in zip(drawing.panels(1, 3, titles, width=12.0, height=4.1), METRIC, strict=True):  # fmt: skip  # noqa: E501
        metric = f"validation_{METRIC[problem]}"
        rows = [
            (depth, net.score(metric, value), net.choice.scores[net.choice.values.index(value)])
            for net in (side(results, problem, kind) for kind in ("shallow", "deep"))
            for depth, value in _best_of_each_depth(net)
        ]
        found = [mean_interval(scores) for _, scores, _ in rows]
        panel.measured([depth for depth, *_ in rows], found, _label(problem), 0)
        for kind, series in (("shallow", 1), ("deep", 2)):
            _reported(panel, side(results, problem, kind), f"test_{METRIC[problem]}", series)
        panel.axes(
            x=("capas ocultas", "hidden layers"),
            y=("error (MNIST) o error cuadrático", "error (MNIST) or squared error"),
            ylim=(0, None),
        )
        panel.ticks("x", [depth for depth, *_ in rows])
        panel.legend()


def speeds(results: Results, drawing: Drawing) -> None:
    """Steps to the target loss against depth, each at its fastest rate."""
    titles = [NAMES[problem] for problem in (MNIST, TREE)]
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.1)
    for panel, problem in zip(panels, (MNIST, TREE), strict=True):
        nets = [side(results, problem, kind, SPEED) for kind in ("shallow", "deep")]
        last = results.axis(f"{problem}_deep", STEPS)[0]
        rows = [(depth, *rank) for net in nets for depth, rank in _fastest_of_each_depth(net)]
        panel.points(
            [depth for depth, *_ in rows],
            [mean for *_, mean in rows],
            ("semillas que eligen", "choosing seeds"),
            0,
            linestyle="-",
        )
        for depth, failed, mean in rows:
            if failed and math.isfinite(mean):
                count = len(nets[0].tune.seeds)
                panel.ax.annotate(f"{count - failed}/{count}", (depth, mean), (4, 4),
                                  textcoords="offset points", color="0.3")  # fmt: skip
        for series, (net, label) in enumerate(zip(nets, REPORTING, strict=True), start=1):
            found = median_interval(np.minimum(steps(net), last))
            panel.measured([float(net[DEPTH])], [found], label, series, linestyle="none")
        panel.theory([1, rows[-1][0]], [last] * 2, ("último paso", "last step"))
        panel.axes(
            x=("capas ocultas", "hidden layers"),
            y=("pasos hasta la pérdida", "steps to the loss"),
            ylim=(0, None),
        )
        panel.ticks("x", [depth for depth, *_ in rows])
        panel.legend()


def advantages(results: Results, drawing: Drawing) -> None:
    """How many times fewer steps, and how many times less error, of the deep net."""
    rows: list[tuple[tuple[str, str], Estimate]] = [
        (("una capa, objetivo de una capa: error", "one layer, target of one layer: error"),
         errs_less(results, SHALLOW)),
        (("cuatro veces más grande: error", "four times as large: error"),
         errs_less(results, TREE, "bigger")),
        (("cuatro veces más grande: pasos", "four times as large: steps"),
         fewer_steps(results, TREE, "bigger")),
        (("objetivo composicional: error", "compositional target: error"),
         errs_less(results, TREE)),
        (("objetivo composicional: pasos", "compositional target: steps"),
         fewer_steps(results, TREE)),
        (("MNIST: error", "MNIST: error"), errs_less(results, MNIST)),
        (("MNIST: pasos", "MNIST: steps"), fewer_steps(results, MNIST)),
    ]  # fmt: skip
    panel = drawing.panel(width=8.0, height=4.0)
    panel.intervals([found for _, found in rows], [name for name, _ in rows])
    for height, (_, found) in enumerate(rows):
        if not math.isfinite(found.value):
            undecided = panel.say(("sin decidir", "undecided"))
            panel.ax.text(1.0, height, f" {undecided}", va="center", color="0.4")
    panel.ax.axvline(1.0, color="0.4", linestyle=":")
    panel.axes(
        x=("una capa oculta / red profunda", "one hidden layer / deep net"), log="x", decimal="x"
    )


def _best_of_each_depth(net: Tuned) -> list[tuple[int, dict[str, float]]]:
    """Depth -> the combination with its best rate, by the scores of the choosing seeds."""
    scored = list(zip(net.choice.values, net.choice.scores, strict=True))
    best = {}
    for depth in sorted({value[DEPTH] for value, _ in scored}):
        best[depth] = min((each for each in scored if each[0][DEPTH] == depth), key=lambda e: e[1])
    return [(int(depth), dict(value)) for depth, (value, _) in best.items()]


def _fastest_of_each_depth(net: Tuned) -> list[tuple[int, tuple[int, float]]]:
    """Depth -> its best rate's seeds that never get there, and the mean steps of the others."""
    ranked = list(zip(net.choice.values, net.choice.ranks, strict=True))
    depths = sorted({int(value[DEPTH]) for value, _ in ranked})
    return [
        (depth, min(rank for value, rank in ranked if value[DEPTH] == depth)) for depth in depths
    ]


def _reported(panel: Panel, net: Tuned, metric: str, series: int) -> None:
    found = mean_interval(net.reported(metric))
    label = TESTED[series - 1]
    panel.measured([float(net[DEPTH])], [found], label, series, linestyle="none")


def _label(problem: str) -> tuple[str, str]:
    return ("validación, semillas que eligen", "validation, choosing seeds")
