"""How many times Adam's a rival's test loss is, against how rarely hidden units are active."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.evidence.verdict import Measured
from deepclaims.report.panel import columns
from deepclaims.report.style import COLOURS, MARKERS, figure, measured, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHOOSERS = 4
"""Seeds that choose the rate, not reported; half of them where there are fewer than eight."""


@dataclass(frozen=True)
class Chosen:
    """A method at the rate that its tuning seeds chose on validation images.

    Args:
        results: of the claim.
        part: `relu`, `layer`, `leaky` or `short`.
        method: how its nets were trained.
        share: of the images on which a unit is active at the start.
    """

    results: Results
    part: str
    method: str
    share: float

    @property
    def number(self) -> int:
        """Which rate of the grid, from 0."""
        return int(self._curve("validation")[: self._choosers].mean(axis=0).argmin())

    @property
    def on_the_edge(self) -> bool:
        """Whether it is the grid's first or last."""
        return self.number in (0, self._curve("validation").shape[1] - 1)

    def reported(self, metric: str) -> np.ndarray:
        """`test` or `active` of the other seeds, (seeds − choosers,)."""
        return self._curve(metric)[self._choosers :, self.number]

    @property
    def _choosers(self) -> int:
        return min(CHOOSERS, len(self._curve("test")) // 2)

    def _curve(self, metric: str) -> np.ndarray:
        where = {"method": self.method, "share": self.share}
        return self.results.curve(self.part, metric, where=where)[1]


def shares(results: Results, part: str = "relu") -> list[float]:
    """Shares of the part, from dense to sparse."""
    return sorted(results.axis(part, "share"), reverse=True)


def gains(results: Results, part: str, share: float) -> np.ndarray:
    """Test loss of the part's rival of Adam over Adam's, of every reporting seed."""
    rival, home = ("layer", "relu") if part == "layer" else ("momentum", part)
    mine = Chosen(results, home, "adam", share).reported("test")
    return np.asarray(Chosen(results, part, rival, share).reported("test") / mine)


def hidden_estimates(results: Results) -> dict[str, Measured]:
    """The checks on hidden units; all but `units_stay_sparse` are ratios of test losses."""
    dense, *_, sparse = shares(results)
    at_sparse = gains(results, "relu", sparse)
    active = [
        Chosen(results, "relu", name, sparse).reported("active") for name in ("momentum", "adam")
    ]
    return {
        "gain_with_sparse_units": ratio_interval(at_sparse),
        "gain_grows_when_sparser": ratio_interval(at_sparse, gains(results, "relu", dense)),
        "not_only_harder": ratio_interval(at_sparse, gains(results, "short", dense)),
        "not_when_units_leak": ratio_interval(
            gains(results, "leaky", sparse), gains(results, "leaky", dense)
        ),
        "units_stay_sparse": [mean_interval(each) for each in active],
    }


def hidden_edges(results: Results) -> list[float]:
    """1 for each choice of a rate that is the grid's first or last, else 0."""
    return [
        float(Chosen(results, part.name, name, share).on_the_edge)
        for part in results.claim.parts
        if part.task == "hidden"
        for share in shares(results, part.name)
        for name in part.grid["method"]
    ]


def draw_hidden(results: Results, language: str) -> Figure:
    """Test loss of each method, and gains, against the share of active units."""
    made, axes = figure(1, 2)
    _draw_losses(axes[0], results, language)
    _draw_gains(axes[1], results, language)
    for ax in axes:
        _share_axis(ax, shares(results), language)
    panel_titles(
        axes,
        [say(language, "pérdida, unidades ReLU", "loss, ReLU units"),
         say(language, "ventaja de Adam", "Adam's advantage")],
    )  # fmt: skip
    return made


def _draw_losses(ax: Axes, results: Results, language: str) -> None:
    series = (
        ("relu", "momentum", say(language, "SGD con momento", "SGD with momentum")),
        ("layer", "layer", say(language, "Adam, una tasa por capa", "Adam, one rate per layer")),
        ("relu", "adam", "Adam"),
    )
    for number, (part, method, label) in enumerate(series):
        levels = shares(results, part)
        chosen = [Chosen(results, part, method, share) for share in levels]
        found = [ratio_interval(each.reported("test")) for each in chosen]
        _line(ax, levels, found, label, number, shift=number - 1)
    ax.set(yscale="log")
    ticks = (0.2, 0.3, 0.5, 1.0, 2.0)
    ax.set_ylim(0.25, 2.0)
    _plain_ticks(ax, ticks, language)
    ax.set_ylabel(say(language, "entropía cruzada de test (nats)", "test cross-entropy (nats)"))
    ax.legend()


def _draw_gains(ax: Axes, results: Results, language: str) -> None:
    series = (
        ("relu", say(language, "SGD con momento, ReLU", "SGD with momentum, ReLU")),
        (
            "layer",
            say(language, "Adam con una tasa por capa, ReLU", "Adam, one rate per layer, ReLU"),
        ),
        (
            "leaky",
            say(language, "control: SGD con momento, leaky", "control: SGD, momentum, leaky"),
        ),
        (
            "short",
            say(language, "SGD con momento, ReLU, 25 pasos", "SGD, momentum, ReLU, 25 steps"),
        ),
    )
    for number, (part, label) in enumerate(series):
        levels = shares(results, part)
        found = [ratio_interval(gains(results, part, share)) for share in levels]
        _line(ax, levels, found, label, number, shift=number - 1.5)
    ends = [shares(results)[0] * 1.4, shares(results)[-1] / 1.4]
    theory(ax, ends, 1.0, say(language, "igual que Adam", "as Adam"))
    ax.set(yscale="log", ylim=(0.85, 2.2))
    _plain_ticks(ax, (0.9, 1.0, 1.2, 1.5, 2.0), language)
    ax.set_ylabel(say(language, "pérdida / la de Adam", "loss / Adam's"))
    ax.legend(loc="upper left")


def _line(
    ax: Axes, levels: list[float], found: list[Estimate], label: str, number: int, shift: float
) -> None:
    """A line over the shares, moved a little aside so that intervals do not cover each other."""
    value, low, high = columns(found)
    across = np.array(levels) * 1.04**shift
    measured(ax, across, value, low, high, label, COLOURS[number], marker=MARKERS[number])


def _share_axis(ax: Axes, levels: list[float], language: str) -> None:
    ax.set(xscale="log", xlim=(levels[0] * 1.4, levels[-1] / 1.4))
    ax.minorticks_off()
    ax.set_xticks(levels, [f"{100 * level:g}" for level in levels])
    ax.set_xlabel(
        say(language, "imágenes en que una unidad está activa al inicio (%)",
            "images on which a unit is active at the start (%)")
    )  # fmt: skip


def _plain_ticks(ax: Axes, ticks: tuple[float, ...], language: str) -> None:
    ax.set_yticks(ticks, [f"{each:g}".replace(".", say(language, ",", ".")) for each in ticks])
    ax.minorticks_off()
