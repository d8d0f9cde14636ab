"""What `double-descent-width` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.overparametrisation.double_descent_width import (
    Series,
    features_series,
    mlp_series,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.style import MARKERS, OKABE_ITO, figure, measured, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NOISY, CLEAN, CONTROL = OKABE_ITO["vermilion"], OKABE_ITO["blue"], OKABE_ITO["green"]


def random_features(results: Results, language: str) -> Figure:
    """Test error of random features against N/n, and the norm of the fit."""
    made, (left, right) = figure(1, 2, width=11.0, height=4.4)
    noise, clean = _levels(results)
    for level, colour, marker in ((noise, NOISY, 0), (clean, CLEAN, 1)):
        label = _labels(level, language)
        _mean(left, features_series(results, "test_error", level), label, colour, marker)
        _mean(right, features_series(results, "norm", level), label, colour, marker, log=True)
    control = say(language, "ridge óptimo (control)", "optimal ridge (control)")
    _mean(left, features_series(results, "ridge_error", noise), control, CONTROL, 2)
    train = features_series(results, "train_error", noise)
    trained = f"{say(language, 'en entrenamiento', 'in training')}: {_labels(noise, language)}"
    grey = OKABE_ITO["grey"]
    left.plot(train.size, train.values.mean(0), color=grey, linewidth=1.2, label=trained)
    right.set_yscale("log")
    for ax in (left, right):
        _threshold(ax, say(language, "umbral $N=n$", "threshold $N=n$"))
        ax.set_xlabel(
            say(language, "features sobre muestras, $N/n$", "features over samples, $N/n$")
        )
    left.set_ylabel(say(language, "fracción de errores", "share of errors"))
    left.set_ylim(bottom=0)
    right.set_ylabel(
        say(language, r"norma de los pesos $\|\theta\|$", r"norm of the weights $\|\theta\|$")
    )
    left.legend(loc="upper left")
    titles = [
        say(language, "error de test", "test error"),
        say(
            language,
            "por qué: la norma explota en el umbral",
            "why: the norm explodes at the threshold",
        ),
    ]
    panel_titles([left, right], titles)
    return made


def perceptrons(results: Results, language: str) -> Figure:
    """Test error and training loss of trained perceptrons against P/(n·K)."""
    made, (left, right) = figure(1, 2, width=11.0, height=4.4)
    noise, clean = _levels(results)
    arms = (
        ("mlp", _labels(noise, language), NOISY),
        ("mlp_clean", _labels(clean, language), CLEAN),
        ("mlp_decay", say(language, "weight decay (control)", "weight decay (control)"), CONTROL),
    )
    for marker, (part, label, colour) in enumerate(arms):
        _mean(left, mlp_series(results, part), label, colour, marker)
        loss = mlp_series(results, part, "train_loss")
        floored = Series(loss.size, np.maximum(loss.values, FLOOR))
        _mean(right, floored, label, colour, marker, log=True)
    right.set_yscale("log")
    for ax in (left, right):
        _threshold(ax, say(language, "$P=nK$", "$P=nK$"))
        ax.set_xlabel(say(language, "parámetros sobre ecuaciones, $P/(nK)$",
                          "parameters over equations, $P/(nK)$"))  # fmt: skip
    left.set_ylabel(say(language, "fracción de errores", "share of errors"))
    left.set_ylim(bottom=0)
    right.set_ylabel(say(language, "costo cuadrático de entrenamiento", "squared training loss"))
    left.legend(loc="lower left")
    titles = [
        say(language, "error de test", "test error"),
        say(
            language,
            "a la derecha del umbral, se interpola",
            "right of the threshold, nets interpolate",
        ),
    ]
    panel_titles([left, right], titles)
    return made


FLOOR = 1e-9
"""Training losses below this are drawn here: nothing is learnt from how far below they are."""


def _levels(results: Results) -> tuple[float, float]:
    levels = results.axis("features", "label_noise")
    return max(levels), min(levels)


def _labels(noise: float, language: str) -> str:
    if noise == 0:
        return say(language, "etiquetas correctas", "correct labels")
    share = f"{100 * noise:g} %"
    return say(language, f"{share} de etiquetas erradas", f"{share} wrong labels")


def _mean(
    ax: Axes, series: Series, label: str, colour: str, marker: int, *, log: bool = False
) -> None:
    estimates = [(ratio_interval if log else mean_interval)(column) for column in series.values.T]
    # Two seeds would give absurd intervals, and an axis to hold them.
    ends = [(each.low, each.high) if each.n > 2 else (-np.inf, np.inf) for each in estimates]
    low, high = np.array(ends).T
    value = [each.value for each in estimates]
    measured(ax, series.size, value, low, high, label, colour, marker=MARKERS[marker])


def _threshold(ax: Axes, label: str) -> None:
    """The theory's interpolation threshold, dashed, and an axis of sizes that reads in numbers."""
    from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullLocator

    ax.axvline(1, color="#222222", linestyle=(0, (5, 2.5)), linewidth=1.5, label=label, zorder=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator([0.03, 0.1, 0.3, 1, 3, 10]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FormatStrFormatter("%g"))
