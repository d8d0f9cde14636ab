"""Wall time, peak memory, and powers of two against their neighbours."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.batch_size_hardware.judge import (
    devices,
    knees,
    sizes,
    times,
)
from deepclaims.claims.optimisation.batch_size_hardware.measure import NAME, RATIO
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS

PROPORTIONAL = ("proporcional a B", "proportional to B")


def hardware(results: Results, drawing: Drawing) -> None:
    """Time a step, time a sample, peak memory, powers of two against their neighbours."""
    titles = (
        ("un paso", "one step"),
        ("por muestra", "per sample"),
        ("pico de memoria", "peak memory"),
        ("potencias de 2 y otros", "powers of 2 and others"),
    )
    step, sample, memory, powers = panels = drawing.panels(2, 2, titles)
    _times(step, results, each=False)
    _times(sample, results, each=True)
    _memory(memory, results)
    _powers(powers, results)
    for panel in panels:
        panel.axes(x=("batchsize B (muestras)", "batch size B (samples)"), log="x")
        panel.legend()
    powers.ticks("x", sorted(results.tables["contrasts"]["batch"].unique()), rotation=60, size=8)
    names = sorted(results.tables["device"][NAME].unique())
    drawing.figure.suptitle(", ".join(names), fontsize=9)


def _times(panel: Panel, results: Results, *, each: bool) -> None:
    """Least wall time over B; a triangle marks the knee of each."""
    for series, n in enumerate(results.axis("steps", "threads")):
        label = (f"CPU, {n} hilo{'s' * (n > 1)}", f"CPU, {n} thread{'s' * (n > 1)}")
        seconds = times(results, n)
        batches = np.array(sizes(seconds))
        values = seconds.to_numpy() / (batches if each else 1)
        panel.over_seeds(batches, values, label, series, scale=1e3)
        if not each:
            knee = ratio_interval(knees(seconds))
            level = 1e3 * np.exp(np.interp(np.log(knee.value), np.log(batches),
                                           np.log(values).mean(0)))  # fmt: skip
            panel.ax.plot(knee.value, level, "v", color=COLOURS[series], markersize=11)
    panel.axes(
        y=("tiempo por muestra (ms)", "time per sample (ms)") if each
        else ("tiempo por paso (ms)", "time per step (ms)"),
        log="y",
    )  # fmt: skip


def _memory(panel: Panel, results: Results) -> None:
    used = results.tables["memory"]
    used = used[used["seed"] == used["seed"].min()]
    batches, mebibytes = used["batch"].to_numpy(), used["bytes"].to_numpy() / 2**20
    panel.ax.plot(batches, mebibytes, "o", color=COLOURS[0])
    panel.theory(batches, mebibytes[-1] * batches / batches[-1], PROPORTIONAL)
    panel.axes(y=("memoria (MiB)", "memory (MiB)"), log="y")


def _powers(panel: Panel, results: Results) -> None:
    names: dict[str, Text] = {"cpu": ("CPU, 1 hilo", "CPU, 1 thread"), "cuda": "GPU"}
    for series, device in enumerate(devices(results)):
        table = results.table("contrasts", "neighbours", where={"device": device})
        ratios = table.pivot_table(index="seed", columns="batch", values=RATIO)
        panel.over_seeds(sizes(ratios), ratios.to_numpy(), names[device], series, linestyle="none")
    panel.theory([20, 400], 1.0, ("como sus vecinos", "as its neighbours"))
    panel.axes(y=("tiempo(B) / tiempo(B ± 1)", "time(B) / time(B ± 1)"), ylim=(0.8, 1.2))
