"""How well beats are classified, drawn class by class, beside what others have published."""

from __future__ import annotations

from collections.abc import Sequence

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
    panel.places("x", names)
    panel.axes(ylim=(-0.03, 1.03))


def draw_confusion(panel: Panel, beats: Confusions) -> None:
    """True against predicted class of one replica: counts, coloured by share of the true class."""
    counts = beats.counts[0].sum(axis=0)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    panel.ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (true, told), n in np.ndenumerate(counts):
        text = f"{int(n)}\n{panel.number(100 * share[true, told], '.1f')} %"
        colour = "white" if share[true, told] > 0.6 else THEORY
        panel.ax.text(told, true, text, ha="center", va="center", color=colour, fontsize=9)
    panel.places("x", CLASSES)
    panel.places("y", CLASSES)
    panel.axes(
        x=("clase dada por las redes", "class given by the nets"),
        y=("clase anotada", "annotated class"),
    )
