"""How often LSTMs with one function or another in place of tanh learn two tasks of memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.memory_problems import recall
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.stacked_recurrent import answer, draw_gated, inputs_of
from deepclaims.training.adding_success import CHANNELS, NUMBERS, adding_success
from deepclaims.training.stack import Weights
from deepclaims.training.success_rate import Kind, success_rate

CUES = 4
FUNCTIONS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType({
    "tanh": torch.tanh,
    "softsign": F.softsign,
    "relu": torch.relu,
    "square": torch.square,
})  # fmt: skip
"""In place of tanh, of the candidate and of the cell's output alike."""


def learn(config: dict[str, Any], seed: int) -> Outcome:
    """Tune LSTMs with one function for one task, or count how many fresh ones learn it.

    Args:
        config: `function`, a name of `FUNCTIONS`; `problem` (recall: the symbol seen at the start;
            adding); `lag` in steps; `noise` of recall; `width`; and what `success_rate` and
            `adding_success` take, with `success` for each problem. Without `variants` there is
            one, of `law` and `rate`.
        seed: of everything.
    """
    problem, lag = str(config["problem"]), int(config["lag"])
    only = [{"law": config.get("law"), "rate": config.get("rate")}]
    own = {"variants": only, **config, "length": lag, "success": config["success"][problem]}
    width, net = int(config["width"]), partial(answer_with, FUNCTIONS[config["function"]])
    if problem == "adding":
        return adding_success(_kind(net, (CHANNELS, width, NUMBERS), lag), own, seed)
    draws = partial(recall, lag=lag, noise=float(config["noise"]), cues=CUES)
    return success_rate(_kind(net, (CUES + 1, width, CUES), lag), draws, own, seed)


def answer_with(g: Callable[[Tensor], Tensor], weights: Weights, x: Tensor) -> Tensor:
    """What LSTMs answer whose tanh is `g`: (R, steps, n, d) -> (R, n, k)."""
    w = weights["w_hh"]
    width = w.shape[1]
    h = c = x.new_zeros(x.shape[0], x.shape[2], width)
    for z in inputs_of(weights, x):
        gates = torch.baddbmm(z, h, w)
        f, i, o = gates[..., : 3 * width].sigmoid().chunk(3, dim=-1)
        c = f * c + i * g(gates[..., 3 * width :])
        h = o * g(c)
    return answer(weights, h)


def _kind(net: Callable[[Weights, Tensor], Tensor], sizes: tuple[int, int, int], lag: int) -> Kind:
    return Kind(net, lambda law, n, random: draw_gated(law, n, sizes, lag, random))
