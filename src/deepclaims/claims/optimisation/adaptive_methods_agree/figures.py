"""Error against the rate, training at the chosen one, and differences from Adam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.adaptive_methods_agree.judge import (
    PROBLEMS,
    TARGET,
    Methods,
    behind,
    tuned,
)
from deepclaims.claims.optimisation.tuned_rates_figures import decimal_ticks, loss_band, rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, level_line, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


NAMES = {"adagrad": "AdaGrad", "rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}


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


def rates(results: Results, drawing: Drawing) -> Figure:
    """Test error against the rate (mean and 95 % interval over the reporting seeds)."""
    language = drawing.language
    problems = {name: tuned(results, name) for name in PROBLEMS}
    return _draw_rates(problems, language)


def training(results: Results, drawing: Drawing) -> Figure:
    """Training loss along the training, at the chosen rate (band."""
    language = drawing.language
    problems = {name: tuned(results, name) for name in PROBLEMS}
    return _draw_training(problems, language)


def differences(results: Results, drawing: Drawing) -> Figure:
    """Test error of each method minus Adam's, paired over seeds (95 %), and the registered."""
    language = drawing.language
    problems = {name: tuned(results, name) for name in PROBLEMS}
    return _draw_differences(results, problems, language)
