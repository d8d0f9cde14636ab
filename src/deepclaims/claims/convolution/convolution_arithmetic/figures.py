"""The worked example as a picture, how often each pixel is used, and the dimensions."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.convolution_arithmetic.measure import (
    FILTER,
    IMAGE,
    PRINTED,
    PRINTED_STRIDE_2,
    library,
    library_dimension,
)
from deepclaims.claims.results import Results
from deepclaims.nn import sliding_filter
from deepclaims.nn.sliding_filter import slide, strided_dimension
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

TOP, LEFT = 2, 1  # the window that the picture marks


def example(results: Results, drawing: Drawing) -> None:
    """Input, filter and result; below, stride 2 and the flipped filter."""
    found, strided = library(IMAGE, FILTER), library(IMAGE, FILTER, stride=2)
    flipped = slide(IMAGE, FILTER[::-1, ::-1])
    titles = (
        ("entrada", "input"),
        ("filtro, sin espejar", "filter, not flipped"),
        ("resultado: los 16 números\nimpresos", "result: the 16 numbers\nprinted"),
        ("stride 2: cuarta posición", "stride 2: fourth position"),
        ("resultado con stride 2:\nlos 4 impresos", "result with stride 2:\nthe 4 printed"),
        ("filtro espejado: en rojo lo que\nno es lo impreso",
         "filter flipped: in red what\nis not as printed"),
    )  # fmt: skip
    panels = drawing.panels(2, 3, titles, width=9.2, height=6.4)
    _matrix(panels[0], IMAGE, (TOP, LEFT, 3))
    _matrix(panels[1], FILTER, (0, 0, 3))
    _matrix(panels[2], found, (TOP, LEFT, 1), wrong=found != PRINTED)
    _matrix(panels[3], IMAGE, (2, 2, 3))
    _matrix(panels[4], strided, (1, 1, 1), wrong=strided != PRINTED_STRIDE_2)
    _matrix(panels[5], flipped, wrong=flipped != PRINTED)


def uses(results: Results, drawing: Drawing) -> None:
    """How many windows hold each pixel, without padding and with it."""
    names = ("valid: padding 0", "same: padding 1", "full: padding 2")
    for padding, panel in enumerate(drawing.panels(1, 3, names, width=9.2, height=3.5)):
        counts = sliding_filter.uses(len(IMAGE), len(FILTER), padding)
        _matrix(panel, counts, shade=counts / 9)
    text = ("ventanas de 3×3 que contienen a cada píxel de la entrada",
            "3×3 windows that hold each pixel of the input")  # fmt: skip
    drawing.figure.supxlabel(drawing.say(text), fontsize="medium")


def dimensions(results: Results, drawing: Drawing) -> None:
    """Torch's output sides and the formula's, for the usual paddings and for stride 2."""
    panel = drawing.panel()
    kernel, sides = 5, range(5, 17)
    cases = (("full", 4, 1), ("same", 2, 1), ("valid", 0, 1), ("valid, stride 2", 0, 2))
    for index, (name, padding, stride) in enumerate(cases):
        found = [library_dimension(side, kernel, padding, stride) for side in sides]
        panel.ax.plot(sides, found, color=COLOURS[index], marker=MARKERS[index],
                      linestyle="none", label=f"torch, {name}")  # fmt: skip
        formula = [strided_dimension(side, kernel, padding, stride) for side in sides]
        panel.theory(sides, formula, colour=COLOURS[index])
    panel.theory([], [], ("fórmula", "formula"))
    panel.axes(
        x=("lado de la entrada (píxeles)", "side of the input (pixels)"),
        y=("lado de la salida (píxeles)", "side of the output (pixels)"),
        yticks=range(0, 21, 4),
    )
    panel.legend(loc="upper left")


def _matrix(
    panel: Panel,
    values: np.ndarray,
    window: tuple[int, int, int] | None = None,
    wrong: np.ndarray | None = None,
    shade: np.ndarray | None = None,
) -> None:
    """A matrix of numbers; `window` (top, left, side) marked, `wrong` entries in red."""
    from matplotlib.patches import Rectangle

    ax = panel.ax
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
            panel.number(float(values[i, j])),
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
