"""Every pair's difference; and what ε inside the root changes, against ε."""

from __future__ import annotations

import math

import numpy as np

from deepclaims.claims.optimisation.form_pairs import DECKS, DECKS_WRONG, WRONG
from deepclaims.claims.optimisation.optimizer_forms.judge import (
    AS_PRINTED,
    MENDED,
    SAME,
    differences,
)
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS, MARKERS, measured

FLOOR = 1e-17
"""Where the figures draw a difference of exactly 0."""

NAMES: dict[str, Text] = {
    "decks_momentum": (
        "momentum (1) y (2): α′ = α(1 − β₁)",
        "momentum (1) and (2): α′ = α(1 − β₁)",
    ),
    "decks_nesterov": (
        "Nesterov (1) y (2): α′ = α(1 − β₁)",
        "Nesterov (1) and (2): α′ = α(1 − β₁)",
    ),
    "decks_adam": (
        "Adam (1) con m̂ y (2) con λ = 1, ε = 0",
        "Adam (1) with m̂, (2) with λ = 1, ε = 0",
    ),
    "decks_same_rate": (
        "control: momentum (1) y (2) con la misma α",
        "control: momentum (1) and (2), the same α",
    ),
    "decks_nesterov_theta": (
        "control: Nesterov (1), θ en vez del punto adelantado, y (2)",
        "control: Nesterov (1), θ for the look-ahead point, and (2)",
    ),
    "sgd": ("SGD (ambas)", "SGD (both)"),
    "momentum": "momentum (1): α′ = α(1 − β₁)",
    "momentum_corrected": (
        "momentum con m̂ (1): α′ = α(1 − β₁)/(1 − β₁ᵗ)",
        "momentum with m̂ (1): α′ = α(1 − β₁)/(1 − β₁ᵗ)",
    ),
    "velocity": "momentum (2): α′ = α",
    "nesterov": (
        "Nesterov (1), punto adelantado: α′ = α(1 − β₁)",
        "Nesterov (1), look-ahead point: α′ = α(1 − β₁)",
    ),
    "nag": "Nesterov (2): α′ = α",
    "adagrad": ("AdaGrad (ambas): acumulador inicial ε", "AdaGrad (both): first accumulator ε"),
    "rmsprop_printed": ("RMSProp (ambas), como está escrito", "RMSProp (both), as printed"),
    "deck2_adam_printed": (
        "Adam (2), como está escrito: λ = 1 − 10⁻⁸",
        "Adam (2), as printed: λ = 1 − 10⁻⁸",
    ),
    "rmsprop": ("RMSProp con ε = 0", "RMSProp with ε = 0"),
    "rmsprop_corrected": (
        "RMSProp con v̂ (1), ε = 0: Adam con β₁ = 0",
        "RMSProp with v̂ (1), ε = 0: Adam with β₁ = 0",
    ),
    "adam": ("Adam (1) con m̂ y ε = 0", "Adam (1) with m̂ and ε = 0"),
    "deck2_adam": ("Adam (2) con λ = 1", "Adam (2) with λ = 1"),
    "momentum_same_rate": (
        "control: momentum (1) con α′ = α",
        "control: momentum (1), α′ = α",
    ),
    "momentum_dampened": (
        "control: momentum (1) con dampening = β₁",
        "control: momentum (1), dampening = β₁",
    ),
    "nesterov_theta": (
        "control: Nesterov (1), θ en vez del punto adelantado",
        "control: Nesterov (1), θ for the look-ahead point",
    ),
    "nag_is_not_momentum": (
        "control: Nesterov (2) contra momentum",
        "control: Nesterov (2) against momentum",
    ),
    "rmsprop_not_corrected": (
        "control: RMSProp con v̂ contra v",
        "control: RMSProp with v̂ against v",
    ),
}
"""Of the pairs in `form_pairs`; (1), (2): the deck."""

RULES = {"adagrad": "AdaGrad", "rmsprop": "RMSProp", "adam": "Adam"}


def pairs(results: Results, drawing: Drawing) -> None:
    """Distance of the slide rule's path from the other's, one point a seed."""
    panel = drawing.panel(width=9.2, height=6.6)
    coloured = (
        (tuple(DECKS), 3), (tuple(DECKS_WRONG), 4),
        (SAME, 0), (AS_PRINTED, 1), (MENDED, 2), (tuple(WRONG), 6),
    )  # fmt: skip
    shown = [(name, COLOURS[colour]) for names, colour in coloured for name in names]
    for height, (name, colour) in enumerate(shown):
        values = np.maximum(differences(results, name), FLOOR)
        panel.ax.plot(values, np.full(len(values), height), "o", color=colour, alpha=0.6)
    bound = results.claim.checks["decks_agree"]["bound"]
    panel.ax.axvline(bound, color="black", linestyle="--", linewidth=1.2)
    panel.ticks("y", range(len(shown)), [NAMES[name] for name, _ in shown], fontsize=8)
    panel.ax.invert_yaxis()
    panel.axes(
        x=("mayor distancia entre los caminos / alcance (0 en 10⁻¹⁷)",
           "largest distance of the paths / reach (0 drawn at 10⁻¹⁷)"),
        log="x",
        xlim=(FLOOR / 3, 30),
    )  # fmt: skip


def epsilon(results: Results, drawing: Drawing) -> None:
    """What changes in the path when ε moves from outside to inside the root."""
    titles = (
        ("ε dentro de la raíz, o fuera", "ε inside the root, or outside"),
        ("por qué: lo que divide a g", "why: what g is divided by"),
    )
    distance, divisor = drawing.panels(1, 2, titles)
    _distances(distance, results)
    _divisors(divisor)


def _distances(panel: Panel, results: Results) -> None:
    """Median over seeds, and their range."""
    eps = sorted(float(each) for each in results.axis("epsilon", "eps"))
    for series, (rule, name) in enumerate(RULES.items()):
        values = np.stack([
            results.values("epsilon", "difference", where={"rule": rule, "eps": each})
            for each in eps
        ])  # fmt: skip
        measured(
            panel.ax, eps, np.median(values, axis=1), values.min(axis=1), values.max(axis=1),
            name, COLOURS[series], marker=MARKERS[series],
        )  # fmt: skip
    panel.axes(
        x="ε",
        y=("distancia de los caminos / alcance", "distance of the paths / reach"),
        log="xy",
    )
    panel.legend()


def _divisors(panel: Panel) -> None:
    """√(v + ε) and √v + ε against √v, at the ε of deck 2: arithmetic."""
    eps = 1e-6
    root = np.logspace(-5, 0, 100)
    inside, outside = ("dentro: √(v + ε)", "inside: √(v + ε)"), ("fuera: √v + ε", "outside: √v + ε")
    panel.ax.plot(root, np.sqrt(root**2 + eps), color=COLOURS[0], label=panel.say(inside))
    panel.theory(root, root + eps, outside, colour=COLOURS[1])
    panel.level(math.sqrt(eps), "√ε = 10⁻³")
    panel.axes(x="√v", y=("divisor de g (ε = 10⁻⁶)", "what divides g (ε = 10⁻⁶)"), log="xy")
    panel.legend()
