"""Differences of test error in percentage points; ratios of rates, of steps and of epochs."""

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
EARLY = "16"
"""Batch of the nets that are also stopped early, to see what training changes."""

Nets = Mapping[str, Tuned]


def judge(results: Results) -> dict[str, Measured]:
    """Differences of test error in percentage points; ratios of errors, rates and steps."""
    nets, ecg = to_loss(results), on_ecg(results)
    full, others = from_full(nets), from_one(nets)
    losses = [float(of_sets(net, "train_loss").mean()) for net in nets.values()]
    return {
        "small_generalises_better": full,
        "one_is_best": others,
        "one_needs_small_rate": rate_ratio(results),
        "one_is_slower": step_ratio(nets),
        "full_is_alike": full,
        "one_is_alike": others,
        "one_sees_more_samples": step_ratio(nets, "epochs"),
        "ecg_small_generalises_better": from_full(ecg),
        "ecg_one_is_best": from_one(ecg),
        "loss_is_reached": exact(
            min(float(of_sets(net, "reached").mean()) for net in nets.values())
        ),
        "loss_is_equal": exact(min(losses) / max(losses)),
        "training_matters": behind({**nets, "early": early(results)}, "early", EARLY),
        "largest_rate_is_seen": exact(
            float(np.mean(largest_rates(results, "1") >= max(results.axis("b_1", "alpha"))))
        ),
    }


def to_loss(results: Results) -> Nets:
    """Each batch size on MNIST, trained to one loss at the rate its choosing sets chose."""
    return {batch: results.tuned(f"b_{batch}", "loss") for batch in BATCHES}


def early(results: Results) -> Tuned:
    """`EARLY` stopped long before that loss."""
    return results.tuned(f"early_{EARLY}", "loss")


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


def rate_ratio(results: Results) -> Estimate:
    """The largest rate that gets to the loss with B = 16 over that with B = 1: median over sets."""
    return median_interval(largest_rates(results, "16") / largest_rates(results, "1"))


def step_ratio(nets: Nets, of: str = "steps") -> Estimate:
    """Steps, or epochs, to the loss with B = 1 over those with B = 16, paired over sets."""
    return ratio_interval(of_sets(nets["1"], of), of_sets(nets["16"], of))


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
