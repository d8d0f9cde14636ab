"""Differences from torch's bidirectional layer, by the length of the sequence."""

from __future__ import annotations

from deepclaims.claims.recurrence.differences import draw_differences
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing


def differences(results: Results, drawing: Drawing) -> None:
    """Every net's differences, a panel for each kind of net."""
    kinds = results.axis("compare", "kind")
    panels = drawing.panels(1, len(kinds), [kind.upper() for kind in kinds],
                            width=9.6, height=4.8, sharey=True)  # fmt: skip
    shown = (
        ("causal_difference", ("dos causales (control)", "two causal nets (control)")),
        ("unreversed_difference",
         ("sin volver a invertir (control)", "not reversed back (control)")),
        ("difference_single", ("precisión simple", "single precision")),
        ("gradient_difference", ("gradientes, doble", "gradients, double")),
        ("difference", ("salidas, doble", "outputs, double")),
    )  # fmt: skip
    cases = {panel: {"kind": kind} for panel, kind in zip(panels, kinds, strict=True)}
    draw_differences(drawing, cases, results, shown)
