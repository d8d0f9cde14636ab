"""Bits an event, as blocks grow."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.cross_entropy_is_code_length.judge import column
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing


def lengths(results: Results, drawing: Drawing) -> None:
    """Mean bits less n H(p, q) of each pair; and bits an event over what the function gives."""
    titles = (
        ("bits de más por evento", "bits too many an event"),
        ("bits por evento / función", "bits an event / function"),
    )
    beyond, ratio = drawing.panels(1, 2, titles)
    blocks = results.axis("blocks", "block")
    sizes = np.array(blocks, dtype=float)
    for series, classes in enumerate(results.axis("blocks", "classes")):
        for first, block in enumerate(blocks):
            rows = results.rows("blocks", "excess", where={"block": block, "classes": classes})
            label = f"C = {classes}" if first == 0 else None
            beyond.points(
                block * (0.94 + 0.12 * series), rows["value"] / block, label, series,
                alpha=0.5, markersize=4,
            )  # fmt: skip
    beyond.theory(sizes, 1 / sizes, "1/n")
    beyond.axes(
        x=("eventos por bloque n", "events a block n"),
        y=("L/n − H₂(p, q)  (bits)", "L/n − H₂(p, q)  (bits)"),
        log="xy",
    )
    beyond.legend()
    for block in blocks:
        found = column(results, "bits", block) / column(results, "function", block)
        ratio.points(block, found, series=2, alpha=0.5, markersize=4)
    ratio.theory(sizes, 0 * sizes + 1 / np.log(2), "1/ln 2")
    ratio.level(1.0, ("lo que dice la filmina", "what the slide says"))
    ratio.axes(x=("eventos por bloque n", "events a block n"), log="x", ylim=(0.9, None))
    ratio.legend()
