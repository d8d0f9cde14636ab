"""Error against the rate, training at the chosen one, and the pairs that are judged."""

from __future__ import annotations

from itertools import combinations

from deepclaims.claims.optimisation.adaptive_methods_agree.judge import (
    ADAPTIVE,
    PROBLEMS,
    TARGET,
    behind,
    loss_ratio,
    steps_ratio,
    tuned,
)
from deepclaims.claims.optimisation.tuning_panels import LR, loss_band, rates_panel
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing

NAMES = {"adagrad": "AdaGrad", "rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}
TITLES = ("MNIST", "ECG")
COMPARED = (
    ("error de test", "test error"),
    ("costo de test", "test loss"),
    ("pasos hasta la pérdida 0,2", "steps to a loss of 0.2"),
)


def rates(results: Results, drawing: Drawing) -> None:
    """Validation error of the choosing seeds against the rate."""
    panel = drawing.panel()
    methods = tuned(results, "mnist")
    rates_panel(panel, [(NAMES[name], each) for name, each in methods.items()], scale=100)
    panel.axes(y=("error de validación (%)", "validation error (%)"), ylim=(5, 20))
    panel.legend()


def training(results: Results, drawing: Drawing) -> None:
    """Training loss along the training, each method at its fastest rate."""
    for panel, problem in zip(drawing.panels(1, 2, TITLES), PROBLEMS, strict=True):
        for series, (name, method) in enumerate(tuned(results, problem, "speed").items()):
            loss_band(panel, method, f"{NAMES[name]}, α = {panel.number(method[LR])}", series)
        panel.level(TARGET)
        panel.axes(
            x=("paso", "step"), y=("pérdida de train (nats)", "training loss (nats)"),
            log="y", decimal="y",
        )  # fmt: skip
        panel.legend()


def differences(results: Results, drawing: Drawing) -> None:
    """Test error, test loss and steps of each pair that is judged, and the registered margins."""
    mnist = tuned(results, "mnist")
    pairs = [*combinations(ADAPTIVE, 2), ("sgd", "adam")]
    names = [f"{NAMES[one]} : {NAMES[other]}" for one, other in pairs]
    error, loss, steps = drawing.panels(1, 3, COMPARED, sharey=True)
    error.intervals([behind(mnist, *pair) for pair in pairs], names)
    loss.intervals([loss_ratio(mnist, *pair) for pair in pairs], names)
    steps.intervals([steps_ratio(results, "mnist", *pair) for pair in pairs], names)
    steps.across([len(pairs)], [steps_ratio(results, "ecg", "sgd", "adam")], marker="D")
    error.places("y", [*names, f"{names[-1]}, ECG"])
    error.ax.set_ylim(-0.6, len(pairs) + 0.6)
    shown = {"adaptive_agree": error, "adaptive_same_loss": loss, "adaptive_same_steps": steps}
    for check, panel in shown.items():
        for end in results.claim.checks[check]["bound"]:
            panel.ax.axvline(end, linestyle=":", color="grey")
    error.ax.axvline(0.0, color="black", linewidth=0.8)
    error.axes(x=("diferencia (puntos)", "difference (points)"), decimal="x")
    for panel in (loss, steps):
        panel.ax.axvline(1.0, color="black", linewidth=0.8)
        panel.axes(x=("cociente", "ratio"), log="x" if panel is steps else "", decimal="x")
