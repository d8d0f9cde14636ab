"""What the page of `init-schemes` shows: sampled laws, depth, and which nets train."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.init_schemes import CHANCE, TRAINED, losses
from deepclaims.claims.signals.printed_laws import PRINTED_LAWS, relu_factor
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.style import (
    OKABE_ITO,
    THEORY,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {
    "he": ("He", "He"),
    "he_truncated": ("He truncada", "truncated He"),
    "he_truncated_corrected": ("He trunc. corregida", "truncated, corrected"),
    "lecun": ("LeCun", "LeCun"),
    "glorot": ("Glorot normal", "Glorot normal"),
    "glorot_uniform": ("Glorot uniforme", "Glorot uniform"),
    "normal": ("N(0, 1)", "N(0, 1)"),
}
COLOURS = {
    "he": OKABE_ITO["blue"],
    "he_truncated": OKABE_ITO["green"],
    "he_truncated_corrected": OKABE_ITO["sky"],
    "lecun": OKABE_ITO["orange"],
    "glorot": OKABE_ITO["vermilion"],
    "glorot_uniform": OKABE_ITO["purple"],
    "normal": OKABE_ITO["black"],
}
MARKERS = dict(zip(NAMES, ("o", "D", "d", "s", "^", "v", "X"), strict=True))

PANELS = (
    ("relu", "", "ReLU, SGD", "ReLU, SGD"),
    ("others", "leaky_relu", "Leaky ReLU, SGD", "Leaky ReLU, SGD"),
    ("tanh", "", "tanh, SGD", "tanh, SGD"),
    ("others", "sigmoid", "sigmoide, SGD", "sigmoid, SGD"),
    ("adam", "", "ReLU, Adam", "ReLU, Adam"),
)


def name(scheme: str, language: str) -> str:
    """What people call a scheme."""
    return say(language, *NAMES[scheme])


def laws_figure(results: Results, language: str) -> Figure:
    """Densities of the sampled weights over the printed laws."""
    fig, axes = figure(1, 3, sharey=True, width=11.5, height=3.6)
    groups = (
        ("he", "lecun", "glorot", "normal"),
        ("glorot_uniform",),
        ("he_truncated", "he_truncated_corrected"),
    )
    x = np.linspace(-3.6, 3.6, 1441)
    table = results.tables["histogram"]
    for ax, schemes in zip(axes, groups, strict=True):
        for turn, scheme in enumerate(schemes):
            rows = table[table["scheme"] == scheme]
            _histogram(ax, rows, scheme, language, turn, len(schemes))
        for scheme in schemes if len(schemes) == 2 else schemes[:1]:
            colour = {"colour": COLOURS[scheme]} if len(schemes) == 2 else {}
            theory(ax, x, PRINTED_LAWS[scheme].shape.pdf(x), _law_label(scheme, language), **colour)
        ax.set_xlim(-3.6, 3.6)
        ax.set_ylim(0, 0.62)
        ax.set_xlabel(
            say(language, "peso / desvío estándar impreso", "weight / printed standard deviation")
        )
        ax.legend(loc="upper left", handlelength=2.2, labelspacing=0.3)
    axes[0].set_ylabel(say(language, "densidad", "density"))
    panel_titles(
        axes,
        [
            say(language, "normales", "normal laws"),
            say(language, "uniforme", "uniform"),
            say(language, "truncadas en ±2 desvíos", "truncated at ±2 standard deviations"),
        ],
    )
    return fig


def _law_label(scheme: str, language: str) -> str:
    kept = _number(PRINTED_LAWS[scheme].shape.var(), language)
    return say(language, f"ley; varianza {kept}", f"law; variance {kept}")


def _histogram(
    ax: Axes, rows: Any, scheme: str, language: str, turn: int = 0, turns: int = 1
) -> None:
    """Mean density over seeds with its interval, in every second bin.

    Schemes that share a curve take turns, bin by bin: none hides another.
    """
    wide = rows.pivot_table(index="seed", columns="x", values="density")
    across = wide.columns.to_numpy()
    half = (across[1] - across[0]) / 2
    # A bin across the end of a support averages over the step: no point of the density.
    whole = np.abs(np.abs(across) - PRINTED_LAWS[scheme].bound) > half - 1e-9
    keep = np.flatnonzero(whole)[turn :: max(2, turns)]
    found = [mean_interval(wide[x]) for x in across[keep]]
    measured(
        ax,
        across[keep],
        [e.value for e in found],
        [e.low for e in found],
        [e.high for e in found],
        name(scheme, language),
        COLOURS[scheme],
        marker=MARKERS[scheme],
        band=False,
        linestyle="none",
    )


def depth_figure(results: Results, language: str) -> Figure:
    """Above, the second moment through untrained nets; below, what training makes of the depth."""
    fig, (above, below) = figure(2, 1, sharex=True, width=7.6, height=7.2)
    _signals(above, results, language)
    for scheme in results.axis("depth", "init"):
        depths = results.axis("depth", "model.depth")
        found = [
            mean_interval(
                results.values("depth", "train_loss", where={"init": scheme, "model.depth": depth})
                / CHANCE
            )
            for depth in depths
        ]
        measured(
            below,
            depths,
            [e.value for e in found],
            [e.low for e in found],
            [e.high for e in found],
            name(scheme, language),
            COLOURS[scheme],
            marker=MARKERS[scheme],
            band=False,
        )
    _thresholds(below, language)
    below.set_ylim(0, 1.12)
    below.set_xlabel(say(language, "capas ocultas", "hidden layers"))
    below.set_ylabel(say(language, "pérdida de train / ln 10", "training loss / ln 10"))
    below.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    panel_titles(
        [above, below],
        [
            say(language, "la señal antes de entrenar", "the signal before training"),
            say(language, "lo que aprende SGD", "what SGD learns"),
        ],
    )
    return fig


def _signals(ax: Axes, results: Results, language: str) -> None:
    width = next(part for part in results.claim.parts if part.name == "signal").params["width"]
    for scheme in results.axis("signal", "scheme"):
        layers, curves = results.curve("signal", "second_moment", where={"scheme": scheme})
        found = [mean_interval(column) for column in curves.T]
        factor = relu_factor(scheme, width)
        measured(
            ax,
            layers,
            [e.value for e in found],
            [max(e.low, 1e-30) for e in found],  # a logarithmic axis has no place for less
            [e.high for e in found],
            f"{name(scheme, language)} (×{_number(factor, language)})",
            COLOURS[scheme],
            band=True,
        )
        theory(ax, layers, factor ** (layers - 1.0))
    ax.plot([], [], linestyle=(0, (5, 2.5)), linewidth=1.5, color=THEORY, label=r"$(d\,v/2)^{l-1}$")
    ax.set_yscale("log")
    ax.set_ylim(1e-10, 1e10)
    ax.set_ylabel(r"$E[z_l^2]\;/\;E[z_1^2]$")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _number(x: float, language: str) -> str:
    text = f"{x:.3g}"
    return text.replace(".", ",") if language == "es" else text


def _thresholds(ax: Axes, language: str) -> None:
    level_line(ax, 1.0, say(language, "azar: ln 10", "chance: ln 10"), OKABE_ITO["grey"])
    level_line(ax, TRAINED, say(language, "umbral: 0,75 ln 10", "threshold: 0.75 ln 10"), THEORY)


def schemes_figure(results: Results, language: str) -> Figure:
    """Training loss of every scheme, a panel for each activation and optimiser."""
    fig, axes = figure(1, len(PANELS), sharey=True, sharex=True, width=12.0, height=3.9)
    order = [scheme for scheme in NAMES if scheme in results.axis("relu", "init")]
    for ax, (part, activation, spanish, english) in zip(axes, PANELS, strict=True):
        for height, scheme in enumerate(reversed(order)):
            found = panel_losses(results, part, activation, scheme)
            if found is not None:
                _row(ax, height, found, scheme, language)
        ax.axvline(1.0, linestyle=":", linewidth=1.3, color=OKABE_ITO["grey"], zorder=1)
        ax.axvline(TRAINED, linestyle=":", linewidth=1.3, color=THEORY, zorder=1)
        ax.set_xlim(0, 1.45)
        ax.set_xticks([0, 0.5, 1.0])
        ax.set_ylim(-0.6, len(order) - 0.4)
        ax.set_title(say(language, spanish, english))
    axes[0].set_yticks(range(len(order)), [name(scheme, language) for scheme in reversed(order)])
    fig.supxlabel(
        say(
            language,
            "pérdida de train / ln 10  (líneas punteadas: umbral 0,75 y azar 1)",
            "training loss / ln 10  (dotted lines: threshold 0.75 and chance 1)",
        ),
        fontsize="medium",
    )
    return fig


def panel_losses(results: Results, part: str, activation: str, scheme: str) -> np.ndarray | None:
    """Losses over `CHANCE` that a panel shows, one per seed; None if the part lacks the scheme."""
    if scheme not in results.axis(part, "init"):
        return None
    if activation:
        if activation not in results.axis(part, "model.activation"):
            return None
        where = {"init": scheme, "model.activation": activation}
        return results.values(part, "train_loss", where=where) / CHANCE
    return losses(results, part, scheme)


def _row(ax: Axes, height: int, found: np.ndarray, scheme: str, language: str) -> None:
    """One scheme's seeds, their mean with its interval, and how many trained."""
    trained = int((found < TRAINED).sum())
    ax.text(1.43, height, f"{trained}/{found.size}", ha="right", va="center", fontsize="small")
    seen = found[np.isfinite(found)]
    if seen.size < found.size:
        ax.text(
            0.05, height, say(language, "diverge (NaN)", "diverges (NaN)"), va="center",
            fontsize="small", color=COLOURS[scheme],
        )  # fmt: skip
        return
    beyond = np.minimum(seen, 1.18)  # far losses are drawn at the edge, as arrows
    ax.plot(
        beyond, np.full(seen.size, height), "o", color=COLOURS[scheme], alpha=0.35, markersize=4
    )
    mean = mean_interval(seen)
    if mean.value > 1.18:
        ax.plot(1.18, height, ">", color=COLOURS[scheme], markersize=7)
        return
    reach = [[mean.value - mean.low], [mean.high - mean.value]] if np.isfinite(mean.low) else None
    ax.errorbar(
        mean.value, height, xerr=reach, marker=MARKERS[scheme], color=COLOURS[scheme], markersize=7
    )
