"""AdaGrad, RMSprop, Adam and SGD, each at a rate chosen with the same care, on MNIST and ECG.

L2 "¿Cuál usar?": no important difference between adaptive methods; SGD gets there, but later.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.claims.optimisation.tuned_rates_figures import (
    decimal_ticks,
    loss_band,
    rates_panel,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import paired_difference, ratio_interval, worst
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    level_line,
    panel_titles,
    say,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PROBLEMS = ("mnist", "ecg")
ADAPTIVE = ("adagrad", "rmsprop", "adam")
METHODS = (*ADAPTIVE, "sgd")
NAMES = {"adagrad": "AdaGrad", "rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}
TARGET = 0.2
"""Training loss up to which steps are counted."""
SAME = 0.01
"""The rate for all in the control, deck 2's default for AdaGrad."""

Methods = Mapping[str, Tuned]


def judge(results: Results) -> dict[str, Estimate]:
    """Differences of test error in percentage points, and ratios of steps."""
    mnist, ecg = (tuned(results, problem) for problem in PROBLEMS)
    bounds = {name: check["bound"] for name, check in results.claim.checks.items()}
    slower = [steps_ratio(methods) for methods in (mnist, ecg)]
    return {
        "adaptive_agree_mnist": _worst_pair(mnist, bounds["adaptive_agree_mnist"]),
        "adaptive_agree_ecg": _worst_pair(ecg, bounds["adaptive_agree_ecg"]),
        "sgd_similar_mnist": behind(mnist, "sgd"),
        "sgd_similar_ecg": behind(ecg, "sgd"),
        "sgd_later": worst(slower, "above", bounds["sgd_later"]),
        "rmsprop_not_behind": behind(mnist, "rmsprop"),
        "adagrad_behind": behind(mnist, "adagrad", "rmsprop"),
        "sgd_not_slower": worst(slower, "below", bounds["sgd_not_slower"]),
        "untuned_disagree": paired_difference(
            100 * mnist["adagrad"].reported("test_error", SAME),
            100 * mnist["adam"].reported("test_error", SAME),
        ),
        "rates_interior": exact(share_on_the_edge([*mnist.values(), *ecg.values()])),
    }


def tuned(results: Results, problem: str) -> dict[str, Tuned]:
    """The methods on a problem, each at the rate its tuning seeds chose."""
    return {
        name: Tuned(results, problem if name == "adam" else f"{problem}_{name}") for name in METHODS
    }


def behind(methods: Methods, name: str, other: str = "adam") -> Estimate:
    """Test error of one method minus another's, in percentage points, paired over seeds."""
    return paired_difference(
        100 * methods[name].reported("test_error"), 100 * methods[other].reported("test_error")
    )


def steps_ratio(methods: Methods) -> Estimate:
    """Steps of SGD to the target over Adam's, each at its fastest rate."""
    steps = [methods[name].steps_to(TARGET) for name in ("sgd", "adam")]
    # A seed that never gets there has no ratio: NaN, which decides nothing.
    first, second = (np.where(np.isfinite(each), each, np.nan) for each in steps)
    return ratio_interval(first, second)


def _worst_pair(methods: Methods, bound: list[float]) -> Estimate:
    pairs = combinations(ADAPTIVE, 2)
    return worst([behind(methods, *pair) for pair in pairs], "within", bound)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Error against the rate, training at the chosen one, and differences from Adam."""
    problems = {name: tuned(results, name) for name in PROBLEMS}
    return {
        "rates": _draw_rates(problems, language),
        "training": _draw_training(problems, language),
        "differences": _draw_differences(results, problems, language),
    }


def _draw_rates(problems: Mapping[str, Methods], language: str) -> Figure:
    made, axes = figure(1, 2)
    for ax, methods in zip(axes, problems.values(), strict=True):
        named = {NAMES[name]: method for name, method in methods.items()}
        rates_panel(ax, named, "test_error", language, scale=100)
        ax.set_ylabel(say(language, "error de test (%)", "test error (%)"))
    axes[0].set_ylim(5, 12)
    axes[0].legend()
    panel_titles(axes, ["MNIST", "ECG"])
    return made


def _draw_training(problems: Mapping[str, Methods], language: str) -> Figure:
    made, axes = figure(1, 2)
    for ax, methods in zip(axes, problems.values(), strict=True):
        for (name, method), colour in zip(methods.items(), COLOURS, strict=False):
            label = f"{NAMES[name]}, α = {_number(method.rate, language)}"
            loss_band(ax, method, label, colour)
        level_line(ax, TARGET)
        ax.set(yscale="log", xlabel=say(language, "paso", "step"))
        ax.set_ylabel(say(language, "pérdida de train (nats)", "training loss (nats)"))
        decimal_ticks(ax.yaxis, language)
        ax.legend()
    panel_titles(axes, ["MNIST", "ECG"])
    return made


def _draw_differences(results: Results, problems: Mapping[str, Methods], language: str) -> Figure:
    made, axes = figure(1, 2, height=2.9)
    for ax, (problem, methods) in zip(axes, problems.items(), strict=True):
        for height, name in enumerate(("sgd", "rmsprop", "adagrad")):
            _bar(ax, behind(methods, name), height)
        for end in results.claim.checks[f"adaptive_agree_{problem}"]["bound"]:
            ax.axvline(end, linestyle=":", color="grey")
        ax.axvline(0.0, color="black", linewidth=0.8)
        ax.set_yticks(range(3), ["SGD", "RMSprop", "AdaGrad"])
        ax.set_ylim(-0.6, 2.6)
        decimal_ticks(ax.xaxis, language, log=False)
        ax.set_xlabel(
            say(language, "error de test − el de Adam (puntos)", "test error − Adam's (points)")
        )
    panel_titles(axes, ["MNIST", "ECG"])
    return made


def _bar(ax: Axes, found: Estimate, height: int) -> None:
    ends = np.array([[found.value - found.low], [found.high - found.value]])
    ends[~np.isfinite(ends)] = 0.0
    ax.errorbar([found.value], [height], xerr=ends, fmt=MARKERS[height], color=COLOURS[height])


def _number(value: float, language: str) -> str:
    return f"{value:g}".replace(".", ",") if language == "es" else f"{value:g}"
