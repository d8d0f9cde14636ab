"""What a recurrence does to its state and to ∂h_t/∂h_0, and an LSTM to ∂c_t/∂c_0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from deepclaims.errors import ClaimError
from deepclaims.nn.initialisation import draw_orthogonal_
from deepclaims.nn.stacked_recurrent import Weights, gated_step, inputs_of

SAMPLES = 32
"""Sequences over which a cell's Jacobian is averaged."""


def draw_matrix(law: str, gain: float, width: int, generator: Generator) -> Tensor:
    """W (width, width) in float64: `gain` times an orthogonal matrix, or N(0, gain²/width)."""
    w = torch.empty(width, width, dtype=torch.float64)
    if law == "orthogonal":
        return gain * draw_orthogonal_(w, generator)
    if law == "gaussian":
        return w.normal_(0.0, gain / math.sqrt(width), generator=generator)
    raise ClaimError(f"no law {law!r} for W_hh; known: orthogonal, gaussian")


@dataclass(frozen=True)
class Course:
    """What happened over the steps 1 … T of one recurrence.

    Args:
        log_gain: log₁₀ of ‖∂h_t/∂h_0‖_F/√width: how much a random direction has grown, (T,).
        log_state: log₁₀ of the state's root mean square, (T,).
        negative: share of the last state's numbers that are below 0.
    """

    log_gain: np.ndarray
    log_state: np.ndarray
    negative: float


def follow(w: Tensor, activation: str, inputs: float, steps: int, generator: Generator) -> Course:
    """Run h_t = g(W h_{t-1} + u_t), u_t ~ N(0, inputs²), h_0 ~ N(0, 1), with its exact Jacobian.

    The product of Jacobians is rescaled at every step, so that nothing overflows.

    Args:
        w: (n, n), float64.
        activation: linear, tanh or relu.
        inputs: standard deviation of what comes in at each unit.
        steps: T.
        generator: draws h_0 and u_t.
    """
    n = len(w)
    h = torch.empty(n, dtype=torch.float64).normal_(generator=generator)
    product, grown = torch.eye(n, dtype=torch.float64), 0.0
    scale = 0.0  # log₁₀ of what a positively homogeneous state was divided by
    log_gain, log_state = np.empty(steps), np.empty(steps)
    for t in range(steps):
        u = torch.empty(n, dtype=torch.float64).normal_(0.0, inputs, generator=generator)
        z = w @ h + u * 10**-scale
        h, slope = _activate(z, activation)
        product = slope[:, None] * (w @ product)
        size = float(product.norm()) / math.sqrt(n)
        product, grown = product / size, grown + math.log10(size)
        root = float(h.square().mean().sqrt())
        log_gain[t], log_state[t] = grown, math.log10(root) + scale
        if activation != "tanh" and root > 1e100:
            h, scale = h / root, scale + math.log10(root)
    return Course(log_gain, log_state, float((h < 0).double().mean()))


def _activate(z: Tensor, activation: str) -> tuple[Tensor, Tensor]:
    """g(z) and g'(z)."""
    if activation == "tanh":
        h = z.tanh()
        return h, 1 - h**2
    if activation == "relu":
        return z.relu(), (z > 0).double()
    if activation == "linear":
        return z, torch.ones_like(z)
    raise ClaimError(f"no activation {activation!r}; known: tanh, relu, linear")


def tanh_gains(w: Tensor, states: list[Tensor]) -> Tensor:
    """log₁₀ of ‖∂h_T/∂h_1‖_F/√width of trained tanh nets, (R, n).

    Args:
        w: (R, width, width), used as h W.
        states: h_1 … h_T, each (R, n, width).
    """
    replicas, n, width = states[0].shape
    product = torch.eye(width).expand(replicas, n, width, width)
    grown = torch.zeros(replicas, n)
    for h in states[1:]:
        product = (product @ w[:, None]) * (1 - h**2)[:, :, None]
        size = product.flatten(2).norm(dim=2) / math.sqrt(width)
        product, grown = product / size[..., None, None], grown + size.log10()
    return grown


def cell_gains(
    weights: Weights, noise: float, looks: Sequence[int], generator: Generator
) -> list[float]:
    """log₁₀ of ‖∂c_t/∂c_0‖_F/√width at the steps `looks`, through all paths of an LSTM's cell.

    The norm is estimated with one random sign vector v per sequence, as E‖vᵀJ‖² = ‖J‖_F².

    Args:
        weights: of one LSTM, R = 1.
        noise: deviation of what comes in on the last channel; the others are silent.
        looks: steps t, ascending.
        generator: draws the noise and v.
    """
    d, width = weights["w_xh"].shape[1], weights["w_hh"].shape[1]
    weights = {name: w.double() for name, w in weights.items()}
    x = torch.zeros(1, max(looks), SAMPLES, d, dtype=torch.float64)
    x[..., -1].normal_(0.0, noise, generator=generator)
    start = torch.zeros(1, SAMPLES, width, dtype=torch.float64, requires_grad=True)
    h, c = torch.zeros_like(start), start
    cells: list[Tensor] = []
    for z in inputs_of(weights, x):
        h, c = gated_step(z, h, c, weights["w_hh"])
        cells.append(c)
    found = []
    for t in looks:
        signs = torch.randint(2, c.shape, generator=generator).double() * 2 - 1
        (row,) = torch.autograd.grad((signs * cells[t - 1]).sum(), start, retain_graph=True)
        square = float(row.square().sum(-1).mean()) / width
        found.append(0.5 * math.log10(square))
    return found


def departure(w: Tensor) -> Tensor:
    """‖WᵀW − I‖_F/√width: 0 for orthogonal matrices; (R, width, width) -> (R,)."""
    width = w.shape[-1]
    return (w.mT @ w - torch.eye(width)).flatten(1).norm(dim=1) / math.sqrt(width)
