"""The lectures' optimisers as they are written on the slides, for any PyTorch program.

They are `torch.optim.Optimizer`s around `rules.py`, with the decks' names and defaults. Training
itself (`optim/optimizers.py`) takes torch's fused forms; `docs/optimizers.md` maps them.

    optimizer = Momentum(model.parameters(), lr=0.1, beta1=0.9, corrected=True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from deepclaims.errors import ConfigError
from deepclaims.optim import rules

Parameters = Iterable[Tensor] | Iterable[dict[str, Any]]


class RuleOptimizer(Optimizer):
    """Any rule of `rules.py` with any of its options.

    Args:
        params: parameters, or groups of them, as for any optimiser of torch.
        rule: the rule.
        lr: α.
        l2: λ of the penalty λ/2 ‖θ‖², its gradient added to g.
        shrink: λ of a decay apart from the gradient, θ ← (1 − αλ) θ, before the rule.
        options: of the rule; groups may differ in them.

    Raises:
        ConfigError: a rate, λ or ε below zero, or a β outside [0, 1).
    """

    def __init__(
        self,
        params: Parameters,
        rule: Callable[..., None],
        *,
        lr: float,
        l2: float = 0.0,
        shrink: float = 0.0,
        **options: Any,
    ) -> None:
        self.rule = rule
        self.options = tuple(options)
        super().__init__(params, {"lr": lr, "l2": l2, "shrink": shrink, **options})
        for group in self.param_groups:
            _refuse_impossible(group)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """One update of every parameter that has a gradient; returns what `closure` does."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            self._update(group)
        return loss

    def _update(self, group: dict[str, Any]) -> None:
        theta = [p for p in group["params"] if p.grad is not None]
        if not theta:
            return
        t = group["t"] = group.get("t", 0) + 1
        g: Any = [p.grad for p in theta]
        if group["l2"]:
            g = torch._foreach_add(g, theta, alpha=group["l2"])
        if group["shrink"]:
            torch._foreach_mul_(theta, 1 - group["lr"] * group["shrink"])
        kept = [self.state[p] for p in theta]
        letters = {letter for own in kept for letter in own}
        state: rules.State = {
            letter: [_kept(own, letter, p) for own, p in zip(kept, theta, strict=True)]
            for letter in letters
        }
        self.rule(
            theta, g, state, t, alpha=group["lr"], **{key: group[key] for key in self.options}
        )
        for letter in state.keys() - letters:
            for own, tensor in zip(kept, state[letter], strict=True):
                own[letter] = tensor


def _kept(own: dict[str, Tensor], letter: str, p: Tensor) -> Tensor:
    # A parameter whose first gradient comes late starts from zero like the others.
    if letter not in own:
        own[letter] = torch.zeros_like(p)
    return own[letter]


class SGD(RuleOptimizer):
    """θ ← θ − α g (both decks)."""

    def __init__(self, params: Parameters, lr: float = 0.01, *, l2: float = 0.0) -> None:
        super().__init__(params, rules.sgd, lr=lr, l2=l2)


class Momentum(RuleOptimizer):
    """Deck 1's exponentially weighted average, with or without bias correction."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 0.01,
        beta1: float = 0.9,
        *,
        corrected: bool = False,
        l2: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            rules.momentum,
            lr=lr,
            l2=l2,
            beta1=beta1,
            form="average",
            corrected=corrected,
        )


class Velocity(RuleOptimizer):
    """Deck 2's `Momentum`: v ← μ v − α g, θ ← θ + v."""

    def __init__(
        self, params: Parameters, lr: float = 0.01, momentum: float = 0.9, *, l2: float = 0.0
    ) -> None:
        super().__init__(params, rules.momentum, lr=lr, l2=l2, beta1=momentum, form="velocity")


class Nesterov(RuleOptimizer):
    """Deck 1's Nesterov. The parameters are at the look-ahead point between steps.

    There the gradient is to be taken, so that training needs no second look at the loss; `theta`
    gives the θ_t of the slide.
    """

    def __init__(
        self, params: Parameters, lr: float = 0.01, beta1: float = 0.9, *, l2: float = 0.0
    ) -> None:
        super().__init__(params, rules.nesterov, lr=lr, l2=l2, beta1=beta1, form="average")

    def theta(self) -> list[Tensor]:
        """θ_t of each parameter, in their order."""
        found: list[Tensor] = []
        for group in self.param_groups:
            for p in group["params"]:
                state = {key: [value] for key, value in self.state[p].items()}
                found += rules.behind([p], state, alpha=group["lr"], beta1=group["beta1"])
        return found


class NAG(RuleOptimizer):
    """Deck 2's `NAG`: v ← μ v − α g, θ ← θ + μ v − α g."""

    def __init__(
        self, params: Parameters, lr: float = 0.01, momentum: float = 0.9, *, l2: float = 0.0
    ) -> None:
        super().__init__(params, rules.nesterov, lr=lr, l2=l2, beta1=momentum, form="velocity")


class AdaGrad(RuleOptimizer):
    """Both decks': ε inside the root. Deck 1's ε is 1e-8, deck 2's 1e-6."""

    def __init__(
        self, params: Parameters, lr: float = 0.01, eps: float = 1e-8, *, l2: float = 0.0
    ) -> None:
        super().__init__(params, rules.adagrad, lr=lr, l2=l2, eps=eps, root="inside")


class RMSProp(RuleOptimizer):
    """Both decks': ε inside the root; deck 1 also with bias correction."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        beta2: float = 0.9,
        eps: float = 1e-8,
        *,
        corrected: bool = False,
        l2: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            rules.rmsprop,
            lr=lr,
            l2=l2,
            beta2=beta2,
            eps=eps,
            root="inside",
            corrected=corrected,
        )


class Adam(RuleOptimizer):
    """Deck 1's Adam: ε inside the root, both averages corrected as its text says.

    `as_printed=True` leaves the hat off m, as the slide's formula does.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        *,
        as_printed: bool = False,
        l2: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            rules.adam,
            lr=lr,
            l2=l2,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
            root="inside",
            hat_on_m=not as_printed,
        )


class DecayedAdam(RuleOptimizer):
    """Deck 2's `Adam`: ε outside the root, β₁ times λ^(t−1) in the average."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        b1: float = 0.9,
        b2: float = 0.999,
        e: float = 1e-8,
        lambda_: float = 1 - 1e-8,
        *,
        l2: float = 0.0,
    ) -> None:
        super().__init__(params, rules.adam, lr=lr, l2=l2, beta1=b1, beta2=b2, eps=e, decay=lambda_)


class AdamW(RuleOptimizer):
    """Torch's Adam with decay apart from the gradient (Loshchilov & Hutter 2019)."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        *,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(
            params,
            rules.adam,
            lr=lr,
            shrink=weight_decay,
            beta1=beta1,
            beta2=beta2,
            eps=eps,
        )


def _refuse_impossible(group: Mapping[str, Any]) -> None:
    for key in ("lr", "l2", "shrink", "eps"):
        if group.get(key, 0.0) < 0:
            raise ConfigError(f"{key}={group[key]} is not possible; it is >= 0")
    for key in ("beta1", "beta2"):
        if not 0 <= group.get(key, 0.0) < 1:
            raise ConfigError(f"{key}={group[key]} is not possible; it is in [0, 1)")
