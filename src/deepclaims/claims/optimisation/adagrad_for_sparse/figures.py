"""Gains of AdaGrad over each rival; divergence at every α; gains with sparse hidden units."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.adagrad_for_sparse.judge import (
    gains as hidden_gains,
)
from deepclaims.claims.optimisation.adagrad_for_sparse.judge import reported, shares, times
from deepclaims.claims.optimisation.tuning_panels import rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import ratio_interval
from deepclaims.report.panel import Drawing, Panel, Text

METHODS: dict[str, Text] = {
    "sgd": ("SGD, α fija", "SGD, fixed α"),
    "sgd_decay": "SGD, α/√t",
    "one_rate": ("AdaGrad, una sola tasa", "AdaGrad, one rate for all"),
    "adagrad": "AdaGrad",
}


def gains(results: Results, drawing: Drawing) -> None:
    """Each method's divergence over AdaGrad's, paired over seeds."""
    panel = drawing.panel(width=8.0)
    *rivals, _ = METHODS
    shown = (
        ("sparse", "divergence", ("features raras", "rare features")),
        ("sparse", "rare",
         ("sólo entradas con dos o más raras", "only inputs with two or more rare")),
        ("dense", "divergence", ("control: features densas", "control: dense")),
    )  # fmt: skip
    for series, (features, metric, label) in enumerate(shown):
        found = [ratio_interval(times(results, features, rival, metric)) for rival in rivals]
        across = [place + 0.15 * (series - 1) for place in range(len(rivals))]
        panel.measured(across, found, label, series, linestyle="none")
    panel.theory([-0.5, 2.5], [1.0, 1.0], ("igual que AdaGrad", "as AdaGrad"))
    panel.ax.set_xticks(range(len(rivals)), [panel.say(METHODS[rival]) for rival in rivals])
    panel.axes(
        y=("divergencia / la de AdaGrad", "divergence / AdaGrad's"),
        log="y", decimal="y", xlim=(-0.5, 2.5), ylim=(0.8, 3.0),
    )  # fmt: skip
    panel.legend()


def rates(results: Results, drawing: Drawing) -> None:
    """Divergence of the choosing seeds against α."""
    titles = {"sparse": ("features raras", "rare features"), "dense": ("densas", "dense")}
    panels = drawing.panels(1, 2, [*titles.values()])
    for panel, features in zip(panels, titles, strict=True):
        tuned = [
            (name, results.tuned("regression", where={"features": features, "method": method}))
            for method, name in METHODS.items()
        ]
        rates_panel(panel, tuned, mean=ratio_interval)
        panel.axes(y=("divergencia KL (nats)", "KL divergence (nats)"), log="y")
    panels[0].legend()


def hidden(results: Results, drawing: Drawing) -> None:
    """Hidden units ever sparser to the right: test loss of each method, and Adam's gains."""
    losses, gains = drawing.panels(
        1, 2, [("pérdida, unidades ReLU", "loss, ReLU units"),
               ("ventaja de Adam", "Adam's advantage")],
    )  # fmt: skip
    _draw_losses(losses, results)
    _draw_gains(gains, results)
    for panel in (losses, gains):
        levels = shares(results)
        panel.axes(
            x=("imágenes en que una unidad está activa al inicio (%)",
               "images on which a unit is active at the start (%)"),
            log="x", xlim=(levels[0] * 1.4, levels[-1] / 1.4),
        )  # fmt: skip
        panel.ax.set_xticks(levels, [f"{100 * level:g}" for level in levels])
        panel.ax.minorticks_off()


def _draw_losses(panel: Panel, results: Results) -> None:
    series: tuple[tuple[str, str, Text], ...] = (
        ("relu", "momentum", ("SGD con momento", "SGD with momentum")),
        ("layer", "layer", ("Adam, una tasa por capa", "Adam, one rate per layer")),
        ("relu", "adam", "Adam"),
    )
    for number, (part, method, label) in enumerate(series):
        levels = shares(results, part)
        found = [ratio_interval(reported(results, part, method, share)) for share in levels]
        _line(panel, levels, found, label, number, shift=number - 1)
    panel.axes(
        y=("entropía cruzada de test (nats)", "test cross-entropy (nats)"),
        log="y", decimal="y", ylim=(0.25, 2.0),
    )  # fmt: skip
    panel.legend()


def _draw_gains(panel: Panel, results: Results) -> None:
    series = {
        "relu": ("SGD con momento, ReLU", "SGD with momentum, ReLU"),
        "layer": ("Adam con una tasa por capa, ReLU", "Adam, one rate per layer, ReLU"),
        "leaky": ("control: SGD con momento, leaky", "control: SGD, momentum, leaky"),
        "short": ("SGD con momento, ReLU, 25 pasos", "SGD, momentum, ReLU, 25 steps"),
    }
    for number, (part, label) in enumerate(series.items()):
        levels = shares(results, part)
        found = [ratio_interval(hidden_gains(results, part, share)) for share in levels]
        _line(panel, levels, found, label, number, shift=number - 1.5)
    ends = [shares(results)[0] * 1.4, shares(results)[-1] / 1.4]
    panel.theory(ends, [1.0, 1.0], ("igual que Adam", "as Adam"))
    panel.axes(y=("pérdida / la de Adam", "loss / Adam's"), log="y", decimal="y", ylim=(0.85, 2.2))
    panel.legend(loc="upper left")


def _line(
    panel: Panel, levels: list[float], found: list[Estimate], label: Text, number: int, shift: float
) -> None:
    """A line over the shares, moved a little aside so that intervals do not cover each other."""
    panel.measured(np.array(levels) * 1.04**shift, found, label, number)
