"""A stretch of ECG with its beats named above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepclaims.report.panel import Panel
from deepclaims.report.style import OKABE_ITO, THEORY

RIGHT, WRONG = OKABE_ITO["green"], OKABE_ITO["vermilion"]

MIDDLE = 0.3
"""Seconds about second 0 that are shaded: where the beat is that the strip is about."""

MARGIN = 0.1
"""Seconds at either end in which no beat is named: the text would stick out."""


@dataclass(frozen=True)
class Beat:
    """A beat of a strip.

    Args:
        seconds: when.
        true: its annotated class.
        told: the class given to it.
    """

    seconds: float
    true: str
    told: str


def draw_strip(
    panel: Panel, seconds: np.ndarray, signal: np.ndarray, beats: Sequence[Beat]
) -> None:
    """Draw a stretch of ECG about second 0; above each beat its class, or annotated → given.

    Args:
        panel: drawn on.
        seconds: `(samples,)`, ascending.
        signal: `(samples,)`.
        beats: those to be named; the one at second 0 is what the strip is about.
    """
    panel.ax.plot(seconds, signal, color=THEORY, linewidth=0.9)
    low, high = float(signal.min()), float(signal.max())
    height = max(high - low, 0.5)
    for beat in beats:
        if abs(beat.seconds) >= seconds[-1] - MARGIN:
            continue
        right = beat.true == beat.told
        panel.ax.text(
            beat.seconds, high + 0.12 * height,
            beat.true if right else f"{beat.true}→{beat.told}", ha="center", fontsize=9,
            color=RIGHT if right else WRONG, fontweight="normal" if beat.seconds else "bold",
        )  # fmt: skip
    panel.ax.axvspan(-MIDDLE, MIDDLE, color="#EEEEEE", zorder=0)
    panel.axes(ylim=(low - 0.08 * height, high + 0.3 * height), xlim=(seconds[0], seconds[-1]))
