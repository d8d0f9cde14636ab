"""Time a step, memory, and powers of two against their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.optimisation.batch_size_hardware.judge import sizes, times
from deepclaims.claims.optimisation.batch_size_hardware.measure import NAME, RATIO
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _drawn(
    ax: Any, x: list[int], values: np.ndarray, label: str, colour: str, marker: str, **line: Any
) -> None:
    found = [mean_interval(column) for column in values.T]
    centre, low, high = ([getattr(e, end) for e in found] for end in ("value", "low", "high"))
    measured(ax, x, centre, low, high, label, colour, marker=marker, **line)


def hardware(results: Results, drawing: Drawing) -> Figure:
    """Time a step, memory, and powers of two against their neighbours."""
    language = drawing.language
    made, axes = figure(1, 3)
    table = results.tables["times"]
    devices = [d for d in ("cpu", "cuda") if (table["device"] == d).any()]
    for series, device in enumerate(devices):
        seconds = times(results, device)
        style = {"marker": MARKERS[series], "colour": COLOURS[series], "label": device.upper()}
        _drawn(axes[0], sizes(seconds), 1e3 * seconds.to_numpy(), **style)
        contrasts = results.tables["contrasts"]
        own = contrasts[contrasts["device"] == device].pivot_table(
            index="seed", columns="batch", values=RATIO
        )
        _drawn(axes[2], sizes(own), own.to_numpy(), linestyle="none", **style)
    cpu = times(results, "cpu")
    across = np.array(sizes(cpu), dtype=float)
    proportional = 1e3 * cpu[int(across[-1])].mean() * across / across[-1]
    theory(axes[0], across, proportional, say(language, "proporcional a B", "proportional to B"))
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
    return made
