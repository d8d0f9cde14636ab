"""The printed matrices beside what is computed."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from deepclaims.claims.convolution.flatten_and_padding.measure import FILTER, FLATTENED, PADDED
from deepclaims.claims.results import Results
from deepclaims.nn.against_torch import convolved
from deepclaims.nn.sliding_filter import slide
from deepclaims.report.matrix import draw_matrix
from deepclaims.report.panel import Drawing


def flatten(results: Results, drawing: Drawing) -> None:
    """The 3×3 matrix of indices, torch's flatten of it, and the order column by column."""
    printed = np.array(FLATTENED, dtype=int)
    matrix = printed.reshape(3, 3)
    titles = (
        ("matriz: la entrada ij es\nla fila i, columna j", "matrix: entry ij is\nrow i, column j"),
        ("flatten de torch:\nel orden impreso", "torch's flatten:\nthe printed order"),
        ("por columnas (control):\nen rojo, otro orden",
         "by columns (control):\nin red, another order"),
    )  # fmt: skip
    panels = drawing.panels(1, 3, titles, width=8.6, height=4.6)
    given = torch.from_numpy(10 * np.arange(1, 4)[:, None] + np.arange(1, 4))
    made = (matrix, given.flatten().numpy()[:, None], given.T.flatten().numpy()[:, None])
    for panel, values in zip(panels, made, strict=True):
        wrong = values != printed.reshape(values.shape)
        draw_matrix(panel, values, wrong=wrong, side=len(printed))


def paddings(results: Results, drawing: Drawing) -> None:
    """Above, the padded matrices by torch; below, what a layer with that padding answers."""
    above = [(f"padding {padding}", f"padding {padding}") for padding in PADDED]
    sizes = [len(convolved(PADDED[0], FILTER, padding)) for padding in PADDED]
    below = [(f"filtrada: {side}×{side}", f"filtered: {side}×{side}") for side in sizes]
    panels = drawing.panels(2, len(PADDED), [*above, *below], width=10.2, height=7.4)
    side = max(len(each) for each in PADDED.values())
    given = torch.from_numpy(PADDED[0])
    for (padding, printed), upper, lower in zip(
        PADDED.items(), panels, panels[len(PADDED) :], strict=False
    ):
        ringed = F.pad(given, [padding] * 4).numpy()
        inside = np.pad(np.ones(PADDED[0].shape), padding)
        draw_matrix(upper, ringed, wrong=ringed != printed, shade=0.35 * inside, side=side)
        answer = convolved(PADDED[0], FILTER, padding)
        draw_matrix(lower, answer, wrong=answer != slide(printed, FILTER), side=side)
