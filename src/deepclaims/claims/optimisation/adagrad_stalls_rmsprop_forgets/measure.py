"""Trajectories of AdaGrad, RMSProp and SGD whose target moves, from equal footing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

EPS = 1e-8


def recovery(config: dict[str, Any], seed: int) -> Outcome:
    """Let trajectories settle at a target, move the target, and count steps to get half-way.

    L = ½‖θ − w‖²/d with unit noise on each gradient; w jumps from +1 to −1 (all entries) after a
    step of the grid; recovered: mean squared distance below 1 (4 right after the jump). α is one of
    a logarithmic grid, found with noise of its own: by protocol `first` that with which a jump at
    the first of the times takes nearest to `matched` steps, by `all` that with which jumps take
    fewest on average over all the times.

    Args:
        config: `method`, `protocol`; `jumps`, the times, ascending; `dimensions`; `replicas` a
            time; `after`, steps simulated after each jump; `beta2`; `matched`; `rates`,
            [lowest, highest, count].
        seed: of the noise; the same for every method.

    Returns:
        `alpha`, `edge` (1 if it is the grid's first or last), `plateau` (mean squared distance in
        the last fifth before the last jump); curves `recovery` and `rate` (mean effective rate at
        the jump) against the time of the jump.
    """
    low, high, count = config["rates"]
    grid = torch.logspace(math.log10(low), math.log10(high), count, dtype=torch.float64)
    jumps = list(config["jumps"])
    tried = jumps[:1] if config["protocol"] == "first" else jumps
    tuning = torch.Generator().manual_seed(10_000 + seed)
    rates = grid.repeat_interleave(len(tried))
    steps = _walk(config, rates, tried * count, tuning)[0].mean(1).view(count, -1).mean(1)
    wanted = config["matched"] if config["protocol"] == "first" else 0.0
    best = int((steps - wanted).abs().argmin())
    alpha = grid[best].expand(len(jumps))
    found, rate, plateau = _walk(config, alpha, jumps, torch.Generator().manual_seed(seed))
    return Outcome(
        {"alpha": float(grid[best]), "edge": float(best in (0, count - 1)), "plateau": plateau},
        {"recovery": Curve(jumps, found.mean(1).tolist()), "rate": Curve(jumps, rate.tolist())},
    )


def _walk(
    config: dict[str, Any], alpha: Tensor, jumps: list[int], random: torch.Generator
) -> tuple[Tensor, Tensor, float]:
    """Run one group of trajectories for each (α, time of the jump).

    Returns:
        Steps to recover (groups, replicas), `after` where they do not; the effective rate of each
        group at its jump, (groups,); the plateau of the last group.
    """
    shape = (len(jumps), config["replicas"], config["dimensions"])
    when = torch.tensor(jumps)
    target = torch.ones(shape, dtype=torch.float64)
    theta = torch.ones(shape, dtype=torch.float64)  # at its target: no transient to wait for
    taken = torch.full(shape[:2], float(config["after"]), dtype=torch.float64)
    rate = torch.full((len(jumps),), math.nan, dtype=torch.float64)
    state: rules.State = {}
    tail: list[float] = []
    last = max(jumps)
    for t in range(1, last + config["after"] + 1):
        g = torch.randn(shape, generator=random, dtype=torch.float64).add_(theta).sub_(target)
        _update(config, theta, g, state, t, alpha)
        if any(0 < t - jump <= config["after"] for jump in jumps):
            there = ((theta - target).square().mean(2) < 1) & (t > when)[:, None]
            taken = torch.where(there, torch.minimum(taken, (t - when)[:, None].double()), taken)
        if t in jumps:
            moved = when == t
            rate[moved] = _effective(config, alpha, state, t)[moved]
            target[moved] = -1.0
        if 0.8 * last < t <= last and t % 20 == 0:
            tail.append(float((theta[-1] - 1).square().mean()))
    return taken, rate, float(np.mean(tail))


def _update(
    config: dict[str, Any], theta: Tensor, g: Tensor, state: rules.State, t: int, alpha: Tensor
) -> None:
    match config["method"]:
        case "sgd":
            rules.sgd([theta], [g], state, t, alpha=alpha)
        case "adagrad":
            rules.adagrad([theta], [g], state, t, alpha=alpha, eps=EPS, root="inside")
        case method:
            rules.rmsprop(
                [theta], [g], state, t, alpha=alpha, beta2=config["beta2"], eps=EPS,
                root="inside", corrected=method == "rmsprop_corrected",
            )  # fmt: skip


def _effective(config: dict[str, Any], alpha: Tensor, state: rules.State, t: int) -> Tensor:
    """Mean of α/√v over a group's numbers, (groups,)."""
    if config["method"] == "sgd":
        return alpha.clone()
    v = state["v"][0]
    if config["method"] == "rmsprop_corrected":
        v = v / (1 - config["beta2"] ** t)
    return alpha * (v + EPS).rsqrt().mean(dim=(1, 2))
