"""Gains of AdaGrad over each rival; divergence at every α; gains with sparse hidden units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.adagrad_for_sparse.judge import gain
from deepclaims.claims.optimisation.hidden_sparsity_gains import draw_hidden
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


METHODS = ("sgd", "sgd_decay", "one_rate", "adagrad")


def _names(language: str) -> dict[str, str]:
    return {
        "sgd": say(language, "SGD, α fija", "SGD, fixed α"),
        "sgd_decay": "SGD, α/√t",
        "one_rate": say(language, "AdaGrad, una sola tasa", "AdaGrad, one rate for all"),
        "adagrad": "AdaGrad",
    }


def gains(results: Results, drawing: Drawing) -> Figure:
    """Each method's divergence over AdaGrad's, paired over seeds."""
    language = drawing.language
    made, ax = figure(width=8.0)
    names = _names(language)
    shown = (
        ("sparse", "divergence", say(language, "features raras", "rare features")),
        (
            "sparse",
            "rare",
            say(language, "sólo entradas con dos o más raras", "only inputs with two or more rare"),
        ),
        ("dense", "divergence", say(language, "control: features densas", "control: dense")),
    )
    for series, (features, metric, label) in enumerate(shown):
        found = [gain(results, features, other, metric) for other in METHODS[:-1]]
        value, low, high = ([getattr(e, end) for e in found] for end in ("value", "low", "high"))
        measured(
            ax, [i + 0.15 * (series - 1) for i in range(3)], value, low, high, label,
            COLOURS[series], marker=MARKERS[series], linestyle="none",
        )  # fmt: skip
    theory(ax, [-0.5, 2.5], 1.0, say(language, "igual que AdaGrad", "as AdaGrad"))
    ax.set_xticks(range(3), [names[other] for other in METHODS[:-1]])
    ax.set(yscale="log", xlim=(-0.5, 2.5), ylim=(0.8, 3.0))
    ticks = (0.8, 1.0, 1.5, 2.0, 3.0)
    ax.set_yticks(ticks, [f"{each:g}".replace(".", say(language, ",", ".")) for each in ticks])
    ax.minorticks_off()
    ax.set_ylabel(say(language, "divergencia / la de AdaGrad", "divergence / AdaGrad's"))
    ax.legend()
    return made


def rates(results: Results, drawing: Drawing) -> Figure:
    """Divergence against α."""
    language = drawing.language
    made, axes = figure(1, 2)
    low, high, count = _part(results).params["rates"]
    alpha = np.logspace(np.log10(low), np.log10(high), count)
    for ax, features in zip(axes, ("sparse", "dense"), strict=True):
        for (method, label), colour, marker in zip(
            _names(language).items(), COLOURS, MARKERS, strict=False
        ):
            where = {"features": features, "method": method}
            values = results.curve("regression", "by_rate", where=where)[1]
            found = [ratio_interval(column) for column in values.T]
            centre, lowest, highest = (
                [getattr(e, end) for e in found] for end in ("value", "low", "high")
            )
            measured(ax, alpha, centre, lowest, highest, label, colour, marker=marker)
        ax.set(xscale="log", yscale="log", xlabel=say(language, "tasa α", "learning rate α"))
        ax.set_ylabel(say(language, "divergencia KL (nats)", "KL divergence (nats)"))
    axes[0].legend()
    panel_titles(
        axes,
        [say(language, "features raras", "rare features"), say(language, "densas", "dense")],
    )
    return made


def _part(results: Results) -> Any:
    return next(part for part in results.claim.parts if part.name == "regression")


def hidden(results: Results, drawing: Drawing) -> Figure:
    """Hidden units ever sparser to the right."""
    language = drawing.language
    return draw_hidden(results, language)
