"""What is judged; error against B at equal loss; the rates."""

from __future__ import annotations

from deepclaims.claims.optimisation.sgd_noise_regularises.judge import (
    BATCHES,
    SMALL,
    from_full,
    from_one,
    of_sets,
    on_ecg,
    rate_ratio,
    step_ratio,
    to_loss,
)
from deepclaims.claims.optimisation.tuning_panels import rates_panel
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel

FULL = ("todo", "full")
TITLES = ("MNIST", "ECG")
B = ("batch size B (muestras)", "batch size B (samples)")


def differences(results: Results, drawing: Drawing) -> None:
    """What decides: differences of test error at equal loss; ratios of rates and of steps."""
    nets, bounds = to_loss(results), results.claim.checks
    error, cost = drawing.panels(
        1, 2, (("error de test", "test error"), ("B = 1 y B = 16", "B = 1 and B = 16"))
    )
    full = error.say(FULL)
    names = [f"{error.say(_name(batch))} − 1" for batch in nets if batch != "1"]
    names += [f"{full} − {batch}" for batch in SMALL]
    error.intervals([*from_one(nets), *from_full(nets)], names)
    error.ax.axvline(0.0, color="black", linewidth=0.8)
    error.axes(x=("diferencia (puntos)", "difference (points)"), y="B", decimal="x")
    cost.intervals(
        [rate_ratio(results), step_ratio(nets)],
        [("mayor tasa\n16 : 1", "largest rate\n16 : 1"), ("pasos\n1 : 16", "steps\n1 : 16")],
    )
    for height, check in enumerate(("one_needs_small_rate", "one_is_slower")):
        cost.ax.plot([bounds[check]["bound"]] * 2, [height - 0.3, height + 0.3], ":", color="grey")
    cost.axes(x=("cociente", "ratio"), log="x", decimal="x", xlim=(1, 40))


def batches(results: Results, drawing: Drawing) -> None:
    """Test and training error against B, at the rate chosen for each."""
    panels = drawing.panels(1, 2, TITLES)
    for panel, nets in zip(panels, [to_loss(results), on_ecg(results)], strict=True):
        for series, split in enumerate(("test", "train")):
            found = [mean_interval(100 * of_sets(net, f"{split}_error")) for net in nets.values()]
            panel.measured(range(len(found)), found, split, series)
        _ticks(panel, list(nets))
        panel.axes(x=B)
    panels[0].axes(y="error (%)")
    panels[0].legend()


def rates(results: Results, drawing: Drawing) -> None:
    """Validation error at equal loss against the rate, and what it takes to get there."""
    nets = to_loss(results)
    tuned, cost = drawing.panels(1, 2, (("la tasa", "the rate"), ("el costo", "the cost")))
    lines = [(f"B = {tuned.say(_name(batch))}", net) for batch, net in nets.items()]
    rates_panel(tuned, lines, scale=100)
    tuned.axes(y=("error de validación (%)", "validation error (%)"))
    tuned.legend()
    for series, (name, label) in enumerate(
        {"steps": ("pasos", "steps"), "epochs": ("épocas", "epochs")}.items()
    ):
        found = [mean_interval(of_sets(net, name)) for net in nets.values()]
        cost.measured(range(len(found)), found, label, series)
    _ticks(cost, list(nets))
    cost.axes(x=B, y=("hasta la pérdida 0,05", "to a loss of 0.05"), log="y")
    cost.legend()


def _name(batch: str) -> str | tuple[str, str]:
    return FULL if batch == BATCHES[-1] else batch


def _ticks(panel: Panel, names: list[str]) -> None:
    panel.ax.set_xticks(range(len(names)), [panel.say(_name(each)) for each in names])
