"""One update for many replicas: torch's optimisers stacked, each with its own numbers.

Every number is a column, also where all replicas agree: so a replica's bits do not depend on its
company. On a CPU the rules of `ALONE_FROM` go through larger networks one by one and with plain
numbers, in torch's fused kernels where it has them: one pass over a network in place of ten over
all. Networks of the same numbers go into such a kernel in one call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from deepclaims.optim import rules
from deepclaims.optim.lecture_optimizers import RuleOptimizer


def _adam(
    theta: list[Tensor],
    g: list[Tensor],
    state: rules.State,
    t: int,
    *,
    alpha: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """`rules.adam` in one pass."""
    if not state:
        state["m"], state["v"] = ([torch.zeros_like(x) for x in theta] for _ in range(2))
    torch._fused_adam_(
        theta,
        _laid_out_as(theta, g),
        state["m"],
        state["v"],
        [],
        [torch.tensor(float(t))] * len(theta),
        lr=alpha,
        beta1=beta1,
        beta2=beta2,
        weight_decay=0.0,
        eps=eps,
        amsgrad=False,
        maximize=False,
    )


def _momentum(
    theta: list[Tensor],
    g: list[Tensor],
    state: rules.State,
    t: int,
    *,
    alpha: float,
    beta1: float,
    nesterov: bool = False,
) -> None:
    """`rules.momentum` or `rules.nesterov` in one pass."""
    if not state:
        state["m"] = [torch.zeros_like(x) for x in theta]
    torch._fused_sgd_(
        theta,
        _laid_out_as(theta, g),
        state["m"],
        weight_decay=0.0,
        momentum=beta1,
        lr=alpha,
        dampening=0.0,
        nesterov=nesterov,
        maximize=False,
        is_first_step=False,
    )


@torch.no_grad()
def adam_in_parts(
    theta: list[Tensor],
    g: list[Tensor],
    state: rules.State,
    t: int,
    *,
    alpha: Tensor,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """`rules.adam` for stacks whose equal parts, one after another, have each its own rate.

    Args:
        theta: of R networks, (R, …), changed in place.
        g: gradients.
        state: of the rule.
        t: number of the update, from 1.
        alpha: α of each part, (parts,); `parts` divides R.
        beta1: β₁, the same for all, as what follows.
        beta2: β₂.
        eps: ε.
    """
    if not state:
        state["m"], state["v"] = ([torch.zeros_like(x) for x in theta] for _ in range(2))
    rates = alpha.tolist()
    parts = (
        zip(*(x.chunk(len(rates)) for x in xs), strict=True)
        for xs in (theta, g, state["m"], state["v"])
    )
    for rate, own, slopes, m, v in zip(rates, *parts, strict=True):
        numbers = {"alpha": rate, "beta1": beta1, "beta2": beta2, "eps": eps}
        _adam(list(own), list(slopes), {"m": list(m), "v": list(v)}, t, **numbers)


def _laid_out_as(theta: list[Tensor], g: list[Tensor]) -> list[Tensor]:
    """The gradients with the strides of θ: a fused kernel walks through memory, not by index."""
    return [
        own if own.stride() == w.stride() else torch.empty_like(w).copy_(own)
        for w, own in zip(theta, g, strict=True)
    ]


Rule = Callable[..., None]

FUSED: Mapping[Rule, Rule] = MappingProxyType(
    {
        rules.momentum: _momentum,
        rules.nesterov: partial(_momentum, nesterov=True),
        rules.adam: _adam,
    }
)
"""Rules as torch's fused kernels."""

ALONE_FROM: Mapping[Rule, float] = MappingProxyType(
    {rules.sgd: math.inf, rules.momentum: 2**16, rules.nesterov: 2**16, rules.adam: 2**11}
)
"""Parameters of a network from which on it is updated apart from the others; 2¹³ for the rest."""


class AdamsFactors:
    """`rules.adam` with a column for each number, the columns of many updates made at once.

    To make them from R numbers at every update takes longer than to update small networks.

    Args:
        rates: α of each, (R,), or of every step, (steps, R), in double precision as the options.
        options: `beta1`, `beta2` and `eps`, (R,).
        first: the update they are made from, from 1.
        dtype: of the networks.
    """

    AT_ONCE = 256

    def __init__(
        self, rates: Tensor, options: Mapping[str, Tensor], first: int, dtype: torch.dtype
    ) -> None:
        beta1, beta2, eps = (options[key] for key in ("beta1", "beta2", "eps"))
        t = torch.arange(first, first + self.AT_ONCE, device=rates.device, dtype=rates.dtype)
        if rates.ndim > 1:
            rates = rates[first - 1 : first - 1 + self.AT_ONCE]
            t = t[: len(rates)]
        self.updates = range(first, first + len(t))

        def column(numbers: Tensor) -> Tensor:
            return numbers[..., None].to(dtype)

        self.of_m, self.of_v, self.of_square = column(1 - beta1), column(beta2), column(1 - beta2)
        self.eps = column(eps)
        self.hats = column((1 - beta2 ** t[:, None]) ** -0.5)
        self.rates = column(-rates / (1 - beta1 ** t[:, None]))

    def __contains__(self, t: int) -> bool:
        return t in self.updates

    @torch.no_grad()
    def step(self, theta: Tensor, g: Tensor, state: rules.State, t: int) -> None:
        """Update number t of θ (R, P), in place."""
        if not state:
            state["m"], state["v"] = [torch.zeros_like(theta)], [torch.zeros_like(theta)]
        (m,), (v,), now = state["m"], state["v"], t - self.updates.start
        m.lerp_(g, self.of_m)
        v.mul_(self.of_v).addcmul_(g * self.of_square, g)
        below = v.sqrt().mul_(self.hats[now]).add_(self.eps)
        theta.addcmul_(torch.div(m, below, out=below), self.rates[now])


class StackedUpdate:
    """The updates of R optimisers of one kind, on all their parameters θ (R, P) at once.

    Args:
        optimizers: as built for each network; only their numbers are taken.
        parameters: of each network, in the order of θ's columns.
        factors: for each, the factor of each step's rate, or None for a constant one.
        device: where θ is.

    Raises:
        TypeError: an optimiser that has no rule, or optimisers of different kinds.
    """

    def __init__(
        self,
        optimizers: Sequence[Optimizer],
        parameters: Sequence[Sequence[Tensor]],
        factors: Sequence[Sequence[float] | None],
        device: torch.device,
    ) -> None:
        if len({type(optimizer) for optimizer in optimizers}) != 1:
            raise TypeError("only optimisers of one kind can be stacked")
        groups = [optimizer.param_groups[0] for optimizer in optimizers]
        self.rule, read = _rule_of(optimizers[0], groups)
        options = [read(group) for group in groups]
        self.options = {key: _column([own[key] for own in options], device) for key in options[0]}
        self.rates = _rates([float(group["lr"]) for group in groups], factors, device)
        self.lambdas = _lambdas(optimizers, parameters, device)
        self.decoupled = isinstance(optimizers[0], AdamW)
        numbers = sum(p.numel() for p in parameters[0])
        self.by_column = device.type != "cpu" or numbers < ALONE_FROM.get(self.rule, 2**13)
        fused = None if self.by_column else FUSED.get(self.rule)
        self.rule = fused or self.rule
        self.alike = self._alike(at_once=fused is not None)
        self.states: list[rules.State] = [{} for _ in self.alike]
        self.factors: AdamsFactors | None = None
        self.t = 0

    def step(self, theta: Tensor, g: Tensor) -> None:
        """Update `theta` in place from the gradients `g`, both (R, P); `g` may be overwritten."""
        alpha = self.rates if self.rates.ndim == 1 else self.rates[self.t]
        self.t += 1
        if self.lambdas is not None and self.decoupled:
            n = self.lambdas.shape[1]  # θ may be padded
            rules.shrink_([theta[:, :n]], alpha[:, None].to(theta.dtype), [self.lambdas])
        elif self.lambdas is not None:
            n = self.lambdas.shape[1]  # θ may be padded
            rules.penalise_([g[:, :n]], [theta[:, :n]], [self.lambdas])
        if self.by_column and self.rule is rules.adam:
            if self.factors is None or self.t not in self.factors:
                self.factors = AdamsFactors(self.rates, self.options, self.t, theta.dtype)
            self.factors.step(theta, g, self.states[0], self.t)
            return
        if self.by_column:
            self.rule([theta], [g], self.states[0], self.t, alpha=alpha, **self.options)
            return
        options = {key: column.tolist() for key, column in self.options.items()}
        thetas, slopes, rates = theta.unbind(), g.unbind(), alpha.tolist()
        for rows, state in zip(self.alike, self.states, strict=True):
            numbers = {key: values[rows[0]] for key, values in options.items()}
            own, along = [thetas[r] for r in rows], [slopes[r] for r in rows]
            self.rule(own, along, state, self.t, alpha=rates[rows[0]], **numbers)

    def keep(self, rows: Tensor) -> None:
        """Go on with some replicas only: `rows`, their numbers, (r,) int64."""
        self.options = {key: column[rows] for key, column in self.options.items()}
        self.rates = self.rates[..., rows]
        self.factors = None
        if self.lambdas is not None and len(self.lambdas) > 1:
            self.lambdas = self.lambdas[rows]
        if self.by_column:
            (state,) = self.states
            self.states = [{letter: [x[rows] for x in xs] for letter, xs in state.items()}]
            return
        place = {row: i for i, row in enumerate(rows.tolist())}
        stay = [[i for i, row in enumerate(own) if row in place] for own in self.alike]
        self.states = [
            {letter: [xs[i] for i in kept] for letter, xs in state.items()}
            for kept, state in zip(stay, self.states, strict=True)
            if kept
        ]
        self.alike = [
            [place[own[i]] for i in kept]
            for kept, own in zip(stay, self.alike, strict=True)
            if kept
        ]

    def _alike(self, *, at_once: bool) -> list[list[int]]:
        """Which replicas are updated in one call: those of the same numbers, or each in its own."""
        if self.by_column or not at_once:
            return [[r] for r in range(1 if self.by_column else self.rates.shape[-1])]
        columns = torch.stack([*self.rates.view(-1, self.rates.shape[-1]), *self.options.values()])
        of: dict[tuple[float, ...], list[int]] = {}
        for r, numbers in enumerate(columns.T.tolist()):
            of.setdefault(tuple(numbers), []).append(r)
        return list(of.values())


def _rule_of(
    optimizer: Optimizer, groups: Sequence[dict[str, Any]]
) -> tuple[Rule, Callable[[dict[str, Any]], dict[str, float]]]:
    match optimizer:
        case SGD() if all(group["momentum"] == 0 for group in groups):
            return rules.sgd, lambda group: {}
        case SGD():
            rule = rules.nesterov if groups[0]["nesterov"] else rules.momentum
            return rule, lambda group: {"beta1": group["momentum"]}
        case Adagrad():
            return rules.adagrad, lambda group: {"eps": group["eps"]}
        case RMSprop():
            return rules.rmsprop, lambda group: {"beta2": group["alpha"], "eps": group["eps"]}
        case Adam():  # AdamW is one too
            return rules.adam, _adams_numbers
        case RuleOptimizer() if optimizer.rule is rules.adam and not groups[0]["hat_on_m"]:
            numbers = ("beta1", "beta2", "eps")
            rule = partial(rules.adam, hat_on_m=False)
            return rule, lambda group: {name: group[name] for name in numbers}
    raise TypeError(f"optimisers of type {type(optimizer).__name__} cannot be stacked")


def _adams_numbers(group: dict[str, Any]) -> dict[str, float]:
    beta1, beta2 = group["betas"]
    return {"beta1": beta1, "beta2": beta2, "eps": group["eps"]}


def _column(values: Sequence[float], device: torch.device) -> Tensor:
    return torch.tensor([float(v) for v in values], dtype=torch.float64, device=device)


def _rates(
    lrs: Sequence[float], factors: Sequence[Sequence[float] | None], device: torch.device
) -> Tensor:
    """The rates of all steps, (R,); where one changes, of each step, (steps, R)."""
    lengths = {len(own) for own in factors if own is not None}
    if not lengths:
        return _column(lrs, device)
    (steps,) = lengths
    rates = [
        [lr] * steps if own is None else [lr * factor for factor in own]
        for lr, own in zip(lrs, factors, strict=True)
    ]
    return torch.tensor(rates, dtype=torch.float64, device=device).T.contiguous()


def _lambdas(
    optimizers: Sequence[Optimizer], parameters: Sequence[Sequence[Tensor]], device: torch.device
) -> Tensor | None:
    """λ of every number, (R, P), or (1, P) where the replicas agree; None where there is none."""
    rows = []
    for optimizer, own in zip(optimizers, parameters, strict=True):
        of = {p: group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
        rows.append([float(of[p]) for p in own])
    if not any(map(any, rows)):
        return None
    rows = rows[:1] if all(row == rows[0] for row in rows) else rows
    first = parameters[0]
    sizes = torch.tensor([p.numel() for p in first])
    lambdas = torch.tensor(rows, dtype=first[0].dtype).repeat_interleave(sizes, dim=1)
    return lambdas.to(device)
