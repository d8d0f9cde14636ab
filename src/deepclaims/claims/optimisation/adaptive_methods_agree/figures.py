"""Error against the rate, training at the chosen one, and differences from Adam."""

from __future__ import annotations

from deepclaims.claims.optimisation.adaptive_methods_agree.judge import (
    PROBLEMS,
    TARGET,
    behind,
    tuned,
)
from deepclaims.claims.optimisation.tuning_panels import LR, loss_band, rates_panel
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing

NAMES = {"adagrad": "AdaGrad", "rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}
TITLES = ("MNIST", "ECG")


def rates(results: Results, drawing: Drawing) -> None:
    """Validation error of the choosing seeds against the rate."""
    mnist, ecg = drawing.panels(1, 2, TITLES)
    for panel, problem in zip((mnist, ecg), PROBLEMS, strict=True):
        methods = tuned(results, problem)
        rates_panel(panel, [(NAMES[name], each) for name, each in methods.items()], scale=100)
        panel.axes(y=("error de validación (%)", "validation error (%)"))
    mnist.axes(ylim=(5, 20))
    mnist.legend()


def training(results: Results, drawing: Drawing) -> None:
    """Training loss along the training, at the chosen rate."""
    for panel, problem in zip(drawing.panels(1, 2, TITLES), PROBLEMS, strict=True):
        for series, (name, method) in enumerate(tuned(results, problem).items()):
            loss_band(panel, method, f"{NAMES[name]}, α = {panel.number(method[LR])}", series)
        panel.level(TARGET)
        panel.axes(
            x=("paso", "step"), y=("pérdida de train (nats)", "training loss (nats)"),
            log="y", decimal="y",
        )  # fmt: skip
        panel.legend()


def differences(results: Results, drawing: Drawing) -> None:
    """Test error of each method minus Adam's, paired over seeds, and the registered margin."""
    panels = drawing.panels(1, 2, TITLES, height=2.9)
    for panel, problem in zip(panels, PROBLEMS, strict=True):
        methods = tuned(results, problem)
        others = ("sgd", "rmsprop", "adagrad")
        panel.intervals(
            [behind(methods, name) for name in others], [NAMES[name] for name in others]
        )
        check = {"mnist": "adaptive_agree", "ecg": "adaptive_agree_ecg"}[problem]
        for end in results.claim.checks[check]["bound"]:
            panel.ax.axvline(end, linestyle=":", color="grey")
        panel.ax.axvline(0.0, color="black", linewidth=0.8)
        panel.axes(
            x=("error de test − el de Adam (puntos)", "test error − Adam's (points)"), decimal="x"
        )
