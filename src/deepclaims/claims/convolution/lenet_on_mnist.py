"""LeNet as the slide builds it, trained on MNIST, beside dense nets with as many parameters.

L1 "¿Como chequear si entendí CNN? Ej. Lenet".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import mean_interval, paired_difference, worst
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
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PART = "training"
LENET, DENSE = "lenet", ("mlp", "mlp_long")
LECUN_1998 = {"plain": 0.0095, "distorted": 0.008}
"""Test error of LeNet-5, trained on the digits alone or on distorted ones too (LeCun 1998)."""

MULTIPLY_ADDS = {
    # Outputs times filter size (slide: 26x26x6 and 11x11x16), then the dense layers.
    "lenet": 26 * 26 * 6 * 9 + 11 * 11 * 16 * 9 * 6 + 400 * 120 + 120 * 84 + 84 * 10,
    "mlp": 784 * 70 + 70 * 70 + 70 * 10,
}
"""Multiplications of one forward pass; the backward pass is about twice as much in either net."""

SLIDE_PARAMETERS = 60 + 880 + 48_120 + 10_164 + 850


def judge(results: Results) -> dict[str, Estimate]:
    """Test errors over seeds; against the dense nets in pairs of equal seed, the closer decides."""
    error = {arm: _values(results, "test_error", arm) for arm in (LENET, *DENSE)}
    size = {arm: _values(results, "n_parameters", arm)[0] for arm in (LENET, *DENSE)}
    limit = results.claim.checks["mlp_misses_it"]["bound"]
    return {
        "below_one_percent": mean_interval(error[LENET]),
        "beats_the_mlp": worst(
            [paired_difference(error[arm], error[LENET]) for arm in DENSE], "above", 0.0
        ),
        "mlp_misses_it": worst([mean_interval(error[arm]) for arm in DENSE], "above", limit),
        "slide_parameters": exact(size[LENET] / SLIDE_PARAMETERS),
        "mlp_is_no_smaller": exact(min(size[arm] for arm in DENSE) / size[LENET]),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Validation error on the way, and the test error of every seed at the end."""
    return {
        "learning": _learning(results, language),
        "test_error": _test_error(results, language),
    }


def _names(language: str) -> dict[str, str]:
    same = say(language, "mismas épocas", "as many epochs")
    longer = say(language, "mismo cómputo", "as much computation")
    dense = say(language, "densa", "dense")
    return {"lenet": "LeNet", "mlp": f"{dense}, {same}", "mlp_long": f"{dense}, {longer}"}


def _learning(results: Results, language: str) -> Figure:
    made, axes = figure(1, 2, sharey=True)
    for arm, colour, marker in zip((LENET, *DENSE), COLOURS, MARKERS, strict=False):
        steps, curves = _cell(results, results.curve, "validation_error", arm)
        epochs = steps / steps[0]  # validated at the end of every epoch, the first one included
        cost = epochs * MULTIPLY_ADDS[arm.removesuffix("_long")] / MULTIPLY_ADDS[LENET]
        bands = [mean_interval(100 * column) for column in curves.T]
        values, low, high = (
            [getattr(band, name) for band in bands] for name in ("value", "low", "high")
        )
        for ax, across in zip(axes, (epochs, cost), strict=True):
            measured(ax, across, values, low, high, _names(language)[arm], colour, marker=marker)
    for ax in axes:
        ax.set_yscale("log")
        _percent_ticks(ax, language)
    axes[0].set_xlabel(say(language, "épocas", "epochs"))
    axes[1].set_xlabel(
        say(language, "cómputo (en épocas de LeNet)", "computation (in epochs of LeNet)")
    )
    axes[0].set_ylabel(say(language, "error de validación (%)", "validation error (%)"))
    panel_titles(
        axes,
        (
            say(language, "a igual número de épocas", "epoch by epoch"),
            say(language, "a igual cómputo", "for the same computation"),
        ),
    )
    axes[0].legend(loc="upper right")
    return made


def _test_error(results: Results, language: str) -> Figure:
    made, ax = figure(width=7.2)
    names = _names(language)
    arms = (LENET, *DENSE)
    errors = np.array([100 * _values(results, "test_error", arm) for arm in arms])
    for seed in errors.T:
        ax.plot(range(len(arms)), seed, color="#BBBBBB", linewidth=0.8, zorder=1)
    for x, (arm, colour, marker) in enumerate(zip(arms, COLOURS, MARKERS, strict=False)):
        each = errors[x]
        ax.plot([x] * len(each), each, marker, color=colour, alpha=0.45, linestyle="none")
        mean = mean_interval(each)
        measured(
            ax, [x + 0.14], [mean.value], [mean.low], [mean.high], None, colour,
            marker=marker, linestyle="none",
        )  # fmt: skip
        size = int(_values(results, "n_parameters", arm)[0])
        epochs = len(_cell(results, results.curve, "validation_error", arm)[0])
        names[arm] += f"\n{_thousands(size)} {say(language, 'parámetros', 'parameters')}" + (
            f"\n{epochs} {say(language, 'épocas', 'epochs')}"
        )
    distorted = say(language, "con distorsiones", "with distortions")
    for published, label, colour in (
        ("plain", "LeNet-5, LeCun 1998", "#222222"),
        ("distorted", f"LeNet-5, LeCun 1998, {distorted}", OKABE_ITO["purple"]),
    ):
        theory(ax, [-0.35, 2.35], 100 * LECUN_1998[published], label, colour, linewidth=1.2)
    level_line(
        ax,
        100 * results.claim.checks["below_one_percent"]["bound"],
        say(language, "criterio", "criterion"),
    )
    ax.set_ylim(bottom=0)
    ax.set_xlim(-0.35, 2.35)
    ax.set_xticks(range(len(arms)), [names[arm] for arm in arms])
    ax.set_ylabel(say(language, "error de test (%)", "test error (%)"))
    ax.legend(loc="lower right")
    return made


def _cell(results: Results, read: Callable[..., Any], metric: str, arm: str) -> Any:
    """Read one arm at the first training size of the grid."""
    n_train = results.axis(PART, "data.n_train")[0]
    return read(PART, metric, arm, {"data.n_train": n_train})


def _values(results: Results, metric: str, arm: str) -> np.ndarray:
    values: np.ndarray = _cell(results, results.values, metric, arm)
    return values


def _percent_ticks(ax: Axes, language: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    comma: Callable[[float, int], str] = lambda value, _: f"{value:g}".replace(  # noqa: E731
        ".", say(language, ",", ".")
    )
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    ax.yaxis.set_major_formatter(FuncFormatter(comma))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")
