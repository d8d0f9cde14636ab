"""How often nets learn to bring a symbol across a lag; and what an untrained cell keeps."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.data.memory_problems import recall
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.stacked_recurrent import (
    Weights,
    draw_gated,
    draw_plain,
    gated_answer,
    gated_step,
    inputs_of,
    plain_answer,
)
from deepclaims.training.success_rate import Kind, success_rate

CUES = 4
LOOK = 4  # steps between two looks at a cell
SAMPLES = 32  # sequences over which a cell's Jacobian is averaged


def remember(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net at one lag, or count how many fresh nets succeed; see `success_rate`.

    Args:
        config: `cell` (rnn or lstm), `lag` in steps, `noise` (its deviation), `width`, and what
            `success_rate` takes.
        seed: of everything.
    """
    lag, sizes = int(config["lag"]), (CUES + 1, int(config["width"]), CUES)
    if config["cell"] == "rnn":
        kind = Kind(plain_answer, lambda law, n, random: draw_plain(law, n, sizes, random))
    else:
        kind = Kind(gated_answer, lambda law, n, random: draw_gated(law, n, sizes, lag, random))
    problem = partial(recall, lag=lag, noise=float(config["noise"]), cues=CUES)
    return success_rate(kind, problem, config, seed)


def hold(config: dict[str, Any], seed: int) -> Outcome:
    """What is left in the cell of an untrained LSTM after t steps of the task's noise.

    Args:
        config: `gates` (zero or open), `width`, `noise`, `steps`.
        seed: draws weights and noise.

    Returns:
        Metric `left` (log₁₀ of ‖∂c_T/∂c_0‖_F/√width after all steps); curve `left` over t.
    """
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    law = {"zero": "orthogonal", "open": "open"}[config["gates"]]
    weights = draw_gated(law, 1, (CUES + 1, int(config["width"]), CUES), steps, generator)
    looks = [1, *range(LOOK, steps + 1, LOOK)]
    left = kept(weights, float(config["noise"]), looks, generator)
    return Outcome({"left": left[-1]}, {"left": Curve(looks, left)})


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
