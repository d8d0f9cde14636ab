"""Time of a step and memory against the batch size, on the hardware at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome

SECONDS, RATIO, NAME = "volatile_seconds", "volatile_ratio", "volatile_name"
"""Columns that differ from run to run and from machine to machine."""


SHORTEST = 2e-3  # seconds of work in one measurement, so that the clock's grain does not show


def steps(config: dict[str, Any], seed: int) -> Outcome:
    """Time one step of SGD at many batch sizes, in rounds of shuffled order.

    On a CPU the clock is the process's own time, which other programs do not add to; on CUDA it is
    wall time between synchronisations.

    Args:
        config: `device` (cpu or cuda), `batches`, `powers` and `others` (batch sizes whose time is
            compared with that of their neighbours), `rounds`, `paired` (rounds of the comparison),
            `width` of the hidden layer.
        seed: draws weights, inputs and the order of measurements.

    Returns:
        `present`: 0 if there is no such device, and then nothing else. Tables: `times` (`batch`,
        median seconds a step), `contrasts` (`batch`, `power`, median over rounds of the step's
        time over the geometric mean of those of B − 1 and B + 1), `device` (its name).
    """
    if config["device"] == "cuda" and not torch.cuda.is_available():
        return Outcome({"present": 0.0})
    run = _stepper(config, seed)
    random = np.random.default_rng([seed, 5])
    rounds = [_round(run, config["batches"], random) for _ in range(config["rounds"])]
    times = [float(np.median([each[b] for each in rounds])) for b in config["batches"]]
    compared = [*config["powers"], *config["others"]]
    triples = [b + shift for b in compared for shift in (-1, 0, 1)]
    logs = [_round(run, triples, random) for _ in range(config["paired"])]
    contrasts = [
        float(np.exp(np.median([_contrast(each, batch) for each in logs]))) for batch in compared
    ]
    return Outcome(
        {"present": 1.0},
        {},
        {
            "times": pd.DataFrame({"batch": config["batches"], SECONDS: times}),
            "contrasts": pd.DataFrame(
                {
                    "batch": compared,
                    "power": [b in config["powers"] for b in compared],
                    RATIO: contrasts,
                }
            ),
            "device": pd.DataFrame({NAME: [_name(config["device"])]}),
        },
    )


def memory(config: dict[str, Any], seed: int) -> Outcome:
    """Count the bytes that the forward pass keeps for the backward pass.

    Args:
        config: `batches`, `width`.
        seed: draws weights and inputs; the count does not depend on them.

    Returns:
        Table `memory`: `batch`, `bytes`.
    """
    net = _net(config["width"], seed, "cpu")
    counts = []
    for batch in config["batches"]:
        kept: dict[int, int] = {}

        def keep(tensor: Tensor, kept: dict[int, int] = kept) -> Tensor:
            kept[tensor.untyped_storage().data_ptr()] = tensor.numel() * tensor.element_size()
            return tensor

        x, y = torch.zeros(batch, 784), torch.zeros(batch, dtype=torch.long)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            loss = F.cross_entropy(net(x), y)
        weights = {p.untyped_storage().data_ptr() for p in net.parameters()}
        counts.append(sum(size for place, size in kept.items() if place not in weights))
        del loss
    return Outcome({}, {}, {"memory": pd.DataFrame({"batch": config["batches"], "bytes": counts})})


def _net(width: int, seed: int, device: str) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))
    return net.to(device)


def _stepper(config: dict[str, Any], seed: int) -> Callable[[int, int], float]:
    """A function (batch, repeats) -> seconds a step."""
    device = config["device"]
    net = _net(config["width"], seed, device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    largest = max(*config["batches"], *config["powers"], *config["others"]) + 1
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(largest, 784, generator=random).to(device)
    y = torch.randint(10, (largest,), generator=random).to(device)
    cuda = device == "cuda"
    clock = time.perf_counter if cuda else time.process_time

    def run(batch: int, repeats: int) -> float:
        mine, labels = x[:batch], y[:batch]
        if cuda:
            torch.cuda.synchronize()
        start = clock()
        for _ in range(repeats):
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(net(mine), labels).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        if cuda:
            torch.cuda.synchronize()
        return (clock() - start) / repeats

    return run


def _round(
    run: Callable[[int, int], float], batches: list[int], random: np.random.Generator
) -> dict[int, float]:
    """Seconds a step at each batch size, measured once each, in an order of its own."""
    found = {}
    for batch in random.permutation(batches).tolist():
        once = max(run(batch, 1), 1e-7)  # also warms the caches up
        found[batch] = max(run(batch, max(1, round(SHORTEST / once))), 1e-9)
    return found


def _contrast(seconds: dict[int, float], batch: int) -> float:
    beside = (np.log(seconds[batch - 1]) + np.log(seconds[batch + 1])) / 2
    return float(np.log(seconds[batch]) - beside)


def _name(device: str) -> str:
    from deepclaims.environment import device as named

    return named(1 if device == "cuda" else 0)
