"""Every pair's difference; and what ε inside the root changes, against ε."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.form_pairs import EPSILON_PAIRS, PAIRS, WRONG, Pair
from deepclaims.claims.optimisation.optimizer_forms.judge import AS_PRINTED, MENDED, differences
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


FLOOR = 1e-17
"""Where the figures draw a difference of exactly 0."""


def pairs(results: Results, drawing: Drawing) -> Figure:
    """Distance of the slide rule's path from torch's, one point a seed."""
    language = drawing.language
    made, ax = figure(width=9.2, height=6.6)
    groups = (
        ([name for name in PAIRS if name not in (*AS_PRINTED, *MENDED)], 0),
        (AS_PRINTED, 1),
        (MENDED, 2),
        (tuple(WRONG), 6),
    )
    every: dict[str, Pair] = {**PAIRS, **WRONG}
    heights: list[float] = []
    labels: list[str] = []
    for names, colour in groups:
        for name in names:
            heights.append(-len(heights) - 1.0)
            labels.append(say(language, every[name].es, every[name].en))
            values = np.maximum(differences(results, name), FLOOR)
            ax.plot(
                values,
                [heights[-1]] * len(values),
                MARKERS[0],
                color=COLOURS[colour],
                alpha=0.6,
                linestyle="none",
            )
    ax.axvline(
        results.claim.checks["without_root"]["bound"], color="black", linestyle="--", linewidth=1.2
    )
    ax.set_yticks(heights, labels, fontsize=8)
    ax.set(xscale="log", xlim=(FLOOR / 3, 30))
    ax.set_xlabel(
        say(
            language,
            "mayor distancia entre los caminos / alcance (0 en 10⁻¹⁷)",
            "largest distance of the paths / reach (0 drawn at 10⁻¹⁷)",
        )
    )
    return made


def epsilon(results: Results, drawing: Drawing) -> Figure:
    """What changes in the path when ε moves from outside to inside the root."""
    language = drawing.language
    made, axes = figure(1, 2)
    eps = sorted(float(each) for each in results.axis("epsilon", "eps"))
    for rule, colour, marker in zip(
        results.axis("epsilon", "rule"), COLOURS, MARKERS, strict=False
    ):
        values = np.stack([_at(results, rule, each) for each in eps])
        pair = EPSILON_PAIRS[rule]
        label = say(language, pair.es, pair.en)
        middle = np.median(values, axis=1)
        measured(
            axes[0], eps, middle, values.min(axis=1), values.max(axis=1), label, colour,
            marker=marker,
        )  # fmt: skip
    axes[0].set(xscale="log", yscale="log", xlabel="ε")
    axes[0].set_ylabel(
        say(language, "distancia de los caminos / alcance", "distance of the paths / reach")
    )
    axes[0].legend()
    _draw_first_step(axes[1], language)
    panel_titles(
        axes,
        [
            say(language, "ε dentro de la raíz, o fuera", "ε inside the root, or outside"),
            say(language, "por qué: lo que divide a g", "why: what g is divided by"),
        ],
    )
    return made


def _at(results: Results, rule: str, eps: float) -> np.ndarray:
    return results.values("epsilon", "difference", where={"rule": rule, "eps": eps})


def _draw_first_step(ax: Axes, language: str) -> None:
    """√(v + ε) and √v + ε against √v, at the ε of deck 2: arithmetic."""
    eps = 1e-6
    root = np.logspace(-5, 0, 100)
    within = np.sqrt(root**2 + eps)
    ax.plot(root, within, color=COLOURS[0], label=say(language, "dentro: √(v + ε)", "inside"))
    ax.plot(
        root,
        root + eps,
        color=COLOURS[1],
        linestyle="--",
        label=say(language, "fuera: √v + ε", "outside"),
    )
    level_line(ax, math.sqrt(eps), "√ε = 10⁻³")
    ax.set(xscale="log", yscale="log", xlabel="√v")
    ax.set_ylabel(say(language, "divisor de g (ε = 10⁻⁶)", "what divides g (ε = 10⁻⁶)"))
    ax.legend()
