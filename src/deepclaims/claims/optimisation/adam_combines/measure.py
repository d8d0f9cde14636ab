"""Adam as RMSProp with momentum: its formula with and without the hat on m."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.against_torch import normal
from deepclaims.optim import rules

Gradient = Callable[[Tensor, int], Tensor]


Step = Callable[[list[Tensor], int], Tensor]
"""From the gradients g_1 … g_t, and t, to what is taken off θ."""


def identities(config: dict[str, Any], seed: int) -> Outcome:
    """How far update rules part on the same noisy quadratic, in double precision.

    Every rule walks on its own gradients H θ + noise_t from the same θ_0; a gap is the largest
    distance between two paths over the longest way from θ_0.

    Args:
        config: `dimension`, `steps`, `alpha`, `beta1`, `beta2`, `eps`.
        seed: of H, θ_0 and the noise.

    Returns:
        Metrics `printed_gap` (the slide's formula from its text), `hatted_gap` (the text's two
        corrected averages from torch's Adam), `warm_up_gap` (the formula from the text at the
        rate α(1 − β₁^t)), `rmsprop_gap`, `momentum_gap` (the text with β₁ = 0, or where all
        g² = 1, from either half alone), `no_momentum_gap` (formula and text at β₁ = 0) and
        `late_hat_gap` (a wrong hat, 1 − β₁^(t+1), from the right one); curve `step_share`: the
        formula's step over the text's, given the same gradients.
    """
    beta1, beta2, eps = (float(config[name]) for name in ("beta1", "beta2", "eps"))
    alpha, steps = float(config["alpha"]), int(config["steps"])
    start, gradient = _noisy_quadratic(config["dimension"], steps, seed)

    def walk(step: Step, signs: bool = False) -> Tensor:
        return _walk(
            step, start, (lambda x, t: gradient(x, t).sign()) if signs else gradient, steps
        )

    text = _text(alpha, beta1, beta2, eps)
    printed = _rule(rules.adam, alpha, beta1=beta1, beta2=beta2, eps=eps, root="inside",
                    hat_on_m=False)  # fmt: skip
    slow = _text(lambda t: alpha * (1 - beta1**t), beta1, beta2, eps)
    late = _text(lambda t: alpha * (1 - beta1**t) / (1 - beta1 ** (t + 1)), beta1, beta2, eps)
    plain = _rule(rules.adam, alpha, beta1=0.0, beta2=beta2, eps=eps, root="inside", hat_on_m=False)
    rmsprop = _rule(rules.rmsprop, alpha, beta2=beta2, eps=eps, root="inside", corrected=True)
    momentum = _rule(rules.momentum, alpha, beta1=beta1, form="average", corrected=True)
    of_text = walk(text)
    without = walk(_text(alpha, 0.0, beta2, eps))
    metrics = {
        "printed_gap": _gap(walk(printed), of_text),
        "hatted_gap": _gap(
            walk(_text(alpha, beta1, beta2, 0.0)), _torch(start, gradient, steps, config)
        ),
        "warm_up_gap": _gap(walk(printed), walk(slow)),
        "rmsprop_gap": _gap(without, walk(rmsprop)),
        "momentum_gap": _gap(
            walk(_text(alpha, beta1, beta2, 0.0), signs=True), walk(momentum, signs=True)
        ),
        "no_momentum_gap": _gap(walk(plain), without),
        "late_hat_gap": _gap(walk(late), of_text),
    }
    return Outcome(metrics, {"step_share": _shares(text, start, gradient, steps, config)})


def _noisy_quadratic(dimension: int, steps: int, seed: int) -> tuple[Tensor, Gradient]:
    generator = torch.Generator().manual_seed(seed)
    H = torch.logspace(-1, 1, dimension, dtype=torch.float64)
    start, noise = normal(generator, dimension), normal(generator, steps, dimension)
    return start, lambda x, t: H * x + noise[t - 1]


def _walk(step: Step, start: Tensor, gradient: Gradient, steps: int) -> Tensor:
    """θ_0 … θ_T, `(steps + 1, dimension)`."""
    path, seen = [start], []
    for t in range(1, steps + 1):
        seen.append(gradient(path[-1], t))
        path.append(path[-1] - step(seen, t))
    return torch.stack(path)


def _text(alpha: float | Callable[[int], float], beta1: float, beta2: float, eps: float) -> Step:
    """The text of the slide: both averages as weighted means of the whole past, weights of sum 1.

    Written as the sums of "momentum with bias correction" and not as a recursion, so that it is
    no copy of the rules it is compared with.
    """

    def step(seen: list[Tensor], t: int) -> Tensor:
        past = torch.stack(seen)
        age = torch.arange(t - 1, -1, -1, dtype=torch.float64)
        m_hat, v_hat = (
            (beta**age) @ x / (beta**age).sum() for beta, x in ((beta1, past), (beta2, past**2))
        )
        rate = alpha(t) if callable(alpha) else alpha
        return rate * m_hat / (v_hat + eps).sqrt()

    return step


def _rule(rule: Callable[..., None], alpha: float, **options: Any) -> Step:
    """A rule of `optim/rules.py` as a step; it keeps its own state, so it serves one walk."""
    state: rules.State = {}

    def step(seen: list[Tensor], t: int) -> Tensor:
        if t == 1:
            state.clear()
        moved = [torch.zeros_like(seen[-1])]
        rule(moved, [seen[-1].clone()], state, t, alpha=alpha, **options)
        return -moved[0]

    return step


def _torch(start: Tensor, gradient: Gradient, steps: int, config: dict[str, Any]) -> Tensor:
    theta = torch.nn.Parameter(start.clone())
    betas = (float(config["beta1"]), float(config["beta2"]))
    optimizer = torch.optim.Adam([theta], lr=float(config["alpha"]), betas=betas, eps=0.0)
    path = [start]
    for t in range(1, steps + 1):
        theta.grad = gradient(theta.detach(), t)
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(path)


def _shares(
    text: Step, start: Tensor, gradient: Gradient, steps: int, config: dict[str, Any]
) -> Curve:
    options = {name: float(config[name]) for name in ("beta1", "beta2", "eps")}
    printed = _rule(rules.adam, float(config["alpha"]), root="inside", hat_on_m=False, **options)
    path, seen, shares = start, list[Tensor](), []
    for t in range(1, steps + 1):
        seen.append(gradient(path, t))
        full = text(seen, t)
        shares.append(float(printed(seen, t).norm() / full.norm()))
        path = path - full
    return Curve(range(1, steps + 1), shares)


def _gap(one: Tensor, other: Tensor) -> float:
    away = (other - other[0]).norm(dim=1).max()
    return float((one - other).norm(dim=1).max() / away)
