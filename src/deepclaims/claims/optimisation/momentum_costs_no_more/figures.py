"""What momentum adds to a step, in operations and in time."""

from __future__ import annotations

from deepclaims.claims.optimisation.momentum_costs_no_more.judge import (
    batches,
    excess,
    nets,
    time_ratio,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Text

NAMES: dict[str, Text] = {"perceptron": ("perceptrón", "perceptron"), "lenet": "LeNet"}


def operations(results: Results, drawing: Drawing) -> None:
    """Ratio of operations against B, from 1 on."""
    panel = drawing.panel()
    sizes = [1, *batches(results)]
    for series, net in enumerate(nets(results)):
        panel.measured(sizes, [excess(results, net, b) for b in sizes], NAMES[net], series)
    panel.level(results.claim.checks["as_many_operations"]["bound"])
    panel.axes(x="B", y=("operaciones / las de SGD", "operations / SGD's"), log="x", decimal="y")
    panel.ticks("x", sizes)
    panel.legend()


def times(results: Results, drawing: Drawing) -> None:
    """Ratio of CPU time against B."""
    panel = drawing.panel()
    for series, net in enumerate(nets(results)):
        found = [time_ratio(results, net, b) for b in batches(results)]
        panel.measured(batches(results), found, NAMES[net], series)
    panel.level(1.0)
    panel.axes(x="B", y=("tiempo / el de SGD", "time / SGD's"), log="x", decimal="y")
    panel.ticks("x", batches(results))
    panel.legend()
