"""A net that was trained with noise, asked without it and with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.nn.unit_noise import UnitNoise, draw_noise_from
from deepclaims.training.trained_net import trained_net

BATCH = 100
"""Samples that share a draw of the noise on the parameters."""


def evaluated(config: dict[str, Any], seed: int) -> Outcome:
    """Test answers of a net that was trained with noise: as it is evaluated, and still disturbed.

    Args:
        config: `kind` of the noise, and how strong each is in `strengths`; `training`, the rest of
            a training config.
        seed: decides everything random.

    Returns:
        Metrics `silent`: largest |difference| between what the net answers in evaluation and what
        a net without any noise answers that has its weights; `loud`: the same while it is
        disturbed as in training; `error_added`: test error then, less that without noise, in
        percentage points.
    """
    kind, sigma = config["kind"], config["strengths"][config["kind"]]
    key = KEYS[kind]
    training = {**config["training"], "regularizer": {"name": key, key: sigma}}
    net, splits, _ = trained_net(training, seed)
    x, labels = splits.test.inputs[0], splits.test.targets
    draws = torch.Generator().manual_seed(seed)
    interface = Interface(splits.input_shapes, splits.outputs)
    bare = build_model(training["model"], training["init"], interface, UnitNoise(), draws)
    for own, learnt in zip(bare.parameters(), net.parameters(), strict=True):
        own.data.copy_(learnt.data)
    with torch.no_grad():
        plain = torch.cat([bare(rows) for rows in x.split(BATCH)])
        quiet = torch.cat([net(rows) for rows in x.split(BATCH)])
        noisy = torch.cat([DISTURBED[kind](net, rows, sigma, draws) for rows in x.split(BATCH)])
    wrong = [100 * float((z.argmax(1) != labels).double().mean()) for z in (noisy, quiet)]
    return Outcome(
        {
            "silent": float((quiet - plain).abs().max()),
            "loud": float((noisy - plain).abs().max()),
            "error_added": wrong[0] - wrong[1],
        }
    )


def on_inputs(net: nn.Module, x: Tensor, sigma: float, draws: Generator) -> Tensor:
    """Answers to x + σ ε."""
    return _tensor(net(x + sigma * torch.empty_like(x).normal_(generator=draws)))


def on_units(net: nn.Module, x: Tensor, sigma: float, draws: Generator) -> Tensor:
    """Answers with the noise that the net itself has on its hidden units while it trains."""
    draw_noise_from(net, draws)
    answers = _tensor(net.train()(x))
    net.eval()
    return answers


def on_parameters(net: nn.Module, x: Tensor, sigma: float, draws: Generator) -> Tensor:
    """Answers of the net whose parameters are θ + σ ε."""
    moved = {
        name: p + sigma * torch.empty_like(p).normal_(generator=draws)
        for name, p in net.named_parameters()
    }
    return _tensor(functional_call(net, moved, (x,)))


def _tensor(answers: Any) -> Tensor:
    assert isinstance(answers, Tensor)
    return answers


KEYS = {"inputs": "input_noise", "units": "hidden_noise", "parameters": "parameter_noise"}
"""Kind -> entry and key of the `regularizer` group."""
DISTURBED: dict[str, Callable[[nn.Module, Tensor, float, Generator], Tensor]] = {
    "inputs": on_inputs,
    "units": on_units,
    "parameters": on_parameters,
}
