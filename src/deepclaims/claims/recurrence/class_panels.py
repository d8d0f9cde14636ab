"""How well beats are classified, drawn class by class: what the two ECG claims have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deepclaims.evidence.class_scores import (
    CLASSES,
    Confusions,
    Score,
    f1,
    of_class,
    positive_predictivity,
    resampled,
    sensitivity,
)
from deepclaims.evidence.estimate import Estimate
from deepclaims.report.panel import Panel, Text
from deepclaims.report.style import THEORY

DRAWS = 499  # enough to draw an interval; judging takes more

SCORES: tuple[tuple[Score, Text], ...] = (
    (sensitivity, ("sensibilidad Se", "sensitivity Se")),
    (positive_predictivity, ("valor predictivo +P", "positive predictivity +P")),
    (f1, "F1"),
)
"""What EC57 asks for by class, and F1; each with its title."""

BESIDE: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
"""A legend at the right of the panels."""

DOMINANT = 232
"""The patient of DS2 who has three of four of its S beats."""
TWICE = 202
"""The patient of DS2 who is in DS1 too, as 201."""

DE_CHAZAL = {"N": (0.869, 0.992), "S": (0.759, 0.385), "V": (0.777, 0.819)}
"""Se and +P on DS2 (de Chazal, O'Dwyer & Reilly 2004)."""


def by_class(beats: Confusions, score: Score) -> list[Estimate]:
    """A score of each class with its interval over patients, and seeds where they are several."""
    return [resampled(of_class(score, label), beats, draws=DRAWS) for label in CLASSES]


def published(panel: Panel, score: Score) -> None:
    """What de Chazal's classifier reached on DS2, a cross at the right of each class."""
    for label, (Se, P) in DE_CHAZAL.items():
        known: dict[Score, float] = {sensitivity: Se, positive_predictivity: P}
        cross(panel, label, known.get(score, 2 * Se * P / (Se + P)), "x", "de Chazal 2004")


def cross(panel: Panel, label: str, value: float, marker: str, source: str) -> None:
    """One published score of a class; the first of a source names it in the legend."""
    known = panel.ax.get_legend_handles_labels()[1]
    panel.ax.plot(
        [CLASSES.index(label) + 0.4], [value], marker, color=THEORY, markersize=6.5,
        label=None if source in known else source,
    )  # fmt: skip


def class_axes(panel: Panel, names: Sequence[str] = CLASSES) -> None:
    """A place for each class across, scores from 0 to 1 upwards."""
    panel.ticks("x", np.arange(len(names)).tolist(), names)
    panel.axes(ylim=(-0.03, 1.03))
    panel.ax.grid(visible=False, axis="x")
