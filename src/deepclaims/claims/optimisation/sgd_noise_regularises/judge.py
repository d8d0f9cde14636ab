"""Differences of test error in percentage points; ratios of ‖w − w*‖² and of rates."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.patient_errors import PatientErrors, error_contrast
from deepclaims.evidence.statistics import paired_difference, ratio_interval

LR = "optimizer.lr"
BATCHES = ("1", "4", "16", "full")
MODES = ("steps", "epochs")
DATA = {"mnist": "", "ecg": "ecg_"}
"""What the names of a data set's parts and checks begin with."""
SMALL = ("4", "16")
"""Batches whose noise is compared with the full set's none."""


def judge(results: Results) -> dict[str, Measured]:
    """Differences of test error in percentage points; ratios of ‖w − w*‖² and of rates."""
    batches = results.axis("diagonal", "batch")
    first, last = min(batches), max(batches)
    ecg = tuned(results, "steps", "ecg")
    on_ecg = _judge_nets(results, "ecg")
    return {
        **_judge_nets(results, "mnist"),
        "ecg_small_generalises_better": on_ecg["small_generalises_better"],
        "ecg_one_is_best": on_ecg["one_is_best"],
        "ecg_one_needs_small_rate": on_ecg["one_needs_small_rate"],
        "ecg_full_is_undertrained": on_ecg["full_is_undertrained"],
        "ecg_rates_interior": on_ecg["rates_interior"],
        "ecg_is_learnt": [error_contrast([of_patients(net)], [1.0]) for net in ecg.values()],
        "noise_regularises_diagonal": ratio_interval(
            diagonal_of(results, "net", last), diagonal_of(results, "net", first)
        ),
        "linear_does_not_care": ratio_interval(
            diagonal_of(results, "linear", last), diagonal_of(results, "linear", first)
        ),
    }


def _judge_nets(results: Results, data: str) -> dict[str, Measured]:
    """What is asked of MNIST and of ECG alike."""
    nets = {mode: tuned(results, mode, data) for mode in MODES}
    return {
        "small_generalises_better": _gains(nets["steps"]),
        "one_is_best": [_behind_one(nets[mode]) for mode in MODES],
        "one_needs_small_rate": _rates_ratio(nets["epochs"]),
        "full_is_undertrained": paired_difference(
            100 * nets["epochs"]["full"].reported("train_error"),
            100 * nets["epochs"]["4"].reported("train_error"),
        ),
        "rates_interior": exact(
            float(np.mean([net.on_edge for mode in MODES for net in nets[mode].values()]))
        ),
    }


def tuned(results: Results, mode: str, data: str = "mnist") -> dict[str, Tuned]:
    """Each batch size at the rate its choosing seeds chose, at equal steps or equal epochs."""
    return {batch: results.tuned(f"{DATA[data]}b_{batch}", mode) for batch in BATCHES}


def of_patients(net: Tuned) -> PatientErrors:
    """The errors of the reporting seeds on each of the patients not trained on."""
    return PatientErrors.read(net.table("confusion"))


def contrast(nets: dict[str, Tuned], weights: dict[str, float]) -> Estimate:
    """Weighted sum of test errors in percentage points; on ECG over seeds × patients."""
    chosen = [nets[batch] for batch in weights]
    if chosen[0].part.name.startswith(DATA["ecg"]):
        return error_contrast([of_patients(net) for net in chosen], [*weights.values()])
    gains, losses = (
        sum(100 * abs(w) * nets[batch].reported("test_error")
            for batch, w in weights.items() if sign * w > 0)
        for sign in (1, -1)
    )  # fmt: skip
    return paired_difference(gains, losses)


def behind(nets: dict[str, Tuned], one: str, other: str) -> Estimate:
    """Test error of one batch size minus another's, in percentage points."""
    return contrast(nets, {one: 1.0, other: -1.0})


def _gains(nets: dict[str, Tuned]) -> list[Estimate]:
    """Test error of the full set minus that of each of `SMALL`, in percentage points."""
    return [behind(nets, "full", batch) for batch in SMALL]


def _behind_one(nets: dict[str, Tuned]) -> Estimate:
    """Mean test error of `SMALL` minus that of B = 1, in percentage points."""
    return contrast(nets, {**dict.fromkeys(SMALL, 1 / len(SMALL)), "1": -1.0})


def _rates_ratio(nets: dict[str, Tuned]) -> Estimate:
    """The rate that each choosing seed prefers for B = 16 over that for B = 1."""
    return ratio_interval(_own_rates(nets["16"]), _own_rates(nets["1"]))


def _own_rates(net: Tuned) -> np.ndarray:
    """The best rate of each choosing seed, `(choosing seeds,)`."""
    values = net.choice.values
    scores = np.array([net.score("validation_error", value) for value in values])
    best = np.where(np.isfinite(scores), scores, np.inf).argmin(axis=0)
    return np.array([value[LR] for value in values])[best]


def diagonal_of(results: Results, arm: str, batch: int) -> np.ndarray:
    """‖w − w*‖² of the problems of all reporting seeds at the chosen rate, `(problems,)`."""
    return results.tuned("diagonal", arm, {"batch": batch}).curve("error")[1].ravel()
