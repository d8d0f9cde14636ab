"""Adam as RMSProp with momentum: its formula with and without the hat on m, and what that changes.

L1 "ADAM" prints α m_t / √(v̂_t + ε) under "both with bias correction"; L2 "¿Cuál usar?" has a
slight gain over RMSprop from Kingma & Ba (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.claims.optimisation.tuned_rates_figures import (
    decimal_ticks,
    loss_band,
    rates_panel,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import paired_difference
from deepclaims.optim import rules
from deepclaims.report.style import COLOURS, figure, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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

    def normal(*shape: int) -> Tensor:
        return torch.empty(shape, dtype=torch.float64).normal_(generator=generator)

    H = torch.logspace(-1, 1, dimension, dtype=torch.float64)
    start, noise = normal(dimension), normal(steps, dimension)
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


def judge(results: Results) -> dict[str, Estimate]:
    """Gaps of identities are exact, the largest over seeds; differences in percentage points."""

    def gap(*names: str) -> Estimate:
        values = np.concatenate([results.values("identities", name) for name in names])
        return exact(float(values.max()), len(values))

    methods = tuned(results)
    errors = {name: 100 * method.reported("test_error") for name, method in methods.items()}
    hats = results.values("identities", "late_hat_gap")
    return {
        "two_halves": gap("rmsprop_gap", "momentum_gap"),
        "printed_is_text": gap("printed_gap"),
        "gain_over_rmsprop": paired_difference(errors["RMSprop"], errors["Adam"]),
        "hatted_is_adam": gap("hatted_gap"),
        "printed_is_warm_up": gap("warm_up_gap"),
        "hat_not_needed": paired_difference(errors["printed"], errors["Adam"]),
        "rmsprop_not_behind": paired_difference(errors["RMSprop"], errors["Adam"]),
        "no_momentum_no_hat": gap("no_momentum_gap"),
        "wrong_hat_seen": exact(float(hats.min()), len(hats)),
        "rates_interior": exact(share_on_the_edge(list(methods.values()))),
    }


def tuned(results: Results) -> dict[str, Tuned]:
    """Adam, the printed formula and RMSprop on MNIST, each at the rate its tuning seeds chose."""
    return {
        "Adam": Tuned(results, "mnist", "adam"),
        "printed": Tuned(results, "mnist", "printed"),
        "RMSprop": Tuned(results, "mnist_rmsprop", "rmsprop"),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The formula's first steps against the text's; test error over the rates."""
    return {
        "first_steps": _draw_first_steps(results, language),
        "mnist": _draw_mnist(results, language),
    }


def _draw_first_steps(results: Results, language: str) -> Figure:
    made, ax = figure()
    steps, shares = results.curve("identities", "step_share")
    part = next(each for each in results.claim.parts if each.name == "identities")
    ax.plot(steps, shares.mean(axis=0), "o", color=COLOURS[0],
            label=say(language, "medido", "measured"))  # fmt: skip
    t = np.linspace(1, steps[-1], 200)
    theory(ax, t, 1 - float(part.params["beta1"]) ** t, r"$1 - \beta_1^t$")
    ax.set(ylim=(0, 1.08), xlabel=say(language, "paso t", "step t"))
    ax.set_ylabel(
        say(language, "paso de la fórmula / paso con los dos gorros",
            "the formula's step / the step with both hats")
    )  # fmt: skip
    ax.legend()
    return made


def _draw_mnist(results: Results, language: str) -> Figure:
    made, axes = figure(1, 2)
    methods = tuned(results)
    label = say(language, "Adam sin gorro en m", "Adam without the hat on m")
    named = {label if name == "printed" else name: method for name, method in methods.items()}
    rates_panel(axes[0], named, "test_error", language, scale=100)
    axes[0].set_ylim(5, 11)
    axes[0].set_ylabel(say(language, "error de test (%)", "test error (%)"))
    for (name, method), colour in zip(named.items(), COLOURS, strict=False):
        loss_band(axes[1], method, name, colour)
    axes[1].set(yscale="log", xlabel=say(language, "paso", "step"))
    axes[1].set_ylabel(say(language, "pérdida de train (nats)", "training loss (nats)"))
    decimal_ticks(axes[1].yaxis, language)
    axes[0].legend()
    against = say(language, "error según la tasa", "error against the rate")
    panel_titles(axes, [against, say(language, "a la tasa elegida", "at the rate chosen")])
    return made
