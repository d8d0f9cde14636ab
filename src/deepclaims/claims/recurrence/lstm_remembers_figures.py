"""What the page of `lstm-remembers` shows: success against lag, and what tuning found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepclaims.claims.recurrence.lstm_remembers import BIASES, CUES, LAWS, counts
from deepclaims.claims.recurrence.memory_cell import constant_gate
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval, proportion_interval
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    OKABE_ITO,
    figure,
    level_line,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def success_figure(results: Results, language: str) -> Figure:
    """Share of nets that succeed at each lag, by kind of net."""
    made, ax = figure(width=7.2)
    lags = results.axis("recall", "lag")
    for index, kind in enumerate(results.axis("recall", "kind")):
        found = [proportion_interval(*counts(results, kind, lag)) for lag in lags]
        shift = 1 + 0.025 * (index - 1)  # so that intervals at one lag stand side by side
        measured(
            ax,
            [lag * shift for lag in lags],
            [each.value for each in found],
            [each.low for each in found],
            [each.high for each in found],
            _name(kind, language),
            COLOURS[index],
            marker=MARKERS[index],
        )
    (quiet,) = results.axis("quiet", "lag")
    weak = proportion_interval(*counts(results, "rnn", quiet, "quiet"))
    measured(
        ax, [quiet * 1.08], [weak.value], [weak.low], [weak.high],
        say(language, "RNN, ruido diez veces menor", "RNN, noise ten times weaker"),
        OKABE_ITO["sky"], marker=MARKERS[3], linestyle="none",
    )  # fmt: skip
    level_line(ax, 0.5)
    ax.set(xscale="log", ylim=(-0.04, 1.04))
    ax.set_xticks(lags, [str(lag) for lag in lags])
    ax.minorticks_off()
    ax.set_xlabel(say(language, "distancia al símbolo (pasos)", "distance to the symbol (steps)"))
    ax.set_ylabel(say(language, "redes que aprenden (proporción)", "nets that learn (share)"))
    made.legend(loc="outside lower center", ncols=2)
    return made


def cell_figure(results: Results, language: str) -> Figure:
    """What an untrained cell keeps over t steps, and what a constant gate would keep."""
    made, ax = figure(width=7.2)
    for index, gates in enumerate(results.axis("cell", "gates")):
        steps, left = results.curve("cell", "left", where={"gates": gates})
        found = [mean_interval(column) for column in left.T]
        bias = BIASES[gates]
        measured(
            ax, steps, [each.value for each in found], [each.low for each in found],
            [each.high for each in found], f"$b_f = {bias:g}$", COLOURS[index + 1],
            marker=MARKERS[index + 1], linestyle="none",
        )  # fmt: skip
        theory(
            ax, steps, constant_gate(bias, list(steps)),
            rf"$t\,\log_{{10}}\sigma({bias:g})$", COLOURS[index + 1],
        )  # fmt: skip
    ax.set_xlabel(say(language, "pasos t", "steps t"))
    ax.set_ylabel(r"$\log_{10}\, \|\partial c_t/\partial c_0\|_F / \sqrt{n}$")
    ax.legend(loc="lower left")
    return made


def tuning_figure(results: Results, language: str) -> Figure:
    """Validation accuracy of every variant at the longest lag, a panel for each kind of net."""
    kinds = results.axis("recall", "kind")
    made, axes = figure(1, len(kinds), height=4.4, sharey=True)
    table = results.tables["tuning"]
    far = table[(table["part"] == "recall") & (table["lag"] == max(results.axis("recall", "lag")))]
    for ax, kind in zip(axes, kinds, strict=True):
        for index, law in enumerate(LAWS[kind]):
            rows = far[(far["kind"] == kind) & (far["law"] == law)]
            mean = rows.groupby("rate")["accuracy"].mean()
            measured(
                ax, list(mean.index), list(mean), None, None,
                _law(kind, law, language), COLOURS[index], marker=MARKERS[index],
            )  # fmt: skip
        level_line(ax, 1 / CUES)
        ax.set(xscale="log", ylim=(0, 1.04))
        ax.set_xlabel(say(language, "tasa de Adam α", "Adam's rate α"))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17))
    axes[0].set_ylabel(say(language, "exactitud en validación", "validation accuracy"))
    panel_titles(axes, [_name(kind, language) for kind in kinds])
    return made


def _name(kind: str, language: str) -> str:
    return {
        "rnn": "RNN",
        "lstm": say(language, "LSTM, compuertas a medio abrir", "LSTM, gates half open"),
        "lstm_open": say(language, "LSTM, olvido abierto", "LSTM, forget gate open"),
    }[kind]


def _law(kind: str, law: str, language: str) -> str:
    if kind == "lstm_open":
        comma = say(language, "{,}", ".")
        return {
            "one": "$b_f = 1$",
            "open": rf"$b_f = 4,\ b_i = -2{comma}5$",
            "chrono": say(language, "Tallec y Ollivier", "Tallec & Ollivier"),
        }[law]
    return {
        "orthogonal": say(language, "ortogonal", "orthogonal"),
        "identity": say(language, "identidad", "identity"),
        "torch": "PyTorch",
    }[law]
