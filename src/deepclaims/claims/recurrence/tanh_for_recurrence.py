"""tanh against ReLU in a recurrence: the size of states and gradients, untrained and in training.

L1 "Redes Recurrentes: Función de Activación".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Generator, Tensor

from deepclaims.claims.recurrence.gradient_gain import draw_matrix, follow
from deepclaims.claims.recurrence.memory_problems import adding
from deepclaims.claims.recurrence.recurrent_replicas import answer, draw_plain, plain_states
from deepclaims.claims.recurrence.replica_training import Adam
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import mean_interval, ratio_interval, worst

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAP = 1e30  # stands for gradients and states that overflowed


def grow(config: dict[str, Any], seed: int) -> Outcome:
    """State and gradient of an untrained recurrence with Gaussian W of variance σ_w²/width.

    Args:
        config: `activation`, `gain` (σ_w), `input` (deviation of what comes in at each unit),
            `width`, `steps`.
        seed: draws matrix, state and inputs.

    Returns:
        Metrics `log_state` (log₁₀ of the state's root mean square at the last step),
        `largest_state` (the largest over steps, itself), `log_gradient` (log₁₀ of
        ‖∂h_T/∂h_0‖_F/√width), `negative` (share of negative states at the last step).
    """
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    w = draw_matrix("gaussian", float(config["gain"]), int(config["width"]), generator)
    course = follow(w, config["activation"], float(config["input"]), steps, generator)
    return Outcome(
        {
            "log_state": float(course.log_state[-1]),
            "largest_state": 10 ** min(float(course.log_state.max()), 300.0),
            "log_gradient": float(course.log_gain[-1]),
            "negative": course.negative,
        }
    )


def learn(config: dict[str, Any], seed: int) -> Outcome:
    """Train one net on the adding problem without clipping, and keep the largest of everything.

    Args:
        config: `activation`, `matrix` (law of W_hh), `length`, `width`, `rate`, `steps`, `batch`.
        seed: of everything.

    Returns:
        Metrics `largest_gradient` (norm over all weights), `largest_state` (root mean square over
        units and samples), both at most `CAP`; `test_mse` at the end.
    """
    generator = Generator().manual_seed(seed * 1000 + 1)
    weights = draw_plain(config["matrix"], 1, (2, int(config["width"]), 1), generator)
    optimiser = Adam(weights, torch.tensor([float(config["rate"])]), clip=None)
    draws = Generator().manual_seed(seed * 1000 + 2)
    length, largest_gradient, largest_state = int(config["length"]), 0.0, 0.0
    for _ in range(int(config["steps"])):
        x, y = adding(1, int(config["batch"]), draws, length=length)
        states = plain_states(optimiser.weights, x, config["activation"])
        norm = optimiser.step(_mse(answer(optimiser.weights, states[-1]), y))
        root = max(float(h.detach().square().mean().sqrt()) for h in states)
        largest_gradient = _larger(largest_gradient, float(norm))
        largest_state = _larger(largest_state, root)
    x, y = adding(1, 500, draws, length=length)
    with torch.no_grad():
        states = plain_states(optimiser.weights, x, config["activation"])
        mse = float(_mse(answer(optimiser.weights, states[-1]), y))
    return Outcome(
        {
            "largest_gradient": largest_gradient,
            "largest_state": largest_state,
            "test_mse": min(mse, CAP) if math.isfinite(mse) else CAP,
        }
    )


def _mse(answers: Tensor, y: Tensor) -> Tensor:
    return (answers[..., 0] - y).square().mean()


def _larger(so_far: float, now: float) -> float:
    return max(so_far, min(now, CAP) if math.isfinite(now) else CAP)


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered; logarithms have base 10."""
    gains = results.axis("untrained", "gain")
    weak, strong = min(gains), max(gains)
    below, above = critical_neighbours(results)
    bounded = np.concatenate([of(results, "largest_state", "tanh", gain) for gain in gains])
    return {
        "tanh_state_bounded": exact(float(bounded.max()), len(bounded)),
        "relu_state_explodes": mean_interval(of(results, "log_state", "relu", above)),
        "both_signs": mean_interval(of(results, "negative", "tanh", above)),
        "training_calmer": ratio_interval(
            results.values("adding", "largest_gradient", where=_arm("relu")),
            results.values("adding", "largest_gradient", where=_arm("tanh")),
        ),
        "bounded_range_needed": mean_interval(of(results, "log_state", "relu", below)),
        "tanh_gradient_bounded": mean_interval(of(results, "log_gradient", "tanh", strong)),
        "relu_calm_below": mean_interval(of(results, "log_state", "relu", below)),
        "tanh_gradient_explodes": mean_interval(of(results, "log_gradient", "tanh", strong)),
        "weak_weights_vanish": worst(
            [mean_interval(of(results, "log_gradient", g, weak)) for g in ("tanh", "relu")],
            "below",
        ),
    }


def critical_neighbours(results: Results) -> tuple[float, float]:
    """The gains of the grid next to √2, where a ReLU layer keeps its variance (He et al. 2015)."""
    gains = results.axis("untrained", "gain")
    return max(g for g in gains if g < math.sqrt(2)), min(g for g in gains if g > math.sqrt(2))


def untrained_input(results: Results) -> float:
    """Deviation of the inputs of the untrained recurrences."""
    (part,) = (each for each in results.claim.parts if each.name == "untrained")
    return float(part.params["input"])


def of(results: Results, metric: str, activation: str, gain: float) -> np.ndarray:
    """A metric of the untrained recurrence, (seeds,)."""
    where = {"activation": activation, "gain": float(gain)}
    return results.values("untrained", metric, where=where)


def _arm(activation: str) -> dict[str, Any]:
    return {"activation": activation, "matrix": "identity"}


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.recurrence.tanh_for_recurrence_figures import (
        training_figure,
        untrained_figure,
    )

    return {
        "untrained": untrained_figure(results, language),
        "training": training_figure(results, language),
    }
