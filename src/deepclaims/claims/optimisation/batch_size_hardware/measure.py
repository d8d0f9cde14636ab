"""Wall time of a step and peak memory against the batch size, on the hardware at hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome

SECONDS, RATIO, NAME = "volatile_seconds", "volatile_ratio", "volatile_name"
"""Columns that differ from run to run and from machine to machine."""


SHORTEST = 1e-3  # seconds of work in one measurement, so that the clock's grain does not show


def steps(config: dict[str, Any], seed: int) -> Outcome:
    """Time one step of SGD on the CPU at many batch sizes, in rounds of shuffled order.

    The clock is wall time. Other programs only ever add to it, so that the least of all rounds is
    taken.

    Args:
        config: `threads`, `batches`, `rounds`, `width` of the hidden layer.
        seed: draws weights, inputs and the order of measurements.

    Returns:
        Tables `times` (`batch`, least seconds a step) and `device` (its name).
    """
    batches = config["batches"]
    with _threads(config["threads"]):
        run, random = _stepper(config["width"], max(batches), seed, "cpu"), _order(seed)
        rounds = [_round(run, batches, random) for _ in range(config["rounds"])]
    least = [min(each[b] for each in rounds) for b in batches]
    return Outcome({}, {}, {"times": pd.DataFrame({"batch": batches, SECONDS: least}),
                            "device": _device("cpu")})  # fmt: skip


def neighbours(config: dict[str, Any], seed: int) -> Outcome:
    """Compare the time of a step with that at the batch sizes beside it, in alternation.

    Wall time on one thread; on CUDA between synchronisations.

    Args:
        config: `device` (cpu or cuda), `powers` and `others` (batch sizes that are compared),
            `rounds`, `width`.
        seed: as in `steps`.

    Returns:
        `present`: 0 if there is no such device, and then nothing else. Tables: `contrasts`
        (`batch`, `power`, median over rounds of the step's time over the geometric mean of those
        of B − 1 and B + 1 in that round) and `device`.
    """
    if config["device"] == "cuda" and not torch.cuda.is_available():
        return Outcome({"present": 0.0})
    compared = [*config["powers"], *config["others"]]
    triples = [b + shift for b in compared for shift in (-1, 0, 1)]
    with _threads(1):
        run = _stepper(config["width"], max(triples), seed, config["device"])
        random = _order(seed)
        rounds = [_round(run, triples, random) for _ in range(config["rounds"])]
    contrasts = {
        "batch": compared,
        "power": [b in config["powers"] for b in compared],
        RATIO: [float(np.exp(np.median([_contrast(r, b) for r in rounds]))) for b in compared],
    }
    return Outcome({"present": 1.0}, {}, {"contrasts": pd.DataFrame(contrasts),
                                          "device": _device(config["device"])})  # fmt: skip


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """So many threads, and then as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _order(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 5])


def memory(config: dict[str, Any], seed: int) -> Outcome:
    """The largest number of bytes that a step holds at once, as torch's allocator counts them.

    Counted from before the batch is there, so that weights are not in it and their gradients are.

    Args:
        config: `batches`, `width`.
        seed: draws weights; the count does not depend on them.

    Returns:
        Table `memory`: `batch`, `bytes`.
    """
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler's own chatter
    peaks = [_peak(_net(config["width"], seed, "cpu"), batch) for batch in config["batches"]]
    return Outcome({}, {}, {"memory": pd.DataFrame({"batch": config["batches"], "bytes": peaks})})


def _peak(net: nn.Sequential, batch: int) -> int:
    """Running sum of what is allocated and freed during a step of SGD: its maximum."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with torch.autograd.profiler.profile(profile_memory=True) as profile:
        x, y = torch.zeros(batch, 784), torch.zeros(batch, dtype=torch.long)
        _step(net, optimizer, x, y)
    events = [e for e in profile.kineto_results.events() if e.name() == "[memory]"]
    changes = [e.nbytes() for e in sorted(events, key=lambda e: e.start_ns())]
    return int(np.cumsum(changes).max())


def _step(net: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(net(x), y).backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _net(width: int, seed: int, device: str) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))
    return net.to(device)


def _stepper(width: int, largest: int, seed: int, device: str) -> Callable[[int, int], float]:
    """A function (batch, repeats) -> seconds a step."""
    net = _net(width, seed, device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(largest, 784, generator=random).to(device)
    y = torch.randint(10, (largest,), generator=random).to(device)
    cuda = device == "cuda"

    def run(batch: int, repeats: int) -> float:
        mine, labels = x[:batch], y[:batch]
        if cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(repeats):
            _step(net, optimizer, mine, labels)
        if cuda:
            torch.cuda.synchronize()
        return (time.perf_counter() - start) / repeats

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


def _device(device: str) -> pd.DataFrame:
    from deepclaims.environment import device as named

    return pd.DataFrame({NAME: [named(1 if device == "cuda" else 0)]})
