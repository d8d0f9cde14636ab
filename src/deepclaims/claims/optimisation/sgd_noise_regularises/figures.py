"""Error against B at equal steps and epochs; the rates; the diagonal net."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.sgd_noise_regularises.judge import (
    BATCHES,
    DATA,
    MODES,
    diagonal_of,
    tuned,
)
from deepclaims.claims.optimisation.tuning_panels import rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing

LABELS = {**dict(zip(BATCHES, BATCHES, strict=True)), "full": ("todo", "full")}
CASES = [(data, mode) for data in DATA for mode in MODES]
"""What the panels of a figure show, from left to right and from top to bottom."""
SAME = {
    "steps": ("los mismos pasos", "equal steps"),
    "epochs": ("las mismas épocas", "equal epochs"),
}
TITLES = [tuple(f"{data.upper()}, {text}" for text in SAME[mode]) for data, mode in CASES]


def batches(results: Results, drawing: Drawing) -> None:
    """Test and training error against B, at the rate chosen for each."""
    panels = drawing.panels(2, 2, TITLES, sharey="row")
    for panel, (data, mode) in zip(panels, CASES, strict=True):
        nets = tuned(results, mode, data).values()
        for series, split in enumerate(("test", "train")):
            found = [mean_interval(100 * net.reported(f"{split}_error")) for net in nets]
            panel.measured(range(len(found)), found, split, series)
        panel.ax.set_xticks(range(len(BATCHES)), [panel.say(LABELS[each]) for each in BATCHES])
    for panel in panels[::2]:
        panel.axes(y="error (%)")
    for panel in panels[2:]:
        panel.axes(x=("batch size B (muestras)", "batch size B (samples)"))
    panels[0].legend()


def rates(results: Results, drawing: Drawing) -> None:
    """Validation error of the choosing seeds against the rate, for each B."""
    panels = drawing.panels(2, 2, TITLES, sharex="row", sharey="row")
    for panel, (data, mode) in zip(panels, CASES, strict=True):
        nets = tuned(results, mode, data)
        rates_panel(panel, [(f"B = {panel.say(LABELS[b])}", nets[b]) for b in BATCHES], scale=100)
    for panel, limits in zip(panels[::2], ((10, 40), (25, 53)), strict=True):
        panel.axes(y=("error de validación (%)", "validation error (%)"), ylim=limits)
    panels[1].legend()


def diagonal(results: Results, drawing: Drawing) -> None:
    """Estimation error relative to descent on all samples, paired over problems."""
    panel = drawing.panel()
    sizes = sorted(results.axis("diagonal", "batch"))
    names = {
        "net": ("red diagonal w = u² − v²", "diagonal net w = u² − v²"),
        "linear": ("modelo lineal (control)", "linear model (control)"),
    }
    for series, (arm, name) in enumerate(names.items()):
        base = diagonal_of(results, arm, max(sizes))
        ratios = [diagonal_of(results, arm, size) / base for size in sizes]
        kept = [each[np.isfinite(each)] for each in ratios]
        found = [ratio_interval(each) for each in kept]
        panel.measured(sizes, found, name, series)
        for size, each, own, all_ in zip(sizes, found, kept, ratios, strict=True):
            if own.size < all_.size:
                panel.ax.annotate(f"  {own.size}/{all_.size}", (size, each.value))
    panel.level(1.0)
    panel.axes(
        x=("batch size B (todo: 40)", "batch size B (full: 40)"),
        y=("‖w − w*‖² respecto de B = 40", "‖w − w*‖² relative to B = 40"),
        log="x", decimal="y",
    )  # fmt: skip
    panel.ax.set_xticks(sizes, [str(size) for size in sizes])
    panel.ax.minorticks_off()
    panel.legend()
