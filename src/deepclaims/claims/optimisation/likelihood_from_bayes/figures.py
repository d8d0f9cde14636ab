"""Posteriors, two ways each."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS

COMPARED = {
    "formula": ("la fórmula", "the formula"),
    "without_prior": ("sin p(h)", "without p(h)"),
    "unnormalised": ("sin p(D)", "without p(D)"),
}
ARMS = {
    "shared": ("p(x) no depende de h", "p(x) does not depend on h"),
    "tied": ("control: p(x) depende de h", "control: p(x) depends on h"),
}


def posteriors(results: Results, drawing: Drawing) -> None:
    """The formula against the count; the conditional likelihood against the whole, one seed."""
    titles = [("Bayes, contando casos", "Bayes, counting cases"), *ARMS.values()]
    bayes, *panels = drawing.panels(1, 3, titles, width=9, height=3)
    points = results.table("points", "urns")
    points = points[points["seed"] == points["seed"].min()]
    for series, (column, label) in enumerate(COMPARED.items()):
        bayes.ax.plot(
            points["counted"], points[column], MARKERS[series], color=COLOURS[series], alpha=0.7,
            markersize=4, linestyle="none", label=bayes.say(label),
        )  # fmt: skip
    bayes.theory([0, 1], [0, 1], ("igualdad", "equality"))
    bayes.axes(
        x=("p(h | D) contada", "p(h | D) counted"), y=("p(h | D) calculada", "p(h | D) computed")
    )
    bayes.legend()
    for panel, arm in zip(panels, ARMS, strict=True):
        found = results.table("posteriors", "pairs", arm)
        found = found[found["seed"] == found["seed"].min()]
        panel.points(found["whole"], found["conditional"], series=0, alpha=0.4, markersize=3)
        panel.theory([0, 1], [0, 1])
        panel.axes(
            x=("p(h | D) con p(x, y | h)", "p(h | D) by p(x, y | h)"),
            y=("p(h | D) con p(y | x, h)", "p(h | D) by p(y | x, h)"),
        )
