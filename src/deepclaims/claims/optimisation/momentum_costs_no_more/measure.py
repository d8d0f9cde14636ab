"""Operations counted, and CPU time, of training steps with momentum and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.optim import rules
from deepclaims.optim.rules import State

RATIO = "volatile_ratio"
"""A column that differs from run to run and from machine to machine."""
RULES = ("sgd", "momentum")
CLASSES, ALPHA = 10, 0.01
A_NUMBER = 3
"""Operations that each number of momentum's update counts: m + (1 − β)(g − m) has three."""

Step = Callable[[], object]


class Written(TorchDispatchMode):
    """Counts the numbers written by operations that torch's counter of products does not know."""

    def __init__(self, products: FlopCounterMode) -> None:
        super().__init__()
        self.products, self.numbers = products, 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run it, and count what it writes."""
        out = func(*args, **(kwargs or {}))
        if func._overloadpacket not in self.products.flop_registry and not func.is_view:
            written = out if out is not None else args[0]  # _foreach_add_ and its like give nothing
            self.numbers += sum(x.numel() for x in tree_leaves(written) if isinstance(x, Tensor))
        return out


def work(config: dict[str, Any], seed: int) -> Outcome:
    """What a step computes, with momentum and without.

    Args:
        config: `nets`, by name `inputs` (the shape of a sample) and `model`; `batches`; `beta1`.
        seed: of weights and samples; the count does not depend on it.

    Returns:
        Table `work`: `net`, `batch` (those of `batches`, twice each, and 1), `products` (operations
        of SGD's products of matrices and convolutions, as torch counts them), `sgd` and `momentum`
        (numbers that all other routines write), `kept` (numbers that momentum keeps, a parameter).
        Metric `nets`.
    """
    rows: list[tuple[str, int, int, int, int, float]] = []
    sizes = sorted({1, *config["batches"], *(2 * each for each in config["batches"])})
    for name, net in config["nets"].items():
        for batch in sizes:
            made = {rule: Training(net, rule, config["beta1"], batch, seed) for rule in RULES}
            (products, plain), (_, averaged) = (counted(made[rule]) for rule in RULES)
            rows.append((name, batch, products, plain, averaged, made["momentum"].kept()))
    columns = ["net", "batch", "products", *RULES, "kept"]
    return Outcome({"nets": len(config["nets"])}, {}, {"work": pd.DataFrame(rows, columns=columns)})


def clock(config: dict[str, Any], seed: int) -> Outcome:
    """CPU time of a step with momentum over that without, in rounds of shuffled order.

    Args:
        config: as in `work`; `rounds`.
        seed: of weights, samples and order.

    Returns:
        Table `clock`: `net`, `batch` and the median over rounds of the ratio.
    """
    random = np.random.default_rng([seed, 3])
    rows = []
    for name, net in config["nets"].items():
        for batch in config["batches"]:
            made = {rule: Training(net, rule, config["beta1"], batch, seed) for rule in RULES}
            ratios = [_round(made, random) for _ in range(config["rounds"])]
            rows.append((name, batch, float(np.median(ratios))))
    return Outcome({}, {}, {"clock": pd.DataFrame(rows, columns=["net", "batch", RATIO])})


class Training:
    """A net, its batch and its update rule; called, it makes one step.

    Args:
        net: `inputs` and `model`.
        rule: sgd or momentum, deck 1's with the average m.
        beta1: β₁ of momentum.
        batch: B.
        seed: of weights and samples.
    """

    def __init__(
        self, net: Mapping[str, Any], rule: str, beta1: float, batch: int, seed: int
    ) -> None:
        generator = torch.Generator().manual_seed(seed)
        shape = tuple(net["inputs"])
        reads = Interface((shape,), CLASSES)
        self.model = build_model(net["model"], {"name": "he"}, reads, UnitNoise(), generator)
        self.x = torch.randn(batch, *shape, generator=generator)
        self.y = torch.randint(CLASSES, (batch,), generator=generator)
        self.theta = list(self.model.parameters())
        self.state: State = {}
        self.rule = {
            "sgd": partial(rules.sgd, alpha=ALPHA),
            "momentum": partial(rules.momentum, alpha=ALPHA, beta1=beta1, form="average"),
        }[rule]
        self()  # the first step makes what the rule keeps

    def __call__(self) -> None:
        """Forwards, backwards, update."""
        loss = F.cross_entropy(self.model(self.x), self.y)
        self.rule(self.theta, torch.autograd.grad(loss, self.theta), self.state, 1)

    def kept(self) -> float:
        """Numbers that the rule keeps from step to step, a parameter."""
        own = sum(x.numel() for each in self.state.values() for x in each)
        return own / sum(x.numel() for x in self.theta)


def counted(step: Step) -> tuple[int, int]:
    """Operations of matrix products and convolutions; numbers that all other routines write."""
    with FlopCounterMode(display=False) as products, Written(products) as others:
        step()
    return int(products.get_total_flops()), others.numbers


def _round(steps: Mapping[str, Step], random: np.random.Generator) -> float:
    taken = {name: _seconds(steps[name]) for name in random.permutation(sorted(steps)).tolist()}
    return taken["momentum"] / taken["sgd"]


def _seconds(step: Step, repeats: int = 3) -> float:
    step()  # whoever was timed before has left its own numbers in the cache
    start = time.process_time()
    for _ in range(repeats):
        step()
    return max((time.process_time() - start) / repeats, 1e-9)
