"""What each remedy saves in each problem, and which of the two errors it takes away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deepclaims.claims.regularisation.bias_or_variance_first.problems import (
    ALONE,
    REMEDIES,
    problems,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.diagnosis import BIAS, VARIANCE
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import BESIDE, Drawing, Text
from deepclaims.report.style import COLOURS, MARKERS

PROBLEMS: Mapping[str, Text] = {
    "half": ("semiespacio, red grande", "half-space, large net"),
    "ball": ("bola, red grande", "ball, large net"),
    "small_ball": ("bola, red chica", "ball, small net"),
    "small_xor": ("XOR, red chica", "XOR, small net"),
}
NAMES: Mapping[str, Text] = {
    "data": ("8 veces más datos", "8 times the data"),
    "decay": ("weight decay", "weight decay"),
    "wide": ("red 8 veces más ancha", "8 times as wide"),
    "longer": ("el doble de pasos", "twice the steps"),
}
AGAINST: Mapping[str, Text] = {VARIANCE: ("varianza", "variance"), BIAS: ("sesgo", "bias")}


def gains(results: Results, drawing: Drawing) -> None:
    """What each remedy saves; dotted, half of what the best of the right ones does."""
    every = problems(results)
    titles = [PROBLEMS[each.name] for each in every]
    panels = drawing.panels(1, len(every), titles, width=12.0, height=3.4, sharey=True)
    remedies = [remedy for group in REMEDIES.values() for remedy in group][::-1]
    for panel, problem in zip(panels, every, strict=True):
        for series, group in enumerate(REMEDIES.values()):
            found = [mean_interval(problem.gain(each)) for each in group]
            heights = [remedies.index(each) for each in group]
            panel.across(heights, found, color=COLOURS[series], marker=MARKERS[series])
        right = problem.gain(problem.right).mean()
        panel.ax.axvline(right / 2, color="grey", linestyle=":")
        panel.ax.axvline(0, color="grey", linewidth=0.8)
        panel.places("y", [NAMES[each] for each in remedies])
        panel.axes(x=("error de test ahorrado\n(puntos)", "test error saved\n(points)"))


def parts(results: Results, drawing: Drawing) -> None:
    """Avoidable bias and gap with each remedy; dashed, what adds up to the same error."""
    every = problems(results)
    titles = [PROBLEMS[each.name] for each in every]
    panels = drawing.panels(1, len(every), titles, width=12.0, height=3.6)
    marks = [(ALONE, ("sola", "alone")), *NAMES.items()]
    for panel, problem in zip(panels, every, strict=True):
        shown = {name: (problem.suffers(BIAS, name), problem.suffers(VARIANCE, name))
                 for name, _ in marks}  # fmt: skip
        largest = max(float(each.mean()) for pair in shown.values() for each in pair)
        for total in np.arange(5, 2.2 * largest, 5):
            panel.theory([0, total], [total, 0], linewidth=0.7)
        for series, (name, label) in enumerate(marks):
            bias, gap = map(mean_interval, shown[name])
            panel.measured([bias.value], [gap], label, series)
        ends = (-0.05 * largest, 1.1 * largest)
        panel.axes(x=("sesgo evitable (puntos)", "avoidable bias (points)"), xlim=ends, ylim=ends)
    panels[0].axes(y=("brecha (puntos)", "gap (points)"))
    panels[-1].legend(**BESIDE)
