"""What the page of `convolution-arithmetic` shows: the worked example as a picture, and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.convolution.convolution_arithmetic import library, library_dimension
from deepclaims.claims.convolution.sliding_filter import (
    FILTER,
    IMAGE,
    PRINTED,
    PRINTED_STRIDE_2,
    slide,
    strided_dimension,
    uses,
)
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    OKABE_ITO,
    figure,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP, LEFT = 2, 1  # the window that the picture marks


def example_figure(language: str) -> Figure:
    """Input, filter and result; below, stride 2 and the flipped filter."""
    fig, axes = figure(2, 3, width=9.2, height=6.4)
    found, strided = library(IMAGE, FILTER), library(IMAGE, FILTER, stride=2)
    flipped = slide(IMAGE, FILTER[::-1, ::-1])
    _matrix(axes[0, 0], IMAGE, (TOP, LEFT, 3))
    _matrix(axes[0, 1], FILTER, (0, 0, 3))
    _matrix(axes[0, 2], found, (TOP, LEFT, 1), wrong=found != PRINTED)
    _matrix(axes[1, 0], IMAGE, (2, 2, 3))
    _matrix(axes[1, 1], strided, (1, 1, 1), wrong=strided != PRINTED_STRIDE_2)
    _matrix(axes[1, 2], flipped, wrong=flipped != PRINTED)
    titles = (
        ("entrada", "input"),
        ("filtro, sin espejar", "filter, not flipped"),
        ("resultado: los 16 números\nimpresos", "result: the 16 numbers\nprinted"),
        ("stride 2: cuarta posición", "stride 2: fourth position"),
        ("resultado con stride 2:\nlos 4 impresos", "result with stride 2:\nthe 4 printed"),
        ("filtro espejado: en rojo lo que\nno es lo impreso",
         "filter flipped: in red what\nis not as printed"),
    )  # fmt: skip
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def uses_figure(language: str) -> Figure:
    """How many windows hold each pixel, without padding and with it."""
    fig, axes = figure(1, 3, width=9.2, height=3.5)
    for ax, padding in zip(axes, (0, 1, 2), strict=True):
        counts = uses(len(IMAGE), len(FILTER), padding)
        _matrix(ax, counts, shade=counts / 9)
    names = ("valid: padding 0", "same: padding 1", "full: padding 2")
    panel_titles(axes, names)
    fig.supxlabel(
        say(
            language,
            "ventanas de 3×3 que contienen a cada píxel de la entrada",
            "3×3 windows that hold each pixel of the input",
        ),
        fontsize="medium",
    )
    return fig


def dimensions_figure(language: str) -> Figure:
    """Torch's output sides and the formula's, for the usual paddings and for stride 2."""
    fig, ax = figure()
    kernel, sides = 5, np.arange(5, 17)
    cases = (("full", 4, 1), ("same", 2, 1), ("valid", 0, 1), ("valid, stride 2", 0, 2))
    for index, (name, padding, stride) in enumerate(cases):
        found = [library_dimension(int(side), kernel, padding, stride) for side in sides]
        label = f"torch, {name}"
        measured(
            ax, sides, found, label=label, colour=COLOURS[index], marker=MARKERS[index],
            linestyle="none",
        )  # fmt: skip
        formula = [strided_dimension(int(side), kernel, padding, stride) for side in sides]
        theory(ax, sides, formula, colour=COLOURS[index])
    theory(ax, [], [], say(language, "fórmula", "formula"))
    ax.set_xlabel(say(language, "lado de la entrada (píxeles)", "side of the input (pixels)"))
    ax.set_ylabel(say(language, "lado de la salida (píxeles)", "side of the output (pixels)"))
    ax.set_yticks(range(0, 21, 4))
    ax.legend(loc="upper left")
    return fig


def _matrix(
    ax: Axes,
    values: np.ndarray,
    window: tuple[int, int, int] | None = None,
    wrong: np.ndarray | None = None,
    shade: np.ndarray | None = None,
) -> None:
    """A matrix of numbers; `window` (top, left, side) marked, `wrong` entries in red."""
    from matplotlib.patches import Rectangle

    rows, columns = values.shape
    for i, j in np.ndindex(rows, columns):
        fill = OKABE_ITO["sky"] if shade is not None else "white"
        alpha = 0.85 * float(shade[i, j]) if shade is not None else 1.0
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor=fill, alpha=alpha, linewidth=0))
        ax.add_patch(Rectangle((j, i), 1, 1, fill=False, edgecolor="#999999", linewidth=0.7))
        differs = wrong is not None and wrong[i, j]
        ax.text(
            j + 0.5,
            i + 0.5,
            f"{values[i, j]:g}".replace("-", "−"),
            ha="center",
            va="center",
            color=OKABE_ITO["vermilion"] if differs else "#222222",
            fontweight="bold" if differs else "normal",
        )
    if window is not None:
        top, left, side = window
        ax.add_patch(Rectangle((left, top), side, side, facecolor=OKABE_ITO["orange"], alpha=0.35))
    # All matrices at one scale, each in the middle of its panel.
    span = len(IMAGE) + 0.1
    ax.set_xlim((columns - span) / 2, (columns + span) / 2)
    ax.set_ylim((rows + span) / 2, (rows - span) / 2)
    ax.set_axis_off()
    ax.set_aspect("equal")
