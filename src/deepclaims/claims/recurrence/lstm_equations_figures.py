"""What the page of `lstm-equations` shows: differences from torch, and gates set by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.recurrence.rnn_equations import scatter_over_steps
from deepclaims.claims.results import Results
from deepclaims.report.style import COLOURS, OKABE_ITO, figure, level_line, panel_titles, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def differences_figure(results: Results, language: str) -> Figure:
    """Every net's differences from torch, by the length of the sequence."""
    fig, ax = figure(width=7.6, height=4.6)
    shown = (
        ("swapped_difference", "f ↔ i (control)"),
        ("sigmoid_difference", say(language, "c̃ con sigmoide (control)", "c̃ by sigmoid (control)")),
        ("difference_single", say(language, "h, precisión simple", "h, single precision")),
        ("gradient_difference", say(language, "gradientes, doble", "gradients, double")),
        ("difference", say(language, "h y c, doble", "h and c, double")),
    )  # fmt: skip
    for index, (metric, label) in enumerate(shown):
        scatter_over_steps(ax, results, metric, label, index, {})
    level_line(ax, results.claim.checks["gradients"]["bound"])
    ax.set_xlabel(say(language, "pasos T de la secuencia", "steps T of the sequence"))
    ax.set_ylabel(say(language, "diferencia relativa con torch", "relative difference from torch"))
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


def gates_figure(results: Results, language: str) -> Figure:
    """Inputs, gates, memory and state over time; the memory with half-open gates beside it."""
    fig, axes = figure(4, 1, width=9.6, height=8.0, sharex=True)
    table = results.tables["latch"]
    table = table[table["seed"] == table["seed"].min()]
    by_k = {
        k: table[np.isclose(table["sharpness"].astype(float), k)].sort_values("t")
        for k in results.axis("latch", "sharpness")
    }
    sharp = by_k[max(by_k)]
    _inputs(axes[0], sharp, language)
    for gate, colour, shift in zip("fio", COLOURS, (1.3, 0.0, -1.3), strict=False):
        axes[1].step(sharp["t"], sharp[gate] + shift, where="mid", color=colour)
        axes[1].text(len(sharp) - 0.2, 0.4 + shift, gate, color=colour, fontweight="bold")
    axes[1].set_yticks([-1.3, -0.3, 0, 1, 1.3, 2.3], ["0", "1"] * 3)
    for index, (k, rows) in enumerate(sorted(by_k.items(), reverse=True)):
        axes[2].plot(rows["t"], rows["memory"], "o-", color=COLOURS[index], markersize=3,
                     label=_sharpness(k, language))  # fmt: skip
    axes[2].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[2].set_ylabel(r"$c_t$")
    axes[3].plot(sharp["t"], sharp["h"], color=COLOURS[0], label=say(language, "a mano", "by hand"))
    axes[3].plot(sharp["t"], sharp["torch"], "x", color=OKABE_ITO["black"], label="torch")
    axes[3].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[3].set_ylabel(r"$h_t$")
    axes[3].set_xlabel(say(language, "instante t", "instant t"))
    titles = (
        ("entrada: señal, y cuándo escribir y leer", "input: signal, and when to write and read"),
        ("compuertas: 0 cierra, 1 deja pasar", "gates: 0 shuts, 1 lets pass"),
        ("celda de memoria", "memory cell"),
        ("estado: la memoria, sólo cuando se la lee", "state: the memory, only when it is read"),
    )  # fmt: skip
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def _inputs(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    ax.plot(rows["t"], np.tanh(rows["signal"].to_numpy()), "o-", color=OKABE_ITO["grey"],
            markersize=3, label=r"$\tilde{c}_t = \tanh(x_t)$")  # fmt: skip
    cues = (
        ("write", OKABE_ITO["vermilion"], say(language, "escribir", "write")),
        ("read", OKABE_ITO["green"], say(language, "leer", "read")),
    )
    for cue, colour, label in cues:
        for number, t in enumerate(rows["t"][rows[cue] > 0]):
            ax.axvline(t, color=colour, linewidth=1.4, label=None if number else label)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _sharpness(k: float, language: str) -> str:
    if k == 0:
        return say(language, "compuertas a medio abrir (k = 0)", "gates half open (k = 0)")
    return f"k = {k:g}"
