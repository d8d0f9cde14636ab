"""AdaGrad's rate of each component against one rate for all, on rare and on frequent features."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation import hidden_sparsity
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

EPS = 1e-8


TUNING = 2  # problems on which α is chosen, apart from the one that is reported


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """Learn logistic regressions in one pass over their samples, at every α of a grid at once.

    Features are 0 or 1 and the j-th is 1 with probability j^(−a)/2 (`sparse`), or all standard
    normal (`dense`). α is the one with the smallest mean divergence on tuning problems, on inputs
    of their own; another problem is reported.

    Args:
        config: `features` (sparse or dense), `method` (one of `METHODS`: `sgd_decay` steps by
            α/√t, `one_rate` by α/√Σ‖g‖²), `power` a, `dimensions`, `samples`, `batch`, `test`,
            `scale` of the true weights, `rates` [lowest, highest, count], `rare` (the first j
            that counts as rare).
        seed: draws problems, samples and batches; the same for every method.

    Returns:
        `divergence`: mean KL of the fitted probability from the true one at new inputs (nats),
        `rare`: the same over inputs with at least two rare features, `alpha`, `edge` (1 where α is
        the first or last of the grid); curve `by_rate`: `divergence` at every α, by its number.
    """
    random = torch.Generator().manual_seed(seed)
    low, high, count = config["rates"]
    alpha = torch.logspace(float(np.log10(low)), float(np.log10(high)), count, dtype=torch.float64)
    problems, d = TUNING + 1, config["dimensions"]
    weights = config["scale"] * torch.randn(problems, d, 1, generator=random)
    if config["features"] == "dense":
        weights *= 2 / d**0.5  # so that labels are about as predictable as with rare features
    theta = torch.zeros(problems * count, d)
    rates, state = alpha.repeat(problems), rules.State()
    for t in range(1, config["samples"] // config["batch"] + 1):
        x = _inputs(config, (problems, config["batch"]), random)
        p = (x @ weights).sigmoid()
        y = (torch.rand(p.shape, generator=random) < p).float()
        off = (x @ theta.view(problems, count, d).transpose(1, 2)).sigmoid() - y
        g = (off.transpose(1, 2) @ x / config["batch"]).reshape(theta.shape)
        _step(config["method"], theta, g, state, t, rates)
    x = _inputs(config, (problems, config["test"]), random)
    theta = theta.view(problems, count, d).transpose(1, 2)
    divergence = _divergence((x @ weights).double(), (x @ theta).double())
    best = int(divergence[:TUNING].mean(dim=(0, 1)).argmin())
    own = divergence[-1]
    rare = (x[-1][:, config["rare"] - 1 :] != 0).sum(1) >= 2
    return Outcome(
        {
            "divergence": float(own[:, best].mean()),
            "rare": float(own[rare, best].mean()),
            "alpha": float(alpha[best]),
            "edge": float(best in (0, count - 1)),
        },
        {"by_rate": Curve(range(count), own.mean(0).tolist())},
    )


def _inputs(config: dict[str, Any], shape: tuple[int, int], random: torch.Generator) -> Tensor:
    """Features, (problems, samples, dimensions)."""
    d = config["dimensions"]
    if config["features"] == "dense":
        return torch.randn(*shape, d, generator=random)
    often = 0.5 * torch.arange(1.0, d + 1) ** -config["power"]
    return (torch.rand(*shape, d, generator=random) < often).float()


def _divergence(true: Tensor, fitted: Tensor) -> Tensor:
    """KL of Bernoulli laws given by their logits, (…, samples, 1) and (…, samples, rates)."""
    p = true.sigmoid()
    on = torch.nn.functional.logsigmoid
    return p * (on(true) - on(fitted)) + (1 - p) * (on(-true) - on(-fitted))


def _step(method: str, theta: Tensor, g: Tensor, state: rules.State, t: int, alpha: Tensor) -> None:
    """One update of all rows of θ, (R, d), each at its own α."""
    if method == "adagrad":
        rules.adagrad([theta], [g], state, t, alpha=alpha, eps=EPS, root="inside")
        return
    if method == "one_rate":
        total = state.setdefault("v", [torch.zeros_like(alpha)])[0]
        total += g.square().sum(1)
        alpha = alpha / (total + EPS).sqrt()
    elif method == "sgd_decay":
        alpha = alpha / t**0.5
    rules.sgd([theta], [g], state, t, alpha=alpha)


def hidden(config: dict[str, Any], seed: int) -> Outcome:
    """Train nets whose hidden units are rarely active; see `hidden_sparsity.hidden`."""
    return hidden_sparsity.hidden(config, seed)
