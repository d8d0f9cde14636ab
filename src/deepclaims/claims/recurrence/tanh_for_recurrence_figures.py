"""What the page of `tanh-for-recurrence` shows: states and gradients, untrained and in training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.recurrence.gradient_gain import tanh_rate
from deepclaims.claims.recurrence.tanh_for_recurrence import of, untrained_input
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
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
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {"tanh": "tanh", "relu": "ReLU"}


def untrained_figure(results: Results, language: str) -> Figure:
    """State and gradient after the last step, against σ_w."""
    made, axes = figure(1, 2, width=10.0, height=4.2)
    gains = sorted(results.axis("untrained", "gain"))
    for ax, metric in zip(axes, ("log_state", "log_gradient"), strict=True):
        for index, (activation, name) in enumerate(NAMES.items()):
            found = [mean_interval(of(results, metric, activation, gain)) for gain in gains]
            measured(
                ax, gains, [each.value for each in found], [each.low for each in found],
                [each.high for each in found], name, COLOURS[index], marker=MARKERS[index],
            )  # fmt: skip
        level_line(ax, 0.0)
        ax.axvline(math.sqrt(2), color=OKABE_ITO["grey"], linewidth=0.8)
        ax.annotate(
            r"$\sqrt{2}$", (math.sqrt(2), 0.93), (3, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", color=OKABE_ITO["grey"],
        )  # fmt: skip
        ax.set(
            xscale="log",
            xlabel=say(language, "$\\sigma_w$ (escala de W)", "$\\sigma_w$ (scale of W)"),
        )
        ax.set_xticks(gains, [_number(gain, language) for gain in gains])
        ax.minorticks_off()
    (part,) = (each for each in results.claim.parts if each.name == "untrained")
    fine = np.geomspace(gains[0], gains[-1], 60)
    rates = np.array([tanh_rate(gain, untrained_input(results)) for gain in fine])
    theory(
        axes[1], fine, int(part.params["steps"]) * rates,
        say(language, "campo medio (tanh)", "mean field (tanh)"), COLOURS[0],
    )  # fmt: skip
    axes[0].set_ylabel(
        say(language, r"$\log_{10}$ valor eficaz de $h_T$", r"$\log_{10}$ rms of $h_T$")
    )
    axes[1].set_ylabel(r"$\log_{10}\, \|\partial h_T/\partial h_0\|_F / \sqrt{n}$")
    axes[1].legend(loc="upper left")
    axes[0].legend(loc="upper left")
    panel_titles(axes, [say(language, "estado", "state"), say(language, "gradiente", "gradient")])
    return made


def training_figure(results: Results, language: str) -> Figure:
    """Largest state and largest gradient of every training."""
    made, axes = figure(1, 2, width=10.0, height=4.2)
    for ax, metric in zip(axes, ("largest_state", "largest_gradient"), strict=True):
        _trainings(ax, results, metric, language)
    level_line(axes[0], 1.0)
    axes[0].set_ylabel(say(language, "mayor valor eficaz de $h_t$", "largest rms of $h_t$"))
    axes[1].set_ylabel(say(language, "mayor norma del gradiente", "largest gradient norm"))
    panel_titles(axes, [say(language, "estado", "state"), say(language, "gradiente", "gradient")])
    return made


def _trainings(ax: Axes, results: Results, metric: str, language: str) -> None:
    matrices = results.axis("adding", "matrix")
    for index, (activation, name) in enumerate(NAMES.items()):
        for place, matrix in enumerate(matrices):
            x = place + 0.24 * (index - 0.5)
            where = {"activation": activation, "matrix": matrix}
            values = results.values("adding", metric, where=where)
            ax.plot(np.full(len(values), x + 0.07), values, ".", color=COLOURS[index], alpha=0.35)
            found = mean_interval(np.log10(values))
            measured(
                ax, [x], [10**found.value], [10**found.low], [10 ** min(found.high, 300.0)],
                None if place else name, COLOURS[index], marker=MARKERS[index],
            )  # fmt: skip
    names = {
        "orthogonal": say(language, "ortogonal", "orthogonal"),
        "identity": say(language, "identidad", "identity"),
    }
    ax.set(yscale="log", xlim=(-0.5, len(matrices) - 0.5))
    ax.set_xticks(range(len(matrices)), [names[matrix] for matrix in matrices])
    ax.set_xlabel(say(language, "$W_{hh}$ al empezar", "$W_{hh}$ at the start"))
    ax.legend(loc="upper left")


def _number(value: float, language: str) -> str:
    text = f"{value:g}"
    return text.replace(".", ",") if language == "es" else text
