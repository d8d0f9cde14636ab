"""The penalty's gradient and its minimum, each beside another way to compute it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome
from deepclaims.optim.optimizers import build_optimizer


def gradient(config: dict[str, Any], seed: int) -> Outcome:
    """λ_l W_l beside what autograd makes of Σ λ_l/2 ‖W_l‖²_F, each layer with a λ of its own.

    Args:
        config: `layers` and `width` of the net, in double precision.
        seed: draws the weights and the λ_l.

    Returns:
        Metrics `relative_error`, the largest over layers, and `halves_missing`, the same if the
        penalty had no 1/2.
    """
    generator = torch.Generator().manual_seed(seed)
    shape = (config["width"], config["width"])
    weights = [_normal(generator, *shape).requires_grad_() for _ in range(config["layers"])]
    lambdas = torch.rand(config["layers"], generator=generator, dtype=torch.float64)
    penalty = sum(
        (each / 2 * w.square().sum() for each, w in zip(lambdas, weights, strict=True)),
        start=torch.zeros((), dtype=torch.float64),
    )
    found = torch.autograd.grad(penalty, weights)
    errors = {
        name: max(
            float((factor * g - each * w.detach()).norm() / (each * w.detach()).norm())
            for g, each, w in zip(found, lambdas, weights, strict=True)
        )
        for name, factor in (("relative_error", 1.0), ("halves_missing", 2.0))
    }
    return Outcome(errors)


def minimum(config: dict[str, Any], seed: int) -> Outcome:
    """Where gradient descent on MSE/2 + λ/2 ‖w‖² ends, beside the closed form.

    Args:
        config: `samples`, `features`, `lambda`, `steps`.
        seed: draws the regression problem.

    Returns:
        Metrics `relative_error` to (XᵀX/n + λI)⁻¹Xᵀy/n and `moved`, the distance of that from the
        minimum without penalty, in norms of the latter.
    """
    generator = torch.Generator().manual_seed(seed)
    n, d = config["samples"], config["features"]
    x, y = _normal(generator, n, d), _normal(generator, n)
    covariance, moment = x.T @ x / n, x.T @ y / n
    eye = torch.eye(d, dtype=torch.float64)
    closed = torch.linalg.solve(covariance + config["lambda"] * eye, moment)
    without = torch.linalg.solve(covariance, moment)
    layer = nn.Linear(d, 1, bias=False).double()
    nn.init.zeros_(layer.weight)
    rate = 1 / float(torch.linalg.eigvalsh(covariance)[-1] + config["lambda"])
    sgd = build_optimizer({"name": "sgd", "lr": rate}, layer, config["lambda"])
    for _ in range(config["steps"]):
        sgd.zero_grad()
        (F.mse_loss(layer(x)[:, 0], y) / 2).backward()
        sgd.step()
    w = layer.weight.detach()[0]
    return Outcome(
        {
            "relative_error": float((w - closed).norm() / closed.norm()),
            "moved": float((closed - without).norm() / without.norm()),
        }
    )


def decoupled(config: dict[str, Any], seed: int) -> Outcome:
    """Decay apart from the gradient, W ← (1 − αλ)W, beside the penalty's gradient.

    Args:
        config: `width`, `lambda`, `lr`, `steps`.
        seed: draws the net, its data, and nothing else.

    Returns:
        Metrics `sgd` and `adam`: how far the weights of the two forms are apart after `steps`, in
        norms of the weights.
    """
    found = {}
    for name in ("sgd", "adam"):
        penalised, decayed = (
            torch.cat(list(_trained(config, seed, name, apart=apart))) for apart in (False, True)
        )
        found[name] = float((penalised - decayed).norm() / penalised.norm())
    return Outcome(found)


def _trained(config: dict[str, Any], seed: int, name: str, *, apart: bool) -> Iterator[Tensor]:
    """The weights of a small classifier after its steps, each flat."""
    generator = torch.Generator().manual_seed(seed)
    width, rate, decay = config["width"], config["lr"], config["lambda"]
    x = _normal(generator, 64, width)
    y = torch.randint(0, 3, (64,), generator=generator)
    layers = [nn.Linear(width, width, bias=False), nn.Linear(width, 3, bias=False)]
    net = nn.Sequential(layers[0], nn.ReLU(), layers[1]).double()
    for layer in layers:
        layer.weight.data = _normal(generator, *layer.weight.shape) / width**0.5
    optimizer = build_optimizer({"name": name, "lr": rate}, net, 0.0 if apart else decay)
    for _ in range(config["steps"]):
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        if apart:
            for layer in layers:
                layer.weight.data *= 1 - rate * decay
        optimizer.step()
    yield from (layer.weight.detach().flatten() for layer in layers)


def _normal(generator: Generator, *shape: int) -> Tensor:
    return torch.empty(shape, dtype=torch.float64).normal_(generator=generator)
