"""Time of each function over the sigmoid's."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.claims.signals.relu_is_cheaper.judge import ratio, sizes
from deepclaims.claims.signals.relu_is_cheaper.measure import NAME
from deepclaims.report.panel import Drawing, Text

NAMES: dict[str, str] = {"relu": "ReLU", "tanh": "tanh"}


def times(results: Results, drawing: Drawing) -> None:
    """(a) The function, (b) with its derivative; (c) a whole training step."""
    titles: tuple[Text, ...] = (
        ("la función", "the function"),
        ("ida y vuelta", "forwards and back"),
        ("un paso de entrenamiento", "a training step"),
    )
    *panels, step = drawing.panels(
        1, 3, titles, sharey=True, width=11.5, height=4.0, width_ratios=[3, 3, 2]
    )
    for panel, work in zip(panels, ("forward", "both"), strict=True):
        for series, (function, name) in enumerate(NAMES.items()):
            found = [ratio(results, work, size, function) for size in sizes(results)]
            panel.measured(sizes(results), found, name, series)
        panel.axes(x=("cuántos números", "how many numbers"), log="xy")
    for series, function in enumerate(NAMES):
        found = [ratio(results, "step", None, function)]
        step.measured([series], found, series=series, linestyle="none")
    step.places("x", list(NAMES.values()))
    for panel in (*panels, step):
        panel.theory(panel.ax.get_xlim(), 1.0, ("como la sigmoide", "as the sigmoid"))
    panels[0].axes(y=("tiempo / el de la sigmoide", "time / the sigmoid's"), decimal="y")
    panels[0].legend(loc="center", bbox_to_anchor=(0.5, 0.78))
    names = sorted(results.tables["device"][NAME].unique())
    drawing.figure.suptitle(", ".join(names), fontsize=9)
