"""Time a step, memory, and powers of two against their neighbours."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.batch_size_hardware.judge import sizes, times
from deepclaims.claims.optimisation.batch_size_hardware.measure import NAME, RATIO
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS

PROPORTIONAL = ("proporcional a B", "proportional to B")


def hardware(results: Results, drawing: Drawing) -> None:
    """Time a step, memory, and powers of two against their neighbours."""
    titles = (
        ("un paso", "one step"),
        ("activaciones guardadas", "activations kept"),
        ("potencias de 2 y otros", "powers of 2 and others"),
    )
    step, memory, powers = drawing.panels(1, 3, titles)
    _step(step, results)
    _memory(memory, results)
    _powers(powers, results)
    for panel in (step, memory, powers):
        panel.axes(x=("batchsize B (muestras)", "batch size B (samples)"), log="x")
        panel.legend()
    powers.ticks("x", sorted(results.tables["contrasts"]["batch"].unique()), rotation=60, size=8)
    names = sorted(results.tables["device"][NAME].unique())
    drawing.figure.suptitle(", ".join(names), fontsize=9)


def _step(panel: Panel, results: Results) -> None:
    for series, device in enumerate(_devices(results)):
        seconds = times(results, device)
        panel.over_seeds(sizes(seconds), seconds.to_numpy(), device.upper(), series, scale=1e3)
    seconds = times(results, "cpu")
    batches = np.array(sizes(seconds))
    largest = batches[-1]
    panel.theory(batches, 1e3 * seconds[largest].mean() * batches / largest, PROPORTIONAL)
    panel.axes(y=("tiempo por paso (ms)", "time per step (ms)"), log="y")


def _memory(panel: Panel, results: Results) -> None:
    used = results.tables["memory"]
    used = used[used["seed"] == used["seed"].min()]
    batches, mebibytes = used["batch"].to_numpy(), used["bytes"].to_numpy() / 2**20
    panel.ax.plot(batches, mebibytes, "o", color=COLOURS[0])
    panel.theory(batches, mebibytes[-1] * batches / batches[-1], PROPORTIONAL)
    panel.axes(y=("memoria (MiB)", "memory (MiB)"), log="y")


def _powers(panel: Panel, results: Results) -> None:
    table = results.tables["contrasts"]
    for series, device in enumerate(_devices(results)):
        own = table[table["device"] == device]
        ratios = own.pivot_table(index="seed", columns="batch", values=RATIO)
        panel.over_seeds(sizes(ratios), ratios.to_numpy(), device.upper(), series, linestyle="none")
    panel.theory([20, 800], 1.0, ("como sus vecinos", "as its neighbours"))
    panel.axes(y=("tiempo(B) / tiempo(B ± 1)", "time(B) / time(B ± 1)"), ylim=(0.85, 1.15))


def _devices(results: Results) -> list[str]:
    """The devices that were there, the CPU first."""
    found: list[str] = sorted(results.tables["times"]["device"].unique())
    return found
