"""Least squares by adaptive rules, where an input gives no gradient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.evidence.outcome import Outcome
from deepclaims.optim import rules
from deepclaims.optim.rules import State

PRECISIONS = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}


def walks(config: dict[str, Any], seed: int) -> Outcome:
    """SGD with one rule, sample by sample, in one precision.

    Args:
        config: `rule` (adagrad, rmsprop or adam, with ε inside the root, as deck 1 prints them);
            `inputs`, what is the matter with the first of them (`varied`: nothing, `dead`: always
            zero, `late`: zero for the first `late` steps, `tiny`: times the precision's `tiny`, so
            that its square is zero there); `precision`; `eps`; `width`, how many inputs; `samples`;
            `steps`; `alpha`, `beta1`, `beta2`.
        seed: draws the data.

    Returns:
        Metrics `not_numbers`, parameters that are not finite after the last step (what is not stays
        so); `broken_at`, the first step after which one was not (0: none); `distance`, of the last
        parameters from those that the same walk with ε = 0 reaches, over their norm (NaN if no
        number).
    """
    found = {eps: _walk(config, seed, eps) for eps in {float(config["eps"]), 0.0}}
    theta, broken_at = found[float(config["eps"])]
    other = found[0.0][0].double()
    return Outcome({
        "not_numbers": float((~theta.isfinite()).sum()),
        "broken_at": float(broken_at),
        "distance": float((theta.double() - other).norm() / other.norm()),
    })  # fmt: skip


def data(config: dict[str, Any], seed: int) -> tuple[Tensor, Tensor]:
    """Inputs `(steps, width)` and targets `(steps,)`, a sample a step, in double precision."""
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    drawn: dict[str, Any] = {"generator": generator, "dtype": torch.float64}
    x = torch.randn(int(config["samples"]), int(config["width"]), **drawn)
    y = x @ torch.randn(int(config["width"]), **drawn) + 0.1 * torch.randn(len(x), **drawn)
    order = torch.randint(len(x), (steps,), generator=generator)
    x, y = x[order], y[order]
    first = x[:, 0]
    match config["inputs"]:
        case "dead":
            first.zero_()
        case "late":
            first[: int(config["late"])] = 0.0
        case "tiny":
            first.mul_(float(config["tiny"][config["precision"]]))
    return x, y


def _walk(config: dict[str, Any], seed: int, eps: float) -> tuple[Tensor, int]:
    """The last parameters and the first step that broke one of them, from 1 (0: none did)."""
    x, y = (each.to(PRECISIONS[config["precision"]]) for each in data(config, seed))
    theta, state, broken_at = torch.zeros_like(x[0]), State(), 0
    rule = _rule(config, eps)
    for t, (sample, target) in enumerate(zip(x, y, strict=True), start=1):
        g = (sample @ theta - target) * sample
        rule([theta], [g], state, t)
        if not broken_at and not bool(theta.isfinite().all()):
            broken_at = t
    return theta, broken_at


def _rule(config: dict[str, Any], eps: float) -> Callable[..., None]:
    shared: dict[str, Any] = {"alpha": config["alpha"], "eps": eps, "root": "inside"}
    match config["rule"]:
        case "adagrad":
            return partial(rules.adagrad, **shared)
        case "rmsprop":
            return partial(rules.rmsprop, **shared, beta2=config["beta2"])
        case _:
            return partial(rules.adam, **shared, beta1=config["beta1"], beta2=config["beta2"])
