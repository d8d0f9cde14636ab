"""The worked example as a picture, how often each pixel is used, and the dimensions."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.convolution.convolution_arithmetic.measure import (
    FILTER,
    IMAGE,
    PRINTED,
    PRINTED_STRIDE_2,
)
from deepclaims.claims.results import Results
from deepclaims.nn import sliding_filter
from deepclaims.nn.against_torch import convolved, convolved_dimension
from deepclaims.nn.sliding_filter import slide, strided_dimension
from deepclaims.report.matrix import Window, draw_matrix
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS

TOP, LEFT = 2, 1  # the window that the picture marks


def example(results: Results, drawing: Drawing) -> None:
    """Input, filter and result; below, stride 2 and the flipped filter."""
    found, strided = convolved(IMAGE, FILTER), convolved(IMAGE, FILTER, stride=2)
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
    drawn: tuple[tuple[np.ndarray, Window | None, np.ndarray | None], ...] = (
        (IMAGE, (TOP, LEFT, 3), None),
        (FILTER, (0, 0, 3), None),
        (found, (TOP, LEFT, 1), found != PRINTED),
        (IMAGE, (2, 2, 3), None),
        (strided, (1, 1, 1), strided != PRINTED_STRIDE_2),
        (flipped, None, flipped != PRINTED),
    )
    for panel, (values, window, wrong) in zip(panels, drawn, strict=True):
        draw_matrix(panel, values, window, wrong=wrong, side=len(IMAGE))


def uses(results: Results, drawing: Drawing) -> None:
    """How many windows hold each pixel, without padding and with it."""
    names = ("valid: padding 0", "same: padding 1", "full: padding 2")
    for padding, panel in enumerate(drawing.panels(1, 3, names, width=9.2, height=3.5)):
        counts = sliding_filter.uses(len(IMAGE), len(FILTER), padding)
        draw_matrix(panel, counts, shade=counts / counts.max())
    text = ("ventanas de 3×3 que contienen a cada píxel de la entrada",
            "3×3 windows that hold each pixel of the input")  # fmt: skip
    drawing.figure.supxlabel(drawing.say(text), fontsize="medium")


def dimensions(results: Results, drawing: Drawing) -> None:
    """Torch's output sides and the formula's, for the usual paddings and for stride 2."""
    panel = drawing.panel()
    kernel, sides = 5, range(5, 17)
    cases = (("full", 4, 1), ("same", 2, 1), ("valid", 0, 1), ("valid, stride 2", 0, 2))
    for index, (name, padding, stride) in enumerate(cases):
        found = [convolved_dimension(side, kernel, padding, stride) for side in sides]
        panel.points(sides, found, f"torch, {name}", index)
        formula = [strided_dimension(side, kernel, padding, stride) for side in sides]
        panel.theory(sides, formula, colour=COLOURS[index])
    panel.theory([], [], ("fórmula", "formula"))
    panel.axes(
        x=("lado de la entrada (píxeles)", "side of the input (pixels)"),
        y=("lado de la salida (píxeles)", "side of the output (pixels)"),
        yticks=range(0, 21, 4),
    )
    panel.legend(loc="upper left")
