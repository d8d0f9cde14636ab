"""Units off and error against the rate, and what comes back of units that began off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.dead_relu.judge import STARTS, share
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Text

OPTIMISERS: Mapping[str, str] = {"off_adam": "Adam", "off_sgd": "SGD"}


def name(slope: float, drawing: Drawing) -> Text:
    """What the activation is called."""
    return "ReLU" if slope == 0 else f"Leaky, {drawing.number(slope)}"


def rates(results: Results, drawing: Drawing) -> None:
    """(a) Units off after training, (b) training error, by Adam's rate."""
    titles = (
        ("unidades apagadas después de entrenar", "units off after training"),
        ("error de train", "training error"),
    )
    off, error = drawing.panels(1, 2, titles, width=10.0, height=4.1)
    params = results.claim.part("rates").params
    for panel, column in ((off, "off_after"), (error, "error")):
        for series, slope in enumerate(params["slopes"]):
            found = [
                mean_interval(100 * share(results, "rates", column, rate, slope))
                for rate in params["rates"]
            ]
            panel.measured(params["rates"], found, name(slope, drawing), series)
        panel.axes(x=("tasa α de Adam", "Adam's rate α"), log="x", ylim=(-2, 102))
        panel.ticks("x", params["rates"])
    off.axes(y=("unidades que ninguna imagen prende (%)", "units that no image switches on (%)"))
    error.axes(y=("imágenes mal clasificadas (%)", "images misclassified (%)"))
    off.legend(loc="upper left")


def revived(results: Results, drawing: Drawing) -> None:
    """Of the units that began off, how many training brings back."""
    panel = drawing.panel(width=6.6, height=4.0)
    every = results.claim.part("rates").params["slopes"]
    panel.places("x", [name(slope, drawing) for slope in every])
    for series, part in enumerate(STARTS):
        (rate,) = results.claim.part(part).params["rates"]
        found = [
            mean_interval(100 * each) for each in _each(results, part, float(rate), every)
        ]  # fmt: skip
        label = f"{OPTIMISERS[part]}, α = {drawing.number(rate)}"
        where = [place - 0.06 + 0.12 * series for place in range(len(every))]
        panel.measured(where, found, label, series, linestyle="none")
    panel.axes(y=("unidades que reviven (%)", "units that come back (%)"), ylim=(-4, 104))
    panel.legend()


def _each(
    results: Results, part: str, rate: float, slopes: Iterable[float]
) -> Iterable[np.ndarray]:
    return (share(results, part, "revived", rate, slope) for slope in slopes)
