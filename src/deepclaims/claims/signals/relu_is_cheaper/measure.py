"""CPU time of activation functions, timed by turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.environment import device
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.activations import ACTIVATIONS, Activation

RATIO, SECONDS, NAME = "volatile_ratio", "volatile_seconds", "volatile_name"
"""Columns that differ from run to run and from machine to machine."""

AGAINST = "sigmoid"
"""What the slide compares with ReLU."""
AGAIN = "relu_again"
"""ReLU once more under another name: what the timing makes of no difference."""
FUNCTIONS: Mapping[str, str] = {
    "relu": "relu", AGAIN: "relu", "sigmoid": "sigmoid", "tanh": "tanh",
}  # fmt: skip
SHORTEST = 2e-4
"""Seconds of work of the fastest in one measurement, so that the clock's grain does not show."""

Work = Callable[[], object]


def times(config: dict[str, Any], seed: int) -> Outcome:
    """Process time of each function on the same numbers, in rounds of shuffled order.

    Args:
        config: `sizes`, how many numbers; `rounds` of each work; `net`: `batch`, `width` and
            `depth` of a dense net of which a whole training step is timed.
        seed: draws the numbers and the order.

    Returns:
        Table `times`: for each `work` (`forward`, `both` ways, a `step` of the net), `size` and
        `function` the median over rounds of the seconds, and of the seconds over the sigmoid's of
        the same round, and `relu`'s over `relu_again`'s in the latter's row. Table `device`.
        Metric `largest_ratio`, of the forward times over sizes.
    """
    generator = torch.Generator().manual_seed(seed)
    random = np.random.default_rng([seed, 7])
    rows = []
    for size in config["sizes"]:
        x, out = torch.empty(2, int(size)).normal_(generator=generator)
        works = {
            "forward": {name: _forward(g, x) for name, g in FUNCTIONS.items()},
            "both": {name: _both(g, x, out) for name, g in FUNCTIONS.items()},
        }
        for work, each in works.items():
            rows += _race(work, int(size), each, config["rounds"][work], random)
    net = config["net"]
    steps = {name: _step(g, net, seed) for name, g in FUNCTIONS.items()}
    numbers = net["batch"] * net["width"] * net["depth"]
    rows += _race("step", numbers, steps, config["rounds"]["step"], random)
    columns = ["work", "size", "function", SECONDS, RATIO]
    table = pd.DataFrame(rows, columns=columns)
    relu = table[(table["work"] == "forward") & (table["function"] == "relu")]
    tables = {"times": table, "device": pd.DataFrame({NAME: [device(0)]})}
    return Outcome({"largest_ratio": float(relu[RATIO].max())}, {}, tables)


def _forward(name: str, x: Tensor) -> Work:
    g = ACTIVATIONS[name]
    return lambda: g(x)


def _both(name: str, x: Tensor, out: Tensor) -> Work:
    g = ACTIVATIONS[name]

    def work() -> None:
        z = x.detach().requires_grad_()
        torch.autograd.grad(g(z), z, out)

    return work


def _step(name: str, net: Mapping[str, int], seed: int) -> Work:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for _ in range(net["depth"]):
            layers += [nn.Linear(net["width"], net["width"]), Activation(name)]
        model = nn.Sequential(*layers, nn.Linear(net["width"], 10))
        x, y = torch.randn(net["batch"], net["width"]), torch.randint(10, (net["batch"],))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def work() -> None:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return work


def _race(
    name: str, size: int, works: Mapping[str, Work], rounds: int, random: np.random.Generator
) -> list[tuple[Any, ...]]:
    """Rows of the table: each function once a round, in an order of its own."""
    found: list[dict[str, float]] = []
    fastest = min(_seconds(work, 3) for work in works.values())
    repeats = max(1, round(SHORTEST / fastest))  # the same for all: who repeats more is warmer
    for _ in range(rounds):
        order = random.permutation(sorted(works)).tolist()
        found.append({each: _seconds(works[each], repeats) for each in order})
    table = pd.DataFrame(found)
    logs = np.log(table)
    base = {each: "relu" if each == AGAIN else AGAINST for each in works}
    return [
        (name, size, each, float(table[each].median()),
         float(np.exp((logs[each] - logs[base[each]]).median())))
        for each in works
    ]  # fmt: skip


def _seconds(work: Work, repeats: int) -> float:
    work()  # whoever was timed before has left its own numbers in the cache
    start = time.process_time()
    for _ in range(repeats):
        work()
    return max((time.process_time() - start) / repeats, 1e-9)
