"""What each kind of noise saves, and what it costs to leave it on."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patient_errors import PatientErrors, error_contrast
from deepclaims.evidence.statistics import exact, mean_interval

STRENGTH = {
    "inputs": "regularizer.input_noise",
    "units": "regularizer.hidden_noise",
    "parameters": "regularizer.parameter_noise",
}
"""Kind of noise, which names its part -> the axis of its standard deviation."""
ECG = "ecg_"
"""What the names of the parts on ECG begin with."""


def judge(results: Results) -> dict[str, Measured]:
    """Test errors in percentage points; answers of a net beside those of one without noise."""
    mnist = pairs(results)
    answers = {
        metric: {
            kind: results.values("evaluated", metric, where={"kind": kind}) for kind in STRENGTH
        }
        for metric in ("silent", "loud", "error_added")
    }
    return {
        "some_noise_helps": mean_interval(preferred(mnist).gain()),
        "inputs_help": mean_interval(mnist["inputs"].gain()),
        "units_help": mean_interval(mnist["units"].gain()),
        "parameters_help": mean_interval(mnist["parameters"].gain()),
        "gap_closes": mean_interval(loss_gap_closed(preferred(mnist))),
        "left_on_costs": list(map(mean_interval, answers["error_added"].values())),
        "evaluation_is_silent": exact(max(each.max() for each in answers["silent"].values())),
        "training_is_loud": exact(min(each.min() for each in answers["loud"].values())),
        "helps_on_ecg": patients_gain(preferred(pairs(results, ECG))),
    }


def pairs(results: Results, data: str = "") -> dict[str, TunedPair]:
    """The net with each kind of noise beside the net without."""
    return {kind: TunedPair.of(results, f"{data}none", f"{data}{kind}") for kind in STRENGTH}


def preferred(by_kind: dict[str, TunedPair]) -> TunedPair:
    """That of the kind whose best validation error is the lowest."""
    return min(by_kind.values(), key=lambda pair: min(pair.with_it.choice.scores))


def loss_gap_closed(pair: TunedPair) -> np.ndarray:
    """By how much the gap test − train cross-entropy closes, `(seeds,)`."""
    return _loss_gap(pair.without) - _loss_gap(pair.with_it)


def _loss_gap(net: Tuned) -> np.ndarray:
    return net.reported("test_loss") - net.reported("train_loss")


def patients_gain(pair: TunedPair) -> Estimate:
    """Test error saved in percentage points, over seeds × patients."""
    errors = [PatientErrors.read(net.table("confusion")) for net in (pair.without, pair.with_it)]
    return error_contrast(errors, [1.0, -1.0])
