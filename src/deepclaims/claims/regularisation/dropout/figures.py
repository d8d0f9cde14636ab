"""The choice of p_keep and what it saves, and the layer's moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.regularisation.dropout.judge import KEEP, SIZE, pair
from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

SCHEDULES = {"linear": ("lineal", "linear", "-"), "constant": ("constante", "constant", ":")}
"""Their names in both languages, and their lines."""
SIDES = (("sin dropout", "without dropout"), ("con dropout", "with dropout"))
PAPER = {
    "o": (1.60, ("sin dropout (Srivastava)", "without dropout (Srivastava)")),
    "s": (1.25, ("con dropout (Srivastava)", "with dropout (Srivastava)")),
    "v": (1.06, ("y norma acotada (Srivastava)", "and bounded norm (Srivastava)")),
}
"""Marker -> test error in per cent of Srivastava et al. 2014, table 2, and what it is of."""
ALL = 60_000
"""Images that they train on."""


def sweep(results: Results, drawing: Drawing) -> None:
    """Against p_keep: validation error saved; the gaps of what was chosen; the net too small."""
    titles = (
        ("error de validación que se ahorra", "validation error that is saved"),
        ("la brecha de lo elegido", "the gap of what was chosen"),
        ("control: una red que subajusta", "control: a net that under-fits"),
    )
    saved, gaps, small = drawing.panels(1, 3, titles, width=12.0, height=4.1)
    sizes = results.axis("none", SIZE)
    pairs = [pair(results, size) for size in sizes]
    for index, (size, nets) in enumerate(zip(sizes, pairs, strict=True)):
        _saved(saved, nets, size, index)
    saved.level(0.0)
    across = np.arange(len(sizes))
    for index, label in enumerate(SIDES):
        each = [(nets.without, nets.with_it)[index] for nets in pairs]
        found = [
            mean_interval(100 * (net.reported("test_error") - net.reported("train_error")))
            for net in each
        ]
        gaps.measured(across + 0.1 * index, found, label, index, linestyle="none")
    keeps = sorted(results.axis("underfit", KEEP))
    for index, split in enumerate(("test", "train"), start=2):
        errors = (
            100 * results.values("underfit", f"{split}_error", where={KEEP: p}) for p in keeps
        )
        small.measured(keeps, list(map(mean_interval, errors)), split, index)
    saved.axes(x=r"$p_{\mathrm{keep}}$", y=("error ahorrado (puntos)", "error saved (points)"))
    gaps.axes(
        x=("imágenes de train", "training images"),
        y=("test − train (puntos)", "test − train (points)"),
    )
    gaps.ticks("x", across.tolist(), [str(size) for size in sizes])
    small.axes(x=r"$p_{\mathrm{keep}}$", y="error (%)", ylim=(0, None))
    gaps.ax.margins(x=0.3)
    gaps.ax.set_ylim(bottom=0)
    for panel in (saved, gaps, small):
        panel.legend(loc="best")


def _saved(panel: Panel, nets: TunedPair, size: int, index: int) -> None:
    """Against the best net without dropout: the best learning rate of each p_keep and schedule."""
    choice = nets.with_it.choice
    alone = min(nets.without.choice.scores)
    tried = pd.DataFrame([*choice.values]).assign(saved=100 * (alone - np.array(choice.scores)))
    best = tried.groupby(["schedule", KEEP])["saved"].max()
    for schedule, (es, en, line) in SCHEDULES.items():
        own = best.get(schedule)
        if own is not None:
            label = (f"{size} imágenes, {es}", f"{size} images, {en}")
            panel.points(own.index, own.to_numpy(), label, index, linestyle=line)
    panel.ax.plot(
        nets.with_it[KEEP], tried["saved"].max(), "o", markersize=14, markerfacecolor="none",
        color=COLOURS[index],
    )  # fmt: skip


def literature(results: Results, drawing: Drawing) -> None:
    """Test error over the size of the training set, beside the paper's."""
    panel = drawing.panel(width=6.4, height=4.4)
    sizes = results.axis("none", SIZE)
    pairs = [pair(results, size) for size in sizes]
    for index, label in enumerate(SIDES):
        each = [(nets.without, nets.with_it)[index] for nets in pairs]
        found = [mean_interval(100 * net.reported("test_error")) for net in each]
        panel.measured(sizes, found, label, index)
    for marker, (error, label) in PAPER.items():
        panel.points(ALL, [error], label, marker=marker, color=OKABE_ITO["black"],
                     markerfacecolor="none")  # fmt: skip
    panel.axes(
        x=("imágenes de train", "training images"),
        y=("error de test (%)", "test error (%)"),
        log="xy",
        decimal="y",
    )
    panel.ticks("x", [*sizes, ALL], [panel.count(size) for size in (*sizes, ALL)])
    panel.legend(loc="best")


def moments(results: Results, drawing: Drawing) -> None:
    """Measured means and variances of single outputs over what the formulas say."""
    titles = (("esperanza", "expectation"), ("varianza", "variance"))
    panels = drawing.panels(1, 2, titles, width=9.6, height=4.3)
    table = results.tables["outputs"]
    by_p = {p: table[np.isclose(table["p_keep"].astype(float), p)]
            for p in results.axis("moments", "p_keep")}  # fmt: skip
    for panel, fill in zip(panels, (_means, _variances), strict=True):
        fill(panel, by_p)
        panel.legend(loc="upper left")


def _means(panel: Panel, by_p: Mapping[float, pd.DataFrame]) -> None:
    """Measured mean of each output over W h: on the diagonal, and on slope p without 1/p."""
    ends = np.concatenate([rows["wh"] for rows in by_p.values()])
    span = 1.05 * np.array([ends.min(), ends.max()])
    panel.theory(span, span, r"$E z - b = W h$")
    for index, (p, rows) in enumerate(by_p.items()):
        look = _points(index)
        panel.ax.plot(rows["wh"], rows["mean"], **look, label=_keep(panel, p))
        panel.ax.plot(rows["wh"], rows["mean_unscaled"], **look, markerfacecolor="none")
        panel.theory(span, p * span, colour=COLOURS[index], linewidth=0.9)
    panel.ax.plot(
        [], [], marker="o", linestyle="none", color=OKABE_ITO["grey"], markerfacecolor="none",
        label=panel.say(("sin dividir por p", "not divided by p")),
    )  # fmt: skip
    panel.axes(
        x=(r"$W h$ (sin ruido)", r"$W h$ (without noise)"),
        y=(r"media medida de $z - b$", r"measured mean of $z - b$"),
    )


def _variances(panel: Panel, by_p: Mapping[float, pd.DataFrame]) -> None:
    """Measured variance of each output over the formula."""
    for index, (p, rows) in enumerate(by_p.items()):
        panel.ax.plot(rows["formula"], rows["variance"], **_points(index), label=_keep(panel, p))
    formula = np.concatenate([rows["formula"] for rows in by_p.values()])
    ends = np.array([formula.min() * 0.7, formula.max() * 1.4])
    panel.theory(ends, ends, r"$\frac{1-p}{p}\,\sum_k w_k^2 h_k^2$")
    panel.axes(
        x=("varianza según la fórmula", "variance by the formula"),
        y=("varianza medida", "measured variance"),
        log="xy",
    )


def _points(index: int) -> dict[str, Any]:
    return {"color": COLOURS[index], "marker": MARKERS[index], "markersize": 4, "linestyle": "none"}


def _keep(panel: Panel, p: float) -> str:
    return rf"$p_{{\mathrm{{keep}}}} = {panel.number(p, maths=True)}$"
