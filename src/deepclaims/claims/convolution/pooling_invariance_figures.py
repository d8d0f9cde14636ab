"""What the page of `pooling-invariance` shows: errors of moved digits, and moved features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.convolution.pooling_invariance import POOLS, STRIDE, at, rise
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = ("shift", "rotation")


def errors_figure(results: Results, language: str) -> Figure:
    """Above the error of each net, below what pooling saves of its rise."""
    fig, axes = figure(2, 2, width=9.6, height=7.0, sharex="col")
    for column, kind in enumerate(KINDS):
        steps, _ = results.curve("moved", f"{kind}_error", where={"pool": STRIDE})
        for index, pool in enumerate((*POOLS, STRIDE)):
            errors = [100 * at(results, "moved", f"{kind}_error", pool, step) for step in steps]
            _draw(axes[0, column], steps, [mean_interval(each) for each in errors],
                  _name(pool, language), index)  # fmt: skip
        for index, pool in enumerate(POOLS):
            saved = [
                paired_difference(
                    rise(results, STRIDE, kind, step), rise(results, pool, kind, step)
                )
                for step in steps[1:]
            ]
            _draw(axes[1, column], steps[1:], saved, _name(pool, language), index)
        level_line(axes[1, column], 0.0)
        axes[0, column].set_ylim(bottom=0)
        axes[1, column].set_xticks(steps)
        axes[1, column].set_xlabel(_axis(kind, language))
    axes[0, 0].set_ylabel(say(language, "error de test (%)", "test error (%)"))
    axes[1, 0].set_ylabel(
        say(language, "aumento que ahorra (puntos)", "rise that it saves (points)")
    )
    axes[0, 0].legend()
    axes[1, 0].legend()
    titles = (
        ("dígitos corridos", "digits shifted"),
        ("dígitos girados", "digits turned"),
        ("pooling frente a stride, corridos", "pooling against stride, shifted"),
        ("pooling frente a stride, girados", "pooling against stride, turned"),
    )
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def features_figure(results: Results, language: str) -> Figure:
    """How far features move before any training."""
    fig, axes = figure(1, 2, width=9.6, height=4.0, sharey=True)
    for ax, kind in zip(axes, KINDS, strict=True):
        for index, pool in enumerate(results.axis("features", "pool")):
            steps, values = results.curve("features", f"{kind}_features", where={"pool": pool})
            found = [mean_interval(column) for column in np.transpose(values)]
            _draw(ax, steps, found, _name(pool, language), index)
        ax.set_xticks(steps)
        ax.set_xlabel(_axis(kind, language))
    axes[0].set_ylim(bottom=0)
    axes[0].set_ylabel(r"$\|\varphi(Tx) - \varphi(x)\| \,/\, \|\varphi(x)\|$")
    axes[0].legend()
    titles = (("corrimiento", "shift"), ("rotación", "rotation"))
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def _draw(ax: Axes, steps: np.ndarray, found: list[Estimate], label: str, index: int) -> None:
    measured(
        ax, steps, [one.value for one in found], [one.low for one in found],
        [one.high for one in found], label, COLOURS[index], marker=MARKERS[index], band=False,
    )  # fmt: skip


def _axis(kind: str, language: str) -> str:
    if kind == "shift":
        return say(language, "corrimiento (píxeles)", "shift (pixels)")
    return say(language, "rotación (grados)", "rotation (degrees)")


def _name(pool: str, language: str) -> str:
    names = {
        "max": ("max pooling", "max pooling"),
        "average": ("average pooling", "average pooling"),
        "stride": ("stride 2, sin pooling", "stride 2, no pooling"),
        "none": ("sin pooling ni stride", "neither pooling nor stride"),
    }
    return say(language, *names[pool])
