"""Differences of test error in percentage points; ratios of ‖w − w*‖², of rates and of steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.patient_errors import PatientErrors, error_contrast
from deepclaims.evidence.statistics import median_interval, paired_difference, ratio_interval

BATCHES = ("1", "2", "4", "16", "64", "full")
ON_ECG = ("1", "4", "16", "full")
SMALL = ("4", "16")
"""Batches whose noise is compared with the full set's none."""
BUDGETS = ("epochs", "steps")

Nets = Mapping[str, Tuned]


def judge(results: Results) -> dict[str, Measured]:
    """Differences of test error in percentage points; ratios of errors, rates and steps."""
    batches = results.axis("diagonal", "batch")
    first, last = min(batches), max(batches)
    nets, ecg = to_loss(results), on_ecg(results)
    epochs, steps = (of_budget(results, each) for each in BUDGETS)
    full, others = from_full(nets), from_one(nets)
    return {
        "small_generalises_better": full,
        "one_is_best": others,
        "one_needs_small_rate": median_interval(
            largest_rates(results, "16") / largest_rates(results, "1")
        ),
        "one_is_slower": ratio_interval(of_sets(nets["1"], "steps"), of_sets(nets["16"], "steps")),
        "full_is_alike": full,
        "one_is_alike": others,
        "one_best_at_equal_epochs": from_one(epochs),
        "one_best_at_equal_steps": from_one(steps),
        "ecg_small_generalises_better": from_full(ecg),
        "ecg_one_is_best": from_one(ecg),
        "noise_regularises_diagonal": ratio_interval(
            diagonal_of(results, "net", last), diagonal_of(results, "net", first)
        ),
        "linear_does_not_care": ratio_interval(
            diagonal_of(results, "linear", last), diagonal_of(results, "linear", first)
        ),
        "loss_is_reached": exact(
            min(float(of_sets(net, "reached").mean()) for net in nets.values())
        ),
        "training_matters": behind(epochs, "full", "4"),
        "rates_interior": exact(float(np.mean([net.on_edge for net in nets.values()]))),
    }


def to_loss(results: Results) -> Nets:
    """Each batch size on MNIST, trained to one loss at the rate its choosing sets chose."""
    return {batch: results.tuned(f"b_{batch}", "loss") for batch in BATCHES}


def of_budget(results: Results, budget: str) -> Nets:
    """The same, trained for equal `epochs` or `steps`."""
    return {batch: results.tuned(f"budget_{batch}", budget) for batch in BATCHES}


def on_ecg(results: Results) -> Nets:
    """The same on ECG, trained to one loss."""
    return {batch: results.tuned(f"ecg_{batch}", "loss") for batch in ON_ECG}


def of_sets(net: Tuned, name: str) -> np.ndarray:
    """What was measured of each training set of the reporting seeds, `(sets,)`."""
    return net.curve(name)[1].ravel()


def largest_rates(results: Results, batch: str) -> np.ndarray:
    """The largest rate at which each choosing set gets to the loss, `(choosing sets,)`."""
    net = results.tuned(f"b_{batch}", "loss")
    rows = results.rows(net.part.name, "own_rate", "loss")
    rows = rows[rows["step"].notna()].sort_values(["seed", "step"])
    return rows["value"].to_numpy(dtype=float)


def behind(nets: Nets, one: str, other: str) -> Estimate:
    """Test error of one batch size minus another's, in percentage points.

    Paired over training sets; on ECG over seeds × patients.
    """
    both = [nets[one], nets[other]]
    if both[0].part.name.startswith("ecg"):
        return error_contrast([PatientErrors.read(net.table("confusion")) for net in both], [1, -1])
    mine, others = (100 * of_sets(net, "test_error") for net in both)
    return paired_difference(mine, others)


def from_full(nets: Nets) -> list[Estimate]:
    """Test error of the full set minus that of each of `SMALL`."""
    return [behind(nets, "full", batch) for batch in SMALL]


def from_one(nets: Nets) -> list[Estimate]:
    """Test error of each other batch size minus that of B = 1."""
    return [behind(nets, batch, "1") for batch in nets if batch != "1"]


def diagonal_of(results: Results, arm: str, batch: int) -> np.ndarray:
    """‖w − w*‖² of the problems of all reporting seeds at the chosen rate, `(problems,)`."""
    return results.tuned("diagonal", arm, {"batch": batch}).curve("error")[1].ravel()
