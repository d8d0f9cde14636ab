"""The choice of p_keep and what it saves, and the layer's moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.regularisation.dropout.judge import HALF, KEEP, NONE, SIZE, gap
from deepclaims.claims.regularisation.dropout.judge import sweep as tuned
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

TRIED: dict[str, Any] = {"markerfacecolor": "white", "linestyle": ":", "linewidth": 1.2}
"""Look of what the choosing seeds measured."""


def sweep(results: Results, drawing: Drawing) -> None:
    """Against p_keep: error saved, generalisation gap, and the net that under-fits."""
    titles = (
        ("error que se ahorra", "error that is saved"),
        ("la brecha de generalización", "the generalisation gap"),
        ("control: una red que subajusta", "control: a net that under-fits"),
    )
    saved, gaps, small = drawing.panels(1, 3, titles, width=12.0, height=4.1)
    for index, size in enumerate(results.axis("sweep", SIZE)):
        net = tuned(results, size)
        label = (f"{size} imágenes", f"{size} images")
        _saved(saved, net, label, index)
        keeps = _reported(net)
        gaps.measured(keeps, [mean_interval(gap(net, {KEEP: p})) for p in keeps], label, index)
    saved.ax.plot([], [], "o", color=OKABE_ITO["grey"], **TRIED,
                  label=saved.say(("validación, semillas que eligen",
                                   "validation, seeds that choose")))  # fmt: skip
    saved.level(0.0)
    for index, split in enumerate(("test", "train"), start=2):
        keeps = sorted(results.axis("underfit", KEEP))
        errors = (
            100 * results.values("underfit", f"{split}_error", where={KEEP: p}) for p in keeps
        )
        small.measured(keeps, list(map(mean_interval, errors)), split, index)
    saved.axes(y=("error ahorrado (puntos)", "error saved (points)"))
    gaps.axes(y=("validación − train (puntos)", "validation − train (points)"))
    small.axes(y="error (%)")
    for panel in (saved, gaps, small):
        panel.axes(x=r"$p_{\mathrm{keep}}$")
        panel.ax.margins(x=0.08)
        panel.legend(loc="best")
    gaps.ax.set_ylim(bottom=0)
    small.ax.set_ylim(bottom=0)


def _saved(panel: Panel, net: Tuned, label: tuple[str, str], index: int) -> None:
    """Hollow: validation error saved, mean of the choosing seeds; filled: test error, reported."""
    means = {each[KEEP]: 100 * score for each, score in
             zip(net.choice.values, net.choice.scores, strict=True)}  # fmt: skip
    tried = sorted(means)
    panel.ax.plot(tried, [means[1.0] - means[p] for p in tried], marker=MARKERS[index],
                  color=COLOURS[index], **TRIED)  # fmt: skip
    test = {p: 100 * net.reported("test_error", {KEEP: p}) for p in _reported(net)}
    found = [paired_difference(test[1.0], each) for each in test.values()]
    panel.measured(list(test), found, label, index, linestyle="none", markersize=7)
    at = list(test).index(net[KEEP])
    panel.ax.plot(net[KEEP], found[at].value, "o", markersize=14, markerfacecolor="none",
                  color=COLOURS[index])  # fmt: skip


def _reported(net: Tuned) -> list[float]:
    """The p_keep that the reporting seeds have: chosen, none, and half."""
    return sorted({float(net[KEEP]), NONE[KEEP], HALF[KEEP]})


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
