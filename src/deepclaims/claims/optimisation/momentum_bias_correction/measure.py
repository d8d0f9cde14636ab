"""The weights of the average, and the first steps of a training with and without correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.project import Project

AVERAGED = ("plain", "corrected")
ARMS = (*AVERAGED, "sgd", "sgd_effective")


def weights(config: dict[str, Any], seed: int) -> Outcome:
    """Compare m_t of the update rule with the slide's sums, over random gradients.

    Args:
        config: `beta1`, `steps`, `dimensions`.
        seed: draws the gradients.

    Returns:
        `expansion` (of m₅, written out), `closed_form` (at every t), `first` (m₁ − (1 − β₁)g₁),
        `convex` (m̂_t − c where every gradient is c): largest differences; curve `share`: what
        m_t has of a constant gradient.
    """
    beta, random = config["beta1"], torch.Generator().manual_seed(seed)
    shape = (config["steps"], config["dimensions"])
    g = torch.randn(shape, generator=random, dtype=torch.float64)
    m, still = _averages(g, beta), _averages(torch.ones_like(g), beta)
    t = torch.arange(1, len(g) + 1, dtype=torch.float64)[:, None]
    expansion = sum((1 - beta) * beta**k * g[4 - k] for k in range(5))
    closed = torch.stack(
        [sum((1 - beta) * beta**k * g[i - k] for k in range(i + 1)) for i in range(len(g))]  # type: ignore[misc]
    )
    return Outcome(
        {
            "expansion": float((m[4] - expansion).abs().max()),
            "closed_form": float((m - closed).abs().max()),
            "first": float((m[0] - (1 - beta) * g[0]).abs().max()),
            "convex": float((still / (1 - beta**t) - 1).abs().max()),
        },
        {"share": Curve(range(1, len(g) + 1), still[:, 0].tolist())},
    )


def _averages(g: Tensor, beta: float) -> Tensor:
    """m_t of the rule that trains, (steps, dimensions)."""
    theta, state, found = [torch.zeros_like(g[0])], rules.State(), []
    for t, now in enumerate(g, start=1):
        rules.momentum(theta, [now], state, t, alpha=0.1, beta1=beta, form="average")
        found.append(state["m"][0].clone())
    return torch.stack(found)


def training(config: dict[str, Any], seed: int) -> Outcome:
    """Train one net on MNIST with four rules, the same start and batches for all.

    Rules: momentum (`plain`), with m̂ (`corrected`), SGD at α (`sgd`), and SGD at the slide's
    effective rate α(1 − β₁)/(1 − β₁^t) (`sgd_effective`).

    Args:
        config: `beta1`, `alpha`, `steps`, `width` (one hidden ReLU layer), `batch`, `n_train`;
            `dataset`, MNIST if it names none.
        seed: draws the subset, the initial weights and the batches.

    Returns:
        A curve for each rule: cross-entropy of the whole training subset after steps 1, 2, 5, ….
        Curves `held_plain` and `held_corrected`, at the same steps: ‖m_t‖ and ‖m̂_t‖, each in its
        own training, over the norm of that subset's gradient where m_t's latest was taken.
    """
    name = config.get("dataset", "mnist")
    options = {"name": name, "pool": 2, "n_train": config["n_train"]}
    options |= {"n_validation": 100, "n_test": 100}
    train = load(options, seed, Project.here().prepared(name)).train
    x, y = train.inputs[0].flatten(1), train.targets
    random = torch.Generator().manual_seed(seed)
    theta = _net(x.shape[1], config["width"], random)
    states: list[rules.State] = [{} for _ in ARMS]
    looks = [t for t in (1, 2, 5, 10, 20, 40, 60, 100, 150, 200) if t <= config["steps"]]
    losses: list[list[float]] = []
    held: list[list[float]] = []
    for t in range(1, config["steps"] + 1):
        whole = torch.autograd.grad(_losses(theta, x, y).sum(), theta) if t in looks else ()
        batch = torch.randint(len(y), (config["batch"],), generator=random)
        g = torch.autograd.grad(_losses(theta, x[batch], y[batch]).sum(), theta)
        for arm, name in enumerate(ARMS):
            own = [p.detach()[arm : arm + 1] for p in theta]
            slope = [each[arm : arm + 1] for each in g]
            _step(name, own, slope, states[arm], t, config["alpha"], config["beta1"])
        if t in looks:
            held.append(_held(states, whole, config["beta1"], t))
            with torch.no_grad():
                losses.append(_losses(theta, x, y).tolist())
    names = [*ARMS, *(f"held_{arm}" for arm in AVERAGED)]
    columns = np.concatenate([np.array(losses), np.array(held)], axis=1).T
    return Outcome(
        {}, {name: Curve(looks, column) for name, column in zip(names, columns, strict=True)}
    )


def _held(states: list[rules.State], whole: Sequence[Tensor], beta1: float, t: int) -> list[float]:
    """‖m_t‖ of the plain rule and ‖m̂_t‖ of the corrected one over their gradients' norms."""
    found = []
    for arm, name in enumerate(AVERAGED):
        m = _norm(states[arm]["m"]) / (1 - beta1**t if name == "corrected" else 1.0)
        found.append(m / _norm([each[arm] for each in whole]))
    return found


def _norm(tensors: Sequence[Tensor]) -> float:
    """Euclidean norm of all components together."""
    return float(torch.cat([each.flatten() for each in tensors]).norm())


def _net(inputs: int, width: int, random: torch.Generator) -> list[Tensor]:
    """He's weights and zero biases, the same for each rule along the first axis."""

    def layer(d: int, out: int) -> list[Tensor]:
        w = torch.randn(1, d, out, generator=random) * (2 / d) ** 0.5
        both = [w.repeat(len(ARMS), 1, 1), torch.zeros(len(ARMS), 1, out)]
        return [each.requires_grad_() for each in both]

    return [*layer(inputs, width), *layer(width, 10)]


def _losses(theta: list[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of each rule's net, (rules,)."""
    w1, b1, w2, b2 = theta
    z = (x @ w1 + b1).relu() @ w2 + b2
    each = F.cross_entropy(z.flatten(0, 1), y.repeat(len(z)), reduction="none")
    return each.view(len(z), -1).mean(1)


def _step(
    name: str, theta: list[Tensor], g: list[Tensor], state: rules.State, t: int,
    alpha: float, beta1: float,
) -> None:  # fmt: skip
    if name.startswith("sgd"):
        share = (1 - beta1) / (1 - beta1**t) if name == "sgd_effective" else 1.0
        rules.sgd(theta, g, state, t, alpha=alpha * share)
    else:
        rules.momentum(
            theta, g, state, t, alpha=alpha, beta1=beta1, form="average",
            corrected=name == "corrected",
        )  # fmt: skip
