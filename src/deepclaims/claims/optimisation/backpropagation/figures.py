"""How far the gradients are from one another."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS


def differences(results: Results, drawing: Drawing) -> None:
    """Every net's disagreement with autograd and differences, and that of the wrong δ."""
    panel = drawing.panel()
    shown = (
        ("autograd_difference", ("contra autograd", "against autograd")),
        ("finite_difference", ("contra diferencias finitas", "against differences")),
        ("wrong_delta_difference", ("δ sin g′(z) (control)", "δ without g′(z)")),
    )
    names = results.axis("chain", "activation")
    for (metric, label), colour, marker in zip(shown, COLOURS, MARKERS, strict=False):
        values = [results.values("chain", metric, where={"activation": name}) for name in names]
        across = [i + 0.6 * (j / len(v) - 0.5) for i, v in enumerate(values) for j in range(len(v))]
        # Bit equality has no logarithm: it is drawn at the bottom.
        heights = [max(float(each), 1e-18) for v in values for each in v]
        panel.ax.plot(
            across, heights, marker, color=colour, label=panel.say(label), linestyle="none"
        )
    for name in ("equals_autograd", "equals_finite_differences", "wrong_delta_is_seen"):
        panel.level(results.claim.checks[name]["bound"])
    panel.ax.set_xticks(range(len(names)), names)
    panel.axes(
        x=("activación de las capas ocultas", "activation of hidden layers"),
        y=("diferencia relativa (0 dibujado en 10⁻¹⁸)", "relative difference (0 drawn at 10⁻¹⁸)"),
        log="y",
    )
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
