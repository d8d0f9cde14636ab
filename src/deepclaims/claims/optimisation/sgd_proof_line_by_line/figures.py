"""How far each line is from failing, and the inequalities of L1.s17.3 point by point."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.report.panel import BESIDE, Drawing
from deepclaims.report.style import COLOURS, MARKERS

FLOOR = 1e-17
"""Where what is nothing at all, or not exceeded, is drawn: it has no logarithm."""

HELD = (
    (("único w*", "unique w*"), ("spread", "lower_excess")),
    (r"$\nabla\mathcal{L}(w^*) = 0$", ("slope",)),
    (r"$\mathcal{L} \geq \mathcal{L}^* + \frac{c}{2}\|\cdot\|^2$", ("bowl_excess",)),
    (("un paso, tres términos", "a step, three terms"), ("expansion_gap",)),
    (("$W_t$ independiente", "$W_t$ independent"), ("dependence_iid",)),
    (
        r"$E\langle g;\cdot\rangle = \langle\nabla\mathcal{L};\cdot\rangle$",
        ("given_product_iid", "product_gap"),
    ),
    (r"$\langle\nabla\mathcal{L};\cdot\rangle \geq c\|\cdot\|^2$", ("product_excess",)),
    (
        r"$E\|g\|^2 = \mathrm{var} + \|\nabla\mathcal{L}\|^2$",
        ("given_square_iid", "square_gap"),
    ),
    (r"$E\|g\|^2 \leq \sigma^2 + \mu^2$", ("square_excess",)),
)
"""A line of the proof, and the metrics that speak of it."""

MUTANTS: dict[int, tuple[str, ...]] = {
    2: ("bowl_excess_mutant",),
    3: ("expansion_gap_mutant",),
    4: ("dependence_twice", "dependence_shuffled"),
    5: ("given_product_twice",),
    6: ("product_excess_mutant",),
    7: ("square_gap_mutant",),
    8: ("square_excess_mutant", "square_excess_no_mean"),
}
"""The line's number, and its mutants."""

PROBLEMS = (
    ("signs", ("regresión, signos", "regression, signs")),
    ("regression", ("regresión", "regression")),
    ("logistic", ("logística", "logistic")),
)


def lines(results: Results, drawing: Drawing) -> None:
    """Each line's worst disagreement on every population and Θ, and its mutants'."""
    panel = drawing.panel(width=7.5, height=4.2)
    shown = {
        "inside": ("w* en el interior de Θ", "w* inside Θ"),
        "edge": ("w* en el borde de Θ", "w* at the edge of Θ"),
    }
    for series, (place, label) in enumerate(shown.items()):
        thetas = ("edge",) if place == "edge" else ("centred", "inside")
        for row, (_, metrics) in enumerate(HELD):
            found = np.concatenate([_values(results, metrics, theta) for theta in thetas])
            panel.points(
                found, np.full(len(found), len(HELD) - row + 0.15 - 0.3 * series),
                label if row == 0 else None, series, alpha=0.5, markersize=4,
            )  # fmt: skip
    for row, metrics in MUTANTS.items():
        found = _values(results, metrics, "centred", "signs")
        named = ("mutante", "mutant") if row == min(MUTANTS) else None
        heights = np.full(len(found), len(HELD) - row)
        panel.points(found, heights, named, color=COLOURS[5], marker="x", markersize=6)
    for name in ("gradient_vanishes", "step_multiplied_out"):
        panel.ax.axvline(results.claim.checks[name]["bound"], color="0.5", linestyle=":")
    panel.axes(x=("diferencia o exceso relativo", "relative difference or excess"), log="x")
    panel.ticks("y", range(len(HELD), 0, -1), [label for label, _ in HELD])
    panel.legend(**BESIDE)


def _values(
    results: Results, metrics: tuple[str, ...], theta: str, problem: str = ""
) -> np.ndarray:
    where = {"theta": theta, **({"problem": problem} if problem else {})}
    rows = [results.rows("lines", each, where=where)["value"] for each in metrics]
    return np.maximum(np.concatenate(rows).astype(float), FLOOR)


def products(results: Results, drawing: Drawing) -> None:
    """Both terms of L1.s17.3 over ‖w − w*‖², and c, of one seed."""
    panels = drawing.panels(1, 3, [label for _, label in PROBLEMS], height=2.8, width=8.5)
    points = results.tables["points"]
    points = points[(points["seed"] == points["seed"].min()) & (points["theta"] == "centred")]
    named = (
        ("product", r"$\langle\nabla\mathcal{L}(w); w-w^*\rangle$"),
        ("between", r"$\mathcal{L}(w)-\mathcal{L}(w^*)+\frac{c}{2}\|w-w^*\|^2$"),
    )
    for panel, (problem, _) in zip(panels, PROBLEMS, strict=True):
        own = points[points["problem"] == problem]
        for series, (column, label) in enumerate(named):
            panel.ax.plot(
                own["distance"], own[column], MARKERS[series], color=COLOURS[series],
                markersize=3, alpha=0.5, linestyle="none", label=label,
            )  # fmt: skip
        panel.theory([0, own["distance"].max()], own["c"].iloc[0], "$c$")
        panel.axes(x="$\\|w-w^*\\|$", ylim=(0, 1.1 * own["product"].max()))
    panels[0].axes(y=("término $/\\,\\|w-w^*\\|^2$", "term $/\\,\\|w-w^*\\|^2$"))
    panels[-1].legend(**BESIDE)
