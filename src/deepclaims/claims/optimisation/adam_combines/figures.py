"""The formula's first steps against the text's; test error over the rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deepclaims.claims.optimisation.adam_combines.judge import tuned
from deepclaims.claims.optimisation.tuned_rates_figures import decimal_ticks, loss_band, rates_panel
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS, figure, panel_titles, say, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def first_steps(results: Results, drawing: Drawing) -> Figure:
    """How long the printed formula's step is against Adam's with the same gradients."""
    language = drawing.language
    made, ax = figure()
    steps, shares = results.curve("identities", "step_share")
    part = next(each for each in results.claim.parts if each.name == "identities")
    ax.plot(steps, shares.mean(axis=0), "o", color=COLOURS[0],
            label=say(language, "medido", "measured"))  # fmt: skip
    t = np.linspace(1, steps[-1], 200)
    theory(ax, t, 1 - float(part.params["beta1"]) ** t, r"$1 - \beta_1^t$")
    ax.set(ylim=(0, 1.08), xlabel=say(language, "paso t", "step t"))
    ax.set_ylabel(
        say(language, "paso de la fórmula / paso con los dos gorros",
            "the formula's step / the step with both hats")
    )  # fmt: skip
    ax.legend()
    return made


def mnist(results: Results, drawing: Drawing) -> Figure:
    """Test error against the rate."""
    language = drawing.language
    made, axes = figure(1, 2)
    methods = tuned(results)
    label = say(language, "Adam sin gorro en m", "Adam without the hat on m")
    named = {label if name == "printed" else name: method for name, method in methods.items()}
    rates_panel(axes[0], named, "test_error", language, scale=100)
    axes[0].set_ylim(5, 11)
    axes[0].set_ylabel(say(language, "error de test (%)", "test error (%)"))
    for (name, method), colour in zip(named.items(), COLOURS, strict=False):
        loss_band(axes[1], method, name, colour)
    axes[1].set(yscale="log", xlabel=say(language, "paso", "step"))
    axes[1].set_ylabel(say(language, "pérdida de train (nats)", "training loss (nats)"))
    decimal_ticks(axes[1].yaxis, language)
    axes[0].legend()
    against = say(language, "error según la tasa", "error against the rate")
    panel_titles(axes, [against, say(language, "a la tasa elegida", "at the rate chosen")])
    return made
