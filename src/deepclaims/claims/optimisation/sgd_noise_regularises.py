"""Batch size and generalisation: MNIST and ECG with the rate tuned for each B; the diagonal net.

L1 "Sobre el batchsize": small batches regularise; B = 1 generalises best, with small rates. The
diagonal net of `diagonal_net` is the case in which theory says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from deepclaims.claims.optimisation import diagonal_net
from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.claims.optimisation.tuned_rates_figures import (
    columns,
    decimal_ticks,
    rates_panel,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import (
    mean_interval,
    paired_difference,
    ratio_interval,
    worst,
)
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

BATCHES = ("1", "4", "16", "full")
MODES = ("steps", "epochs")
DATA = {"mnist": "", "ecg": "ecg_"}
"""What the names of a data set's parts and checks begin with."""
SMALL = ("4", "16")
"""Batches whose noise is compared with the full set's none."""
TUNING = 8
TUNING_PROBLEMS = 8
"""Regression problems that choose the rate of a batch size; the others report."""


def diagonal(config: dict[str, Any], seed: int) -> Outcome:
    """SGD at every rate of a list on many sparse regressions, by the net and by the linear model.

    Args:
        config: `arm` (net or linear), `batch`, `lrs` (of `b<batch>`), `problems`, `n`, `d`,
            `k`, `steps`.
        seed: draws problems and samples; the same problems for every batch and model.

    Returns:
        Curve `error` over the number of a problem among those that report: ‖w − w*‖² at the rate
        that was best on the tuning problems among those at which all interpolate;
        metrics `lr`, and `fitted`, the share of reporting problems interpolated.
    """
    generator = torch.Generator().manual_seed(seed)
    problems, n, d, k = (int(config[key]) for key in ("problems", "n", "d", "k"))
    data = diagonal_net.draw(problems, n, d, k, generator)
    linear, batch = config["arm"] == "linear", int(config["batch"])
    lrs = [float(lr) for lr in config["lrs"][f"b{batch}"]]
    error, loss = diagonal_net.train(data, lrs, batch, int(config["steps"]), generator,
                                     linear=linear)  # fmt: skip
    fits = loss < diagonal_net.INTERPOLATES
    score = error[:, :TUNING_PROBLEMS].mean(1)
    score[~fits.all(1)] = torch.inf  # whether it is fitted is seen without knowing w*
    best = int(score.argmin())
    kept = error[best, TUNING_PROBLEMS:]
    metrics = {
        "lr": lrs[best],
        "fitted": float(fits[best, TUNING_PROBLEMS:].double().mean()),
    }
    return Outcome(metrics, {"error": Curve(range(len(kept)), kept.tolist())})


def judge(results: Results) -> dict[str, Estimate]:
    """Differences of test error in percentage points; ratios of ‖w − w*‖² and of rates."""
    batches = results.axis("diagonal", "batch")
    first, last = min(batches), max(batches)
    mnist, ecg = (tuned(results, "steps", data) for data in DATA)
    bounds = {name: check["bound"] for name, check in results.claim.checks.items()}
    return {
        **_judge_nets(results, "mnist"),
        **_judge_nets(results, "ecg"),
        "no_large_gain": worst(_gains(mnist), "below", bounds["no_large_gain"]),
        "ecg_is_learnt": worst(
            [mean_interval(100 * net.reported("test_error")) for net in ecg.values()], "below"
        ),
        "noise_regularises_diagonal": ratio_interval(
            _diagonal(results, "net", last), _diagonal(results, "net", first)
        ),
        "linear_does_not_care": ratio_interval(
            _diagonal(results, "linear", last), _diagonal(results, "linear", first)
        ),
    }


def _judge_nets(results: Results, data: str) -> dict[str, Estimate]:
    """What is asked of MNIST and of ECG alike."""
    nets = {mode: tuned(results, mode, data) for mode in MODES}
    prefix, checks = DATA[data], results.claim.checks
    found = {
        "small_generalises_better": worst(
            _gains(nets["steps"]), "above", checks[f"{prefix}small_generalises_better"]["bound"]
        ),
        "one_is_best": worst(
            [_behind_one(nets[mode]) for mode in MODES],
            "above",
            checks[f"{prefix}one_is_best"]["bound"],
        ),
        "one_needs_small_rate": _rates_ratio(nets["epochs"]),
        "full_is_undertrained": paired_difference(
            100 * nets["epochs"]["full"].reported("train_error"),
            100 * nets["epochs"]["4"].reported("train_error"),
        ),
        "rates_interior": exact(
            share_on_the_edge([*nets["steps"].values(), *nets["epochs"].values()])
        ),
    }
    return {f"{prefix}{name}": estimate for name, estimate in found.items()}


def tuned(results: Results, mode: str, data: str = "mnist") -> dict[str, Tuned]:
    """Each batch size at the rate its tuning seeds chose, at equal steps or equal epochs."""
    return {
        batch: Tuned(results, f"{DATA[data]}b_{batch}", mode, choosers=TUNING) for batch in BATCHES
    }


def behind(nets: dict[str, Tuned], one: str, other: str) -> Estimate:
    """Test error of one batch size minus another's, in percentage points."""
    return paired_difference(
        100 * nets[one].reported("test_error"), 100 * nets[other].reported("test_error")
    )


def _gains(nets: dict[str, Tuned]) -> list[Estimate]:
    """Test error of the full set minus that of each of `SMALL`, in percentage points."""
    return [behind(nets, "full", batch) for batch in SMALL]


def _behind_one(nets: dict[str, Tuned]) -> Estimate:
    """Mean test error of `SMALL` minus that of B = 1, in percentage points."""
    small = np.mean([nets[batch].reported("test_error") for batch in SMALL], axis=0)
    return paired_difference(100 * small, 100 * nets["1"].reported("test_error"))


def _rates_ratio(nets: dict[str, Tuned]) -> Estimate:
    """The rate that each seed would choose for B = 16 over that for B = 1."""
    chosen = [_own_rates(nets[batch]) for batch in ("16", "1")]
    return ratio_interval(chosen[0], chosen[1])


def _own_rates(net: Tuned) -> np.ndarray:
    scores = np.array([net.at(rate, net.score) for rate in net.rates])
    return np.array(net.rates)[np.where(np.isfinite(scores), scores, np.inf).argmin(axis=0)]


def _diagonal(results: Results, arm: str, batch: int) -> np.ndarray:
    """‖w − w*‖² of the reporting problems of all seeds."""
    return results.curve("diagonal", "error", arm, {"batch": batch})[1].ravel()


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Error against B at equal steps and epochs; the rates; the diagonal net."""
    return {
        "batches": _draw_batches(results, language),
        "rates": _draw_rates(results, language),
        "diagonal": _draw_diagonal(results, language),
    }


def _label(batch: str, language: str) -> str:
    return say(language, "todo", "full") if batch == "full" else batch


def _draw_batches(results: Results, language: str) -> Figure:
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


def _draw_rates(results: Results, language: str) -> Figure:
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


def _draw_diagonal(results: Results, language: str) -> Figure:
    made, ax = figure()
    batches = sorted(results.axis("diagonal", "batch"))
    names = {
        "net": say(language, "red diagonal w = u² − v²", "diagonal net w = u² − v²"),
        "linear": say(language, "modelo lineal (control)", "linear model (control)"),
    }
    looks = zip(names.items(), COLOURS, MARKERS, strict=False)
    for (arm, name), colour, marker in looks:
        base = _diagonal(results, arm, max(batches))
        found = [ratio_interval(_diagonal(results, arm, batch), base) for batch in batches]
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
