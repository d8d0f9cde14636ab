"""The size of states and gradients, untrained and in training."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.memory_problems import adding
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.gradient_gain import draw_matrix, follow
from deepclaims.nn.stacked_recurrent import answer, draw_plain, plain_answer, plain_states
from deepclaims.training.adding_success import CHANNELS, NUMBERS, adding_success
from deepclaims.training.stack import Weights, by_adam
from deepclaims.training.success_rate import Kind

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
    descent = by_adam(weights, torch.tensor([float(config["rate"])]))
    draws = Generator().manual_seed(seed * 1000 + 2)
    length, largest_gradient, largest_state = int(config["length"]), 0.0, 0.0
    for _ in range(int(config["steps"])):
        x, y = adding(1, int(config["batch"]), draws, length=length)
        states = plain_states(descent.weights, x, config["activation"])
        mse = _mse(answer(descent.weights, states[-1]), y)
        gradients = torch.autograd.grad(mse, [*descent.weights.values()])
        norm = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()
        descent.along(gradients)
        root = float(states.detach().square().mean((1, 2, 3)).sqrt().max())
        largest_gradient = _larger(largest_gradient, float(norm))
        largest_state = _larger(largest_state, root)
    x, y = adding(1, 500, draws, length=length)
    with torch.no_grad():
        states = plain_states(descent.weights, x, config["activation"])
        error = float(_mse(answer(descent.weights, states[-1]), y))
    return Outcome(
        {
            "largest_gradient": largest_gradient,
            "largest_state": largest_state,
            "test_mse": min(error, CAP) if math.isfinite(error) else CAP,
        }
    )


def sums(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one activation for the adding problem, or count how many fresh nets learn it.

    Gradients are clipped, as Le et al. 2015 do.

    Args:
        config: `activation`, `width`, and what `adding_success` takes.
        seed: of everything.
    """
    sizes = (CHANNELS, int(config["width"]), NUMBERS)

    def net(weights: Weights, x: Tensor) -> Tensor:
        return plain_answer(weights, x, config["activation"])

    kind = Kind(net, lambda law, n, random: draw_plain(law, n, sizes, random))
    return adding_success(kind, config, seed)


def _mse(answers: Tensor, y: Tensor) -> Tensor:
    return (answers[..., 0] - y).square().mean()


def _larger(so_far: float, now: float) -> float:
    return max(so_far, min(now, CAP) if math.isfinite(now) else CAP)
