"""Success against lag, what an untrained cell keeps, and what tuning found."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

from deepclaims.claims.recurrence.lstm_remembers.judge import KINDS
from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import proportion_interval
from deepclaims.report.panel import Drawing, Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO
from deepclaims.training.adding_success import UNLEARNT

CHANCE = 1 / 4
BIASES = {"zero": 0.0, "open": 4.0}
"""b_f of the untrained cells that are looked at."""
NAMES = {
    "rnn": "RNN",
    "lstm": ("LSTM, compuertas a medio abrir", "LSTM, gates half open"),
    "lstm_open": ("LSTM, olvido abierto", "LSTM, forget gate open"),
}


def success(results: Results, drawing: Drawing) -> None:
    """Share of nets that succeed at each lag, by kind of net."""
    panel = drawing.panel(width=7.2)
    lags = results.axis("rnn", "lag")
    for index, kind in enumerate(KINDS):
        found = [proportion_interval(*counts(results, kind, lag=lag)) for lag in lags]
        shift = 1 + 0.025 * (index - 1)  # so that intervals at one lag stand side by side
        panel.measured([lag * shift for lag in lags], found, NAMES[kind], index)
    (quiet,) = results.axis("quiet", "lag")
    panel.measured(
        [quiet * 1.08], [proportion_interval(*counts(results, "quiet", lag=quiet))],
        ("RNN, ruido diez veces menor", "RNN, noise ten times weaker"),
        colour=OKABE_ITO["sky"], marker=MARKERS[3], linestyle="none",
    )  # fmt: skip
    panel.level(0.5)
    panel.axes(
        x=("distancia al símbolo (pasos)", "distance to the symbol (steps)"),
        y=("redes que aprenden (proporción)", "nets that learn (share)"),
        log="x",
        ylim=(-0.04, 1.04),
    )
    panel.ticks("x", lags)
    drawing.figure.legend(loc="outside lower center", ncols=2)


def adding(results: Results, drawing: Drawing) -> None:
    """What every net that reports errs on the adding problem, over its longest sequences."""
    panel = drawing.panel(width=7.2)
    far = max(results.axis("adding_rnn", "length"))
    for place, kind in enumerate(KINDS):
        tested = results.tuned(f"adding_{kind}", where={"length": far}).table("tested")
        across = place + np.linspace(-0.12, 0.12, len(tested))
        panel.points(across, tested["mse"].to_numpy(), None, place)
    panel.level(UNLEARNT)
    success = float(results.claim.part("adding_rnn").params["success"])
    panel.theory([-0.4, 2.4], [success, success])
    panel.axes(y=("error cuadrático medio", "mean square error"), log="y", xlim=(-0.4, 2.4))
    panel.ticks("x", range(len(KINDS)), [NAMES[kind] for kind in KINDS])


def cell(results: Results, drawing: Drawing) -> None:
    """What an untrained cell keeps over t steps, and what a constant gate would keep."""
    panel = drawing.panel(width=7.2)
    for series, gates in enumerate(results.axis("cell", "gates"), start=1):
        steps, left = results.curve("cell", "left", where={"gates": gates})
        bias = BIASES[gates]
        panel.over_seeds(steps, left, f"$b_f = {bias:g}$", series, linestyle="none")
        panel.theory(steps, steps * math.log10(expit(bias)),
                     rf"$t\,\log_{{10}}\sigma({bias:g})$", colour=COLOURS[series])  # fmt: skip
    panel.axes(
        x=("pasos t", "steps t"),
        y=r"$\log_{10}\, \|\partial c_t/\partial c_0\|_F / \sqrt{n}$",
    )
    panel.legend(loc="lower left")


def tuning(results: Results, drawing: Drawing) -> None:
    """Validation accuracy of every variant at the longest lag, a panel for each kind of net."""
    titles = [NAMES[kind] for kind in KINDS]
    panels = drawing.panels(1, len(KINDS), titles, height=4.4, sharey=True)
    far = max(results.axis("rnn", "lag"))
    for panel, kind in zip(panels, KINDS, strict=True):
        tuned = results.tuned(kind, where={"lag": far})
        for index, law in enumerate(results.axis(kind, "law")):
            tried = [value for value in tuned.choice.values if value["law"] == law]
            tried.sort(key=lambda value: value["rate"])
            mean = [tuned.score("accuracy", value).mean() for value in tried]
            rates = [value["rate"] for value in tried]
            panel.points(rates, mean, _law(law, panel), index, linestyle="-")
        panel.level(CHANCE)
        panel.axes(x=("tasa de Adam α", "Adam's rate α"), log="x", ylim=(0, 1.04))
        panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17))
    panels[0].axes(y=("exactitud en validación", "validation accuracy"))


def _law(law: str, panel: Panel) -> str:
    return {
        "one": "$b_f = 1$",
        "open": rf"$b_f = 4,\ b_i = {panel.number(-2.5, maths=True)}$",
        "chrono": panel.say(("Tallec y Ollivier", "Tallec & Ollivier")),
        "orthogonal": panel.say(("ortogonal", "orthogonal")),
        "identity": panel.say(("identidad", "identity")),
        "torch": "PyTorch",
    }[law]
