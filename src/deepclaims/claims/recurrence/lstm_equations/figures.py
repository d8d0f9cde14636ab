"""Differences from torch, and gates set by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.recurrence.differences import draw_differences
from deepclaims.claims.results import Results
from deepclaims.report.panel import BESIDE, Drawing, Panel
from deepclaims.report.style import COLOURS, OKABE_ITO

JOINED: dict[str, Any] = {"marker": "o", "markersize": 3, "linestyle": "-"}
"""Look of what changes with time."""


def differences(results: Results, drawing: Drawing) -> None:
    """Every net's differences from torch, by the length of the sequence."""
    panel = drawing.panel(width=7.6, height=4.6)
    shown = (
        ("swapped_difference", "f ↔ i (control)"),
        ("sigmoid_difference", ("c̃ con sigmoide (control)", "c̃ by sigmoid (control)")),
        ("difference_single", ("h, precisión simple", "h, single precision")),
        ("gradient_difference", ("gradientes, doble", "gradients, double")),
        ("difference", ("h y c, doble", "h and c, double")),
    )
    draw_differences(drawing, {panel: {}}, results, shown)


def gates(results: Results, drawing: Drawing) -> None:
    """Inputs, gates, memory and state over time; the memory with half-open gates beside it."""
    titles = (
        ("entrada: señal, y cuándo escribir y leer", "input: signal, and when to write and read"),
        ("compuertas: 0 cierra, 1 deja pasar", "gates: 0 shuts, 1 lets pass"),
        ("celda de memoria", "memory cell"),
        ("estado: la memoria, sólo cuando se la lee", "state: the memory, only when it is read"),
    )
    panels = drawing.panels(4, 1, titles, width=9.6, height=8.0, sharex=True)
    inputs, opened, memory, state = panels
    table = results.tables["latch"]
    table = table[table["seed"] == table["seed"].min()]
    by_k = {
        k: table[np.isclose(table["sharpness"].astype(float), k)].sort_values("t")
        for k in sorted(results.axis("latch", "sharpness"), reverse=True)
    }
    sharp = by_k[max(by_k)]
    _inputs(inputs, sharp)
    for gate, colour, shift in zip("fio", COLOURS, (1.3, 0.0, -1.3), strict=False):
        opened.ax.step(sharp["t"], sharp[gate] + shift, where="mid", color=colour)
        opened.ax.text(len(sharp) - 0.2, 0.4 + shift, gate, color=colour, fontweight="bold")
    opened.ticks("y", [-1.3, -0.3, 0, 1, 1.3, 2.3], ["0", "1"] * 3)
    half_open = ("compuertas a medio abrir (k = 0)", "gates half open (k = 0)")
    for index, (k, rows) in enumerate(by_k.items()):
        label = half_open if k == 0 else f"k = {k:g}"
        memory.points(rows["t"], rows["memory"], label, index, **JOINED)
    memory.axes(y=r"$c_t$")
    state.ax.plot(sharp["t"], sharp["h"], color=COLOURS[0], label=state.say(("a mano", "by hand")))
    state.points(sharp["t"], sharp["torch"], "torch", marker="x", color=OKABE_ITO["black"])
    state.axes(x=("instante t", "instant t"), y=r"$h_t$")
    for panel in (inputs, memory, state):
        panel.legend(**BESIDE)


def _inputs(panel: Panel, rows: pd.DataFrame) -> None:
    panel.points(rows["t"], np.tanh(rows["signal"].to_numpy()), r"$\tilde{c}_t = \tanh(x_t)$",
                 color=OKABE_ITO["grey"], **JOINED)  # fmt: skip
    cues = (
        ("write", OKABE_ITO["vermilion"], ("escribir", "write")),
        ("read", OKABE_ITO["green"], ("leer", "read")),
    )
    for cue, colour, label in cues:
        for number, t in enumerate(rows["t"][rows[cue] > 0]):
            shown = None if number else panel.say(label)
            panel.ax.axvline(t, color=colour, linewidth=1.4, label=shown)
