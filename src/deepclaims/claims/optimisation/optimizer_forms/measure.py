"""The decks' update rules against each other and torch.optim: where one path comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from deepclaims.claims.optimisation.form_pairs import (
    DECKS,
    DECKS_WRONG,
    EPSILON_PAIRS,
    PAIRS,
    WRONG,
    Numbers,
    Pair,
    parameter,
)
from deepclaims.evidence.outcome import Outcome


def paths(config: dict[str, Any], seed: int) -> Outcome:
    """Walk a slide's rule and another over one noisy quadratic, with hyperparameters at random.

    Args:
        config: `pair`, a name in `form_pairs`; `dimensions`, `steps`; `eps` for all.
        seed: of α, β₁, β₂, curvatures, start and noise; the same for every pair.

    Returns:
        `difference`: max |θ − θ'| over the walk, as a share of the farthest that θ went.
    """
    every = {**DECKS, **DECKS_WRONG, **PAIRS, **WRONG}
    return Outcome({"difference": _difference(every[config["pair"]], config, seed)})


def epsilon(config: dict[str, Any], seed: int) -> Outcome:
    """Compare ε inside the root (the decks) with outside (torch), all else equal; as `paths`."""
    return Outcome({"difference": _difference(EPSILON_PAIRS[config["rule"]], config, seed)})


def _difference(pair: Pair, config: dict[str, Any], seed: int) -> float:
    n = Numbers.draw(seed, float(config["eps"]))
    mine = _walk(lambda theta: pair.slide(theta, n), config, seed, read=pair.read)
    theirs = _walk(
        lambda theta: pair.other(theta, n), config, seed, factor=lambda t: pair.factor(n, t)
    )
    reach = (theirs - theirs[0]).abs().max()
    return float((mine - theirs).abs().max() / reach)


def _walk(
    build: Callable[[list[Tensor]], Optimizer],
    config: dict[str, Any],
    seed: int,
    factor: Callable[[int], float] = lambda t: 1.0,
    read: Callable[[Any], Tensor] = parameter,
) -> Tensor:
    """The path θ_0, θ_1, … of an optimiser, (steps + 1, dimensions), float64."""
    random = torch.Generator().manual_seed(seed)
    shape = config["dimensions"]
    curvature = 10 ** (1.5 * torch.rand(shape, generator=random, dtype=torch.float64) - 1)
    theta = torch.randn(shape, generator=random, dtype=torch.float64).requires_grad_()
    optimizer = build([theta])
    schedule = LambdaLR(optimizer, lambda t: factor(t + 1))
    path = [theta.detach().clone()]
    for _ in range(config["steps"]):
        noise = torch.randn(shape, generator=random, dtype=torch.float64)
        theta.grad = curvature * theta.detach() + noise
        optimizer.step()
        schedule.step()
        path.append(read(optimizer).detach().clone())
    return torch.stack(path)
