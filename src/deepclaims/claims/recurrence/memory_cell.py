"""What is left in an untrained LSTM's cell of what it held t steps before."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from deepclaims.claims.recurrence.recurrent_replicas import Weights, gated_step, inputs_of

SAMPLES = 32


def kept(weights: Weights, noise: float, looks: list[int], generator: Generator) -> list[float]:
    """log₁₀ of ‖∂c_t/∂c_0‖_F/√width at the steps `looks`, through all paths of the cell.

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


def constant_gate(bias: float, steps: list[int]) -> list[float]:
    """log₁₀ of σ(b_f)^t: what a forget gate that only its bias moves leaves after t steps."""
    return [-t * math.log10(1 + math.exp(-bias)) for t in steps]
