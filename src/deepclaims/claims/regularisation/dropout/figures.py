"""What the page of `dropout` shows: the sweep over p_keep, and the layer's moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.regularisation.dropout import SIZE, by_keep, chosen_keep, gap
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    OKABE_ITO,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def sweep_figure(results: Results, language: str) -> Figure:
    """Against p_keep: test error saved, generalisation gap, and the net that under-fits."""
    fig, axes = figure(1, 3, width=12.0, height=4.1)
    saved, gaps, small = axes
    for index, size in enumerate(results.axis("sweep", SIZE)):
        test = by_keep(results, "sweep", "test_error", {SIZE: size})
        kept = {p: paired_difference(test[1.0], test[p]) for p in test}
        label = say(language, f"{size} imágenes", f"{size} images")
        _against_keep(saved, kept, label, index)
        found = {p: mean_interval(x) for p, x in gap(results, size).items()}
        _against_keep(gaps, found, label, index)
    level_line(saved, 0.0)
    _choices(saved, results, language)
    for index, split in enumerate(("test", "train")):
        errors = by_keep(results, "underfit", f"{split}_error")
        found = {p: mean_interval(x) for p, x in errors.items()}
        _against_keep(small, found, split, index + 2)
    saved.set_ylabel(say(language, "error de test ahorrado (puntos)", "test error saved (points)"))
    gaps.set_ylabel(say(language, "validación − train (puntos)", "validation − train (points)"))
    small.set_ylabel("error (%)")
    for ax in axes:
        ax.set_xlabel(r"$p_{\mathrm{keep}}$")
        ax.margins(x=0.08)
        ax.legend(loc="best")
    for ax in (gaps, small):
        ax.set_ylim(bottom=0)
    titles = (
        ("lo que se gana en test", "what is gained on test"),
        ("la brecha de generalización", "the generalisation gap"),
        ("control: una red que subajusta", "control: a net that under-fits"),
    )
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def _against_keep(ax: Axes, found: Mapping[float, Estimate], label: str, index: int) -> None:
    keeps = sorted(found)
    measured(
        ax,
        keeps,
        [found[p].value for p in keeps],
        [found[p].low for p in keeps],
        [found[p].high for p in keeps],
        label,
        COLOURS[index],
        marker=MARKERS[index],
        band=False,
    )


def _choices(ax: Axes, results: Results, language: str) -> None:
    """How many seeds chose each p_keep on validation, in room made at the foot of the panel."""
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.25 * (high - low), high)
    sizes = results.axis("sweep", SIZE)
    for index, size in enumerate(sizes):
        chosen = chosen_keep(results, size)
        for keep in sorted(set(chosen)):
            ax.annotate(
                f"{chosen.count(keep)}×",
                (keep, 0.02 + 0.055 * index),
                xycoords=("data", "axes fraction"),
                ha="center",
                fontsize="small",
                color=COLOURS[index],
            )
    ax.text(
        0.02,
        0.03 + 0.055 * len(sizes),
        say(
            language,
            "semillas que lo eligieron en validación:",
            "seeds that chose it on validation:",
        ),
        transform=ax.transAxes,
        fontsize="small",
        color=OKABE_ITO["grey"],
    )


def moments_figure(results: Results, language: str) -> Figure:
    """Measured means and variances of single outputs over what the formulas say."""
    fig, (means, variances) = figure(1, 2, width=9.6, height=4.3)
    table = results.tables["outputs"]
    by_p = {p: table[np.isclose(table["p_keep"].astype(float), p)]
            for p in results.axis("moments", "p_keep")}  # fmt: skip
    _means(means, by_p, language)
    _variances(variances, by_p, language)
    for ax in (means, variances):
        ax.legend(loc="upper left")
    titles = (("esperanza", "expectation"), ("varianza", "variance"))
    panel_titles([means, variances], [say(language, *title) for title in titles])
    return fig


def _means(ax: Axes, by_p: Mapping[float, pd.DataFrame], language: str) -> None:
    """Measured mean of each output over W h: on the diagonal, and on slope p without 1/p."""
    ends = np.concatenate([rows["wh"] for rows in by_p.values()])
    span = 1.05 * np.array([ends.min(), ends.max()])
    theory(ax, span, span, r"$E z - b = W h$")
    for index, (p, rows) in enumerate(by_p.items()):
        look = _points(index)
        ax.plot(rows["wh"], rows["mean"], **look, label=_keep(p, language))
        ax.plot(rows["wh"], rows["mean_unscaled"], **look, markerfacecolor="none")
        theory(ax, span, p * span, colour=COLOURS[index], linewidth=0.9)
    ax.plot(
        [], [], marker="o", linestyle="none", color=OKABE_ITO["grey"], markerfacecolor="none",
        label=say(language, "sin dividir por p", "not divided by p"),
    )  # fmt: skip
    ax.set_xlabel(say(language, r"$W h$ (sin ruido)", r"$W h$ (without noise)"))
    ax.set_ylabel(say(language, r"media medida de $z - b$", r"measured mean of $z - b$"))


def _variances(ax: Axes, by_p: Mapping[float, pd.DataFrame], language: str) -> None:
    """Measured variance of each output over the formula."""
    for index, (p, rows) in enumerate(by_p.items()):
        look = _points(index)
        ax.plot(rows["formula"], rows["variance"], **look, label=_keep(p, language))
    formula = np.concatenate([rows["formula"] for rows in by_p.values()])
    ends = np.array([formula.min() * 0.7, formula.max() * 1.4])
    theory(ax, ends, ends, r"$\frac{1-p}{p}\,\sum_k w_k^2 h_k^2$")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel(say(language, "varianza según la fórmula", "variance by the formula"))
    ax.set_ylabel(say(language, "varianza medida", "measured variance"))


def _points(index: int) -> dict[str, Any]:
    return {
        "color": COLOURS[index],
        "marker": MARKERS[index],
        "markersize": 4,
        "linestyle": "none",
    }


def _keep(p: float, language: str) -> str:
    text = f"{p:g}".replace(".", "{,}") if language == "es" else f"{p:g}"
    return rf"$p_{{\mathrm{{keep}}}} = {text}$"
