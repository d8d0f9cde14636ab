"""What momentum underestimates, and the losses of the four rules."""

from __future__ import annotations

from deepclaims.claims.optimisation.momentum_bias_correction.judge import main_beta
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS


def start(results: Results, drawing: Drawing) -> None:
    """What m_t has of a constant gradient, and of a training's; the losses of the four rules."""
    main = main_beta(results)
    titles = (
        ("lo que m subestima", "what m underestimates"),
        (f"norma, MNIST, β₁ = {drawing.number(main)}", f"norm, MNIST, β₁ = {drawing.number(main)}"),
        (f"pérdida, β₁ = {drawing.number(main)}", f"loss, β₁ = {drawing.number(main)}"),
    )
    share, norm, loss = drawing.panels(1, 3, titles)
    for beta, colour in zip(results.axis("weights", "beta1"), COLOURS, strict=False):
        steps, held = results.curve("weights", "share", where={"beta1": beta})
        label = f"m, β₁ = {share.number(beta)}"
        share.ax.plot(steps, held.mean(0), ".", color=colour, label=label)
        share.theory(steps, 1 - beta ** steps.astype(float), colour=colour)
    share.theory(steps, 1.0, ("m̂ (y 1 − β₁ᵗ, en color)", "m̂ (and 1 − β₁ᵗ, in colour)"))
    share.axes(
        x=("paso t", "step t"),
        y=("parte del gradiente constante", "share of a constant gradient"),
        log="x",
    )
    share.legend(loc="upper left", bbox_to_anchor=(0.0, 0.94))
    for series, (arm, symbol) in enumerate(
        {"plain": "‖m‖ / ‖∇ℒ‖", "corrected": "‖m̂‖ / ‖∇ℒ‖"}.items()
    ):
        steps, values = results.curve("training", f"held_{arm}", where={"beta1": main})
        norm.over_seeds(steps, values, symbol, series)
    norm.level(
        results.claim.checks["underestimates"]["bound"], ("cota, t = 1 y 2", "bound, t = 1 and 2")
    )
    norm.axes(
        x=("paso t", "step t"),
        y=("sobre la norma del gradiente", "over the gradient's norm"),
        log="x",
    )
    norm.legend()
    rules = {
        "plain": "momentum, m",
        "corrected": "momentum, m̂",
        "sgd": ("SGD con α", "SGD at α"),
        "sgd_effective": ("SGD con α(1 − β₁)/(1 − β₁ᵗ)", "SGD at α(1 − β₁)/(1 − β₁ᵗ)"),
    }
    for series, (arm, text) in enumerate(rules.items()):
        steps, values = results.curve("training", arm, where={"beta1": main})
        loss.over_seeds(steps, values, text, series)
    loss.axes(
        x=("paso t", "step t"),
        y=("entropía cruzada de train (nats)", "training cross-entropy (nats)"),
        log="x",
    )
    loss.legend()
