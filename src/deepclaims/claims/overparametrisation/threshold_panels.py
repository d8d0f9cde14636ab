"""Panels of errors against size over that of the interpolation threshold, which is at 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Panel, Text, credible
from deepclaims.report.style import MARKERS, OKABE_ITO, THEORY

NOISY, CLEAN, REMEDY = OKABE_ITO["vermilion"], OKABE_ITO["blue"], OKABE_ITO["green"]


def curve(
    panel: Panel,
    size: np.ndarray,
    values: np.ndarray,
    label: Text,
    colour: str,
    marker: int,
    *,
    log: bool = False,
) -> None:
    """A mean over seeds with its interval, geometric where the axis is; values (seeds, sizes)."""
    found = credible(map(ratio_interval if log else mean_interval, values.T))
    panel.measured(size, found, label, colour=colour, marker=MARKERS[marker])


def trained(panel: Panel, size: np.ndarray, values: np.ndarray, label: Text) -> None:
    """Mean training error, a thin grey line beside the test errors."""
    panel.ax.plot(
        size, values.mean(0), color=OKABE_ITO["grey"], linewidth=1.2, label=panel.say(label)
    )


def threshold(panel: Panel, label: Text, ticks: Sequence[float]) -> None:
    """Theory's interpolation threshold, dashed, and an axis of sizes that reads in numbers."""
    panel.ax.axvline(
        1, label=panel.say(label), zorder=1, color=THEORY, linestyle=(0, (5, 2.5)), linewidth=1.5
    )
    panel.ax.set_xscale("log")
    panel.ticks("x", ticks)


def labels_of(noise: float) -> tuple[str, str]:
    """How a share of wrong labels is called."""
    if noise == 0:
        return ("etiquetas correctas", "correct labels")
    return (f"{100 * noise:g} % de etiquetas erradas", f"{100 * noise:g} % wrong labels")
