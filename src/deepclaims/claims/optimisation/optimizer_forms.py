"""Both decks' update rules against torch.optim: where the same path comes out, and where not.

L1 "Diferentes tipos de optimizadores"; L2 "SGD + Momentum", "Nesterov", "AdaGrad", "RMSprop",
"Adam". The pairs that are compared stand in `form_pairs`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from deepclaims.claims.optimisation.form_pairs import (
    EPSILON_PAIRS,
    PAIRS,
    WRONG,
    Maker,
    Numbers,
    Pair,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Outcome
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

AS_PRINTED = ("rmsprop_printed", "adam_printed", "deck2_adam_printed")
"""Pairs in which the slide's own ε, hat and λ are kept."""

MENDED = ("rmsprop", "rmsprop_corrected", "adam", "adam_without_hat", "deck2_adam")
"""The same with ε = 0 (or outside the root), a hat on m or a rate in its place, and λ = 1."""

FLOOR = 1e-17
"""Where the figures draw a difference of exactly 0."""


def paths(config: dict[str, Any], seed: int) -> Outcome:
    """Walk a slide's rule and torch's over one noisy quadratic, with hyperparameters at random.

    Args:
        config: `pair`, a name in `form_pairs`; `dimensions`, `steps`; `eps` for all.
        seed: of α, β₁, β₂, curvatures, start and noise; the same for every pair.

    Returns:
        `difference`: max |θ − θ'| over the walk, as a share of the farthest that θ went.
    """
    every = {**PAIRS, **WRONG}
    return Outcome({"difference": _difference(every[config["pair"]], config, seed)})


def epsilon(config: dict[str, Any], seed: int) -> Outcome:
    """Compare ε inside the root (the decks) with outside (torch), all else equal; as `paths`."""
    return Outcome({"difference": _difference(EPSILON_PAIRS[config["rule"]], config, seed)})


def _difference(pair: Pair, config: dict[str, Any], seed: int) -> float:
    numbers = Numbers.draw(seed, float(config["eps"]))
    mine = _walk(pair.slide, numbers, config, seed)
    theirs = _walk(pair.torch, numbers, config, seed)
    reach = (theirs - theirs[0]).abs().max()
    return float((mine - theirs).abs().max() / reach)


def _walk(make: Maker, numbers: Numbers, config: dict[str, Any], seed: int) -> Tensor:
    """The path θ_0, θ_1, … of an optimiser, (steps + 1, dimensions), float64."""
    random = torch.Generator().manual_seed(seed)
    shape = config["dimensions"]
    curvature = 10 ** (1.5 * torch.rand(shape, generator=random, dtype=torch.float64) - 1)
    theta = torch.randn(shape, generator=random, dtype=torch.float64).requires_grad_()
    optimizer, factor, read = make([theta], numbers)
    schedule = LambdaLR(optimizer, lambda t: factor(t + 1)) if factor else None
    path = [theta.detach().clone()]
    for _ in range(config["steps"]):
        noise = torch.randn(shape, generator=random, dtype=torch.float64)
        theta.grad = curvature * theta.detach() + noise
        optimizer.step()
        if schedule:
            schedule.step()
        path.append((read(optimizer) if read else theta).detach().clone())
    return torch.stack(path)


def judge(results: Results) -> dict[str, Estimate]:
    """The largest difference of pairs that should agree, the smallest of those that should not."""
    same = [name for name in PAIRS if name not in (*AS_PRINTED, *MENDED)]
    return {
        "without_root": _extreme(results, same, max),
        "rmsprop_as_printed": _extreme(results, ["rmsprop_printed"], max),
        "adam_as_printed": _extreme(results, ["adam_printed"], max),
        "deck2_adam_as_printed": _extreme(results, ["deck2_adam_printed"], max),
        "mended": _extreme(results, list(MENDED), max),
        "wrong_maps_are_seen": _extreme(results, list(WRONG), min),
        "epsilon_is_seen": _smallest_at_largest_epsilon(results),
    }


def _extreme(results: Results, names: list[str], which: Any) -> Estimate:
    values = [each for name in names for each in _differences(results, name)]
    return exact(float(which(values)), n=len(values))


def _differences(results: Results, pair: str) -> np.ndarray:
    return results.values("paths", "difference", where={"pair": pair})


def _smallest_at_largest_epsilon(results: Results) -> Estimate:
    largest = max(results.axis("epsilon", "eps"))
    values = results.rows("epsilon", "difference", where={"eps": float(largest)})["value"]
    return exact(float(values.min()), n=len(values))


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Every pair's difference; and what ε inside the root changes, against ε."""
    return {"pairs": _draw_pairs(results, language), "epsilon": _draw_epsilon(results, language)}


def _draw_pairs(results: Results, language: str) -> Figure:
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
            labels.append(every[name].label(language))
            values = np.maximum(_differences(results, name), FLOOR)
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


def _draw_epsilon(results: Results, language: str) -> Figure:
    made, axes = figure(1, 2)
    eps = sorted(float(each) for each in results.axis("epsilon", "eps"))
    for rule, colour, marker in zip(
        results.axis("epsilon", "rule"), COLOURS, MARKERS, strict=False
    ):
        values = np.stack([_at(results, rule, each) for each in eps])
        label = EPSILON_PAIRS[rule].label(language)
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
