"""How many nets learn, by the function in tanh's place."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.lstm_tanh_replaceable.judge import problems, share
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import proportion_interval
from deepclaims.report.panel import Drawing, Text

NAMES: dict[str, Text] = {
    "tanh": "tanh",
    "softsign": "softsign",
    "relu": "ReLU",
}
PROBLEMS: dict[str, Text] = {
    "recall": ("recordar un símbolo", "recall of a symbol"),
    "adding": ("sumar dos números", "sum of two numbers"),
}


def success(results: Results, drawing: Drawing) -> None:
    """Share of fresh nets that learn, a series a problem; last, the control."""
    panel = drawing.panel(width=6.5, height=3.6)
    functions = results.axis("nets", "function")
    across = np.arange(len(functions))
    for series, problem in enumerate(problems(results)):
        found = [share(results, each, problem) for each in functions]
        panel.measured(across + 0.1 * series, found, PROBLEMS[problem], series, linestyle="none")
    square = results.values("square", "successes"), results.values("square", "trials")
    panel.measured(
        [len(functions)], [proportion_interval(*(int(each.sum()) for each in square))],
        series=problems(results).index("recall"), linestyle="none",
    )  # fmt: skip
    panel.places("x", [*(NAMES[each] for each in functions), "$x^2$"])
    panel.axes(y=("redes que aprenden (proporción)", "nets that learn (share)"), ylim=(-0.04, 1.04))
    panel.legend(loc="center left")
