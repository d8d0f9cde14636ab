"""Time of a step and memory against the batch size, on the hardware at hand.

L1 "Sobre el batchsize"; Goodfellow, Bengio & Courville, Deep Learning, chapter 8.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import mean_interval, ratio_interval, slope_interval
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    from deepclaims.sweep.environment import device as named

    return named(1 if device == "cuda" else 0)


def judge(results: Results) -> dict[str, Estimate]:
    """Judged on the CPU, which every machine has: ratios, slopes and contrasts, a value a seed."""
    seconds = _times(results, "cpu")
    batches = _sizes(seconds)
    small, large = min(batches), max(batches)
    few = min((b for b in batches if b >= 4 * small), default=large)
    wide = [b for b in batches if b >= large / 8]
    rows = seconds[wide]
    used = results.tables["memory"]
    used = used[(used["batch"] >= large / 8) & (used["seed"] == used["seed"].min())]
    slope = np.polyfit(np.log(used["batch"]), np.log(used["bytes"]), 1)[0]
    powers = _contrasts(results, "cpu", power=True)
    return {
        "flat_below_minimum": ratio_interval(seconds[few].to_numpy(), seconds[small].to_numpy()),
        "memory_scales": exact(float(slope), n=len(used)),
        "powers_of_two": ratio_interval(powers),
        "no_gain_from_powers": ratio_interval(powers),
        "grows_above_it": slope_interval(
            np.tile(np.log(np.asarray(wide, dtype=float)), len(rows)),
            np.log(rows.to_numpy()).ravel(),
            np.repeat(np.arange(len(rows)), len(wide)),
        ),
        "other_sizes": ratio_interval(_contrasts(results, "cpu", power=False)),
    }


def _times(results: Results, device: str) -> pd.DataFrame:
    """Seconds a step, a row for each seed and a column for each batch size."""
    table = results.tables["times"]
    own = table[table["device"] == device]
    return own.pivot_table(index="seed", columns="batch", values=SECONDS)


def _sizes(table: pd.DataFrame) -> list[int]:
    return [int(b) for b in table.columns.to_numpy()]


def _contrasts(results: Results, device: str, power: bool) -> np.ndarray:
    """Geometric mean of the ratios over batch sizes, one value a seed."""
    table = results.tables["contrasts"]
    own = table[(table["device"] == device) & (table["power"] == power)]
    return np.asarray(np.exp(np.log(own[RATIO]).groupby(own["seed"]).mean()))


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Time a step, memory, and powers of two against their neighbours."""
    made, axes = figure(1, 3)
    table = results.tables["times"]
    devices = [d for d in ("cpu", "cuda") if (table["device"] == d).any()]
    for series, device in enumerate(devices):
        seconds = _times(results, device)
        style = {"marker": MARKERS[series], "colour": COLOURS[series], "label": device.upper()}
        _drawn(axes[0], _sizes(seconds), 1e3 * seconds.to_numpy(), **style)
        contrasts = results.tables["contrasts"]
        own = contrasts[contrasts["device"] == device].pivot_table(
            index="seed", columns="batch", values=RATIO
        )
        _drawn(axes[2], _sizes(own), own.to_numpy(), linestyle="none", **style)
    cpu = _times(results, "cpu")
    sizes = np.array(_sizes(cpu), dtype=float)
    proportional = 1e3 * cpu[int(sizes[-1])].mean() * sizes / sizes[-1]
    theory(axes[0], sizes, proportional, say(language, "proporcional a B", "proportional to B"))
    used = results.tables["memory"]
    used = used[used["seed"] == used["seed"].min()]
    axes[1].plot(used["batch"], used["bytes"] / 2**20, MARKERS[0], color=COLOURS[0])
    line = used["bytes"].iloc[-1] * used["batch"] / used["batch"].iloc[-1] / 2**20
    theory(axes[1], used["batch"], line, say(language, "proporcional a B", "proportional to B"))
    theory(axes[2], [20, 800], 1.0, say(language, "como sus vecinos", "as its neighbours"))
    for ax in axes:
        ax.set(
            xscale="log", xlabel=say(language, "batchsize B (muestras)", "batch size B (samples)")
        )
        ax.legend()
    axes[0].set(yscale="log", ylabel=say(language, "tiempo por paso (ms)", "time per step (ms)"))
    axes[1].set(yscale="log", ylabel=say(language, "memoria (MiB)", "memory (MiB)"))
    axes[2].set_ylabel(say(language, "tiempo(B) / tiempo(B ± 1)", "time(B) / time(B ± 1)"))
    axes[2].set_ylim(0.85, 1.15)
    sizes_shown = sorted(results.tables["contrasts"]["batch"].unique())
    axes[2].set_xticks(sizes_shown, [str(b) for b in sizes_shown], rotation=60, fontsize=8)
    axes[2].minorticks_off()
    panel_titles(
        axes,
        [
            say(language, "un paso", "one step"),
            say(language, "activaciones guardadas", "activations kept"),
            say(language, "potencias de 2 y otros", "powers of 2 and others"),
        ],
    )
    made.suptitle(", ".join(sorted(results.tables["device"][NAME].unique())), fontsize=9)
    return {"hardware": made}


def _drawn(
    ax: Any, x: list[int], values: np.ndarray, label: str, colour: str, marker: str, **line: Any
) -> None:
    found = [mean_interval(column) for column in values.T]
    centre, low, high = ([getattr(e, end) for e in found] for end in ("value", "low", "high"))
    measured(ax, x, centre, low, high, label, colour, marker=marker, **line)
