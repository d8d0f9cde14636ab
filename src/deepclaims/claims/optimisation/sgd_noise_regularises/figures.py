"""Error against B at equal steps and epochs; the rates; the diagonal net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepclaims.claims.optimisation.sgd_noise_regularises.judge import (
    BATCHES,
    DATA,
    MODES,
    diagonal_of,
    tuned,
)
from deepclaims.claims.optimisation.tuned_rates import Tuned
from deepclaims.claims.optimisation.tuned_rates_figures import columns, decimal_ticks, rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, ratio_interval
from deepclaims.report.panel import Drawing
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


def _label(batch: str, language: str) -> str:
    return say(language, "todo", "full") if batch == "full" else batch


def batches(results: Results, drawing: Drawing) -> Figure:
    """Test and training error against B, at the rate chosen for each (mean and 95 %."""
    language = drawing.language
    made, axes = figure(2, 2, sharey="row")
    for row, data in zip(axes, DATA, strict=True):
        for ax, mode in zip(row, MODES, strict=True):
            _errors_panel(ax, tuned(results, mode, data))
            ax.set_xticks(range(len(BATCHES)), [_label(batch, language) for batch in BATCHES])
        row[0].set_ylabel("error (%)")
    for ax in axes[-1]:
        ax.set_xlabel(say(language, "batch size B (muestras)", "batch size B (samples)"))
    axes[0, 0].legend()
    panel_titles(axes, _titles(language))
    return made


def _errors_panel(ax: Axes, nets: dict[str, Tuned]) -> None:
    """Test and training error, in percent, of each batch size at its rate."""
    for split, colour, marker in zip(("test", "train"), COLOURS, MARKERS, strict=False):
        found = [mean_interval(100 * net.reported(f"{split}_error")) for net in nets.values()]
        mean, low, high = columns(found)
        measured(ax, range(len(nets)), mean, low, high, split, colour, marker=marker)


def _titles(language: str) -> list[str]:
    modes = [
        say(language, "los mismos pasos", "equal steps"),
        say(language, "las mismas épocas", "equal epochs"),
    ]
    return [f"{data.upper()}, {mode}" for data in DATA for mode in modes]


def rates(results: Results, drawing: Drawing) -> Figure:
    """Test error against the rate, for each B."""
    language = drawing.language
    made, axes = figure(2, 2, sharex="row", sharey="row")
    for row, data, limits in zip(axes, DATA, ((10, 40), (27, 53)), strict=True):
        for ax, mode in zip(row, MODES, strict=True):
            nets = tuned(results, mode, data)
            named = {f"B = {_label(batch, language)}": net for batch, net in nets.items()}
            rates_panel(ax, named, "test_error", language, scale=100)
        row[0].set_ylim(*limits)
        row[0].set_ylabel(say(language, "error de test (%)", "test error (%)"))
    axes[0, 1].legend()
    panel_titles(axes, _titles(language))
    return made


def diagonal(results: Results, drawing: Drawing) -> Figure:
    """Estimation error relative to descent on all samples, paired over problems (geometric."""
    language = drawing.language
    made, ax = figure()
    batches = sorted(results.axis("diagonal", "batch"))
    names = {
        "net": say(language, "red diagonal w = u² − v²", "diagonal net w = u² − v²"),
        "linear": say(language, "modelo lineal (control)", "linear model (control)"),
    }
    looks = zip(names.items(), COLOURS, MARKERS, strict=False)
    for (arm, name), colour, marker in looks:
        base = diagonal_of(results, arm, max(batches))
        found = [ratio_interval(diagonal_of(results, arm, batch), base) for batch in batches]
        mean, low, high = columns(found)
        measured(ax, batches, mean, low, high, name, colour, marker=marker)
    level_line(ax, 1.0)
    decimal_ticks(ax.yaxis, language, log=False)
    ax.set(xscale="log")
    ax.set_xticks(batches, [str(batch) for batch in batches])
    ax.minorticks_off()
    ax.set_xlabel(say(language, "batch size B (todo: 40)", "batch size B (full: 40)"))
    ax.set_ylabel(say(language, "‖w − w*‖² respecto de B = 40", "‖w − w*‖² relative to B = 40"))
    ax.legend()
    return made
