"""Optimisers by name, with the lectures' letters (L1 "Diferentes tipos de optimizadores").

Thin over `torch.optim`: where its update differs from the slides' (momentum as a sum, not as an
average; ε outside the root), the docstring says so. Fused updates wherever torch has them: on a CPU
they take half the time of a loop over parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from deepclaims.errors import ConfigError
from deepclaims.groups import Table
from deepclaims.optim import rules
from deepclaims.optim.lecture_optimizers import RuleOptimizer

ParameterGroups = Sequence[dict[str, Any]]


def sgd(groups: ParameterGroups, *, lr: float = 0.1) -> Optimizer:
    """θ_t = θ_{t-1} − α g_t."""
    return SGD(groups, lr=lr, fused=True)


def momentum(groups: ParameterGroups, *, lr: float = 0.02, beta1: float = 0.9) -> Optimizer:
    """m_t = β₁ m_{t-1} + g_t, θ_t = θ_{t-1} − α m_t: the slide's average, times 1/(1 − β₁)."""
    return SGD(groups, lr=lr, momentum=beta1, fused=True)


def nesterov(groups: ParameterGroups, *, lr: float = 0.02, beta1: float = 0.9) -> Optimizer:
    """Momentum with the gradient taken ahead, in the form of Sutskever et al. 2013."""
    return SGD(groups, lr=lr, momentum=beta1, nesterov=True, fused=True)


def adagrad(groups: ParameterGroups, *, lr: float = 0.01, eps: float = 1e-10) -> Optimizer:
    """θ_t = θ_{t-1} − α g_t / (√Σ g² + ε) (Duchi et al. 2011)."""
    on_cpu = all(p.device.type == "cpu" for group in groups for p in group["params"])
    return Adagrad(groups, lr=lr, eps=eps, fused=on_cpu, foreach=not on_cpu)


def rmsprop(
    groups: ParameterGroups, *, lr: float = 1e-3, beta2: float = 0.99, eps: float = 1e-8
) -> Optimizer:
    """θ_t = θ_{t-1} − α g_t / (√v_t + ε), without bias correction."""
    return RMSprop(groups, lr=lr, alpha=beta2, eps=eps, foreach=True)


def adam(
    groups: ParameterGroups,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Optimizer:
    """θ_t = θ_{t-1} − α m̂_t / (√v̂_t + ε) (Kingma & Ba 2015)."""
    return Adam(groups, lr=lr, betas=(beta1, beta2), eps=eps, fused=True)


def adam_unhatted(
    groups: ParameterGroups,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Optimizer:
    """θ_t = θ_{t-1} − α m_t / (√v̂_t + ε): no hat on m, as in the formula of L1 "ADAM"."""
    penalised = [{**group, "l2": group["weight_decay"]} for group in groups]
    return RuleOptimizer(
        penalised, rules.adam, lr=lr, beta1=beta1, beta2=beta2, eps=eps, hat_on_m=False
    )


def adamw(
    groups: ParameterGroups,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> Optimizer:
    """Adam, and the weights (not the biases) shrink by 1 − αλ a step (Loshchilov & Hutter 2019)."""
    if any(group["weight_decay"] for group in groups):
        raise ConfigError(
            "optimizer=adamw decays weights on its own, regularizer=weight_decay through the "
            "gradient: set optimizer.weight_decay, or take optimizer=adam"
        )
    parameters = [p for group in groups for p in group["params"]]
    return AdamW(
        _weights_and_biases(parameters, weight_decay),
        lr=lr,
        betas=(beta1, beta2),
        eps=eps,
        fused=True,
    )


OPTIMIZERS: Table[Callable[..., Optimizer]] = Table(
    "optimizer",
    {
        "sgd": sgd,
        "momentum": momentum,
        "nesterov": nesterov,
        "adagrad": adagrad,
        "rmsprop": rmsprop,
        "adam": adam,
        "adam_unhatted": adam_unhatted,
        "adamw": adamw,
    },
)
"""Optimisers by the name they have in `conf/optimizer/`."""


def build_optimizer(
    config: Mapping[str, Any], model: nn.Module, lambdas: float | Sequence[float] = 0.0
) -> Optimizer:
    """An optimiser of all parameters of `model`.

    Args:
        config: the `optimizer` group, e.g. `{"name": "adam", "lr": 1e-3}`.
        model: the network.
        lambdas: λ of the penalty λ/2 ‖W‖²_F, see `penalty_groups`.

    Raises:
        ConfigError: an unknown name or option, or a wrong number of λ.
    """
    return OPTIMIZERS.choose(config, penalty_groups(model, lambdas))


def penalty_groups(model: nn.Module, lambdas: float | Sequence[float]) -> list[dict[str, Any]]:
    """Parameters grouped by their λ: weights have one, biases none (L1 "Penalización").

    The penalty Σ_l λ_l/2 ‖W_l‖²_F is never computed: its gradient λ_l W_l is added to the loss's.

    Args:
        model: the network.
        lambdas: one λ for all weights, or one for each weight matrix in the order of the layers.

    Raises:
        ConfigError: a list of another length than there are weight matrices.
    """
    parameters = list(model.parameters())
    weights = [p for p in parameters if p.ndim > 1]
    if isinstance(lambdas, int | float):
        return _weights_and_biases(parameters, float(lambdas))
    if len(lambdas) != len(weights):
        raise ConfigError(
            f"regularizer.lambda has {len(lambdas)} values for {len(weights)} weight matrices"
        )
    groups = [{"params": [w], "weight_decay": own} for w, own in zip(weights, lambdas, strict=True)]
    return [*groups, {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}]


def _weights_and_biases(parameters: Sequence[nn.Parameter], decay: float) -> list[dict[str, Any]]:
    # One group where one will do: each is a call of the update.
    if decay == 0:
        return [{"params": list(parameters), "weight_decay": 0.0}]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
