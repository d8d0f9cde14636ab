"""A matrix of numbers as a picture: every entry written, windows and wrong entries marked."""

from __future__ import annotations

import numpy as np

from deepclaims.report.panel import Panel
from deepclaims.report.style import OKABE_ITO

MARGIN = 0.1
"""What is left free about the largest matrix, in entries."""

Window = tuple[int, int, int]
"""Top, left and side of what is marked."""


def draw_matrix(
    panel: Panel,
    values: np.ndarray,
    window: Window | None = None,
    *,
    wrong: np.ndarray | None = None,
    shade: np.ndarray | None = None,
    side: int | None = None,
) -> None:
    """Draw a matrix in the middle of its panel.

    Args:
        panel: drawn on; it loses its axes.
        values: the entries, (rows, columns).
        window: what is marked.
        wrong: bool, like `values`: entries in red.
        shade: from 0 to 1, like `values`: how dark the entries' ground is.
        side: entries that the panel has room for, so that matrices beside one another are of one
            scale; those of this matrix if not given.
    """
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    ax = panel.ax
    rows, columns = values.shape
    for i, j in np.ndindex(rows, columns):
        if shade is not None:
            ground = to_rgba(OKABE_ITO["sky"], 0.85 * float(shade[i, j]))
            ax.add_patch(Rectangle((j, i), 1, 1, facecolor=ground, linewidth=0))
        ax.add_patch(Rectangle((j, i), 1, 1, fill=False, edgecolor="#999999", linewidth=0.7))
        differs = wrong is not None and bool(wrong[i, j])
        look = (OKABE_ITO["vermilion"], "bold") if differs else ("#222222", "normal")
        text = panel.number(float(values[i, j]))
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=look[0], fontweight=look[1])
    if window is not None:
        top, left, size = window
        ax.add_patch(Rectangle((left, top), size, size, facecolor=OKABE_ITO["orange"], alpha=0.35))
    span = (side or max(rows, columns)) + MARGIN
    ax.set_xlim((columns - span) / 2, (columns + span) / 2)
    ax.set_ylim((rows + span) / 2, (rows - span) / 2)
    ax.set_axis_off()
    ax.set_aspect("equal")
