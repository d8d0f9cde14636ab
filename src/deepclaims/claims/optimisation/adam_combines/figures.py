"""The formula's first steps against the text's; the methods on MNIST."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.adam_combines.judge import tuned
from deepclaims.claims.optimisation.tuning_panels import loss_band, rates_panel
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS


def first_steps(results: Results, drawing: Drawing) -> None:
    """How long the printed step is, over the one with both hats."""
    panel = drawing.panel()
    steps, shares = results.curve("identities", "step_share")
    panel.ax.plot(
        steps, shares.mean(axis=0), "o", color=COLOURS[0], label=panel.say(("medido", "measured"))
    )
    beta1 = float(results.claim.part("identities").params["beta1"])
    t = np.linspace(1, steps[-1], 200)
    panel.theory(t, 1 - beta1**t, r"$1 - \beta_1^t$")
    panel.axes(
        x=("paso t", "step t"),
        y=("paso de la fórmula / paso con los dos gorros",
           "the formula's step / the step with both hats"),
        ylim=(0, 1.08),
    )  # fmt: skip
    panel.legend()


def mnist(results: Results, drawing: Drawing) -> None:
    """Validation error over the rates, training loss at the chosen ones."""
    against, training = drawing.panels(
        1, 2, [("error según la tasa", "error against the rate"),
               ("a la tasa elegida", "at the rate chosen")],
    )  # fmt: skip
    unhatted = ("Adam sin gorro en m", "Adam without the hat on m")
    named = {unhatted if name == "printed" else name: each
             for name, each in tuned(results).items()}  # fmt: skip
    rates_panel(against, named.items(), scale=100)
    against.axes(y=("error de validación (%)", "validation error (%)"))
    against.legend()
    for series, (name, method) in enumerate(named.items()):
        loss_band(training, method, name, series)
    training.axes(
        x=("paso", "step"), y=("pérdida de train (nats)", "training loss (nats)"),
        log="y", decimal="y",
    )  # fmt: skip
