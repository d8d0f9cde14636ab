"""Errors that copies save, in points and pairs of seeds; how far their gradients correlate."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.data_augmentation.correlation import effective
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patient_errors import PatientErrors, error_contrast
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference

COPIES = {"informed": "informed", "noisy": "noise"}
"""The sets that grew, and the alteration of their copies."""


def judge(results: Results) -> dict[str, Measured]:
    """Contrasts of test errors; correlations at every stage; exact counts."""
    few, many = (net(results, "plain", n_train=n) for n in results.axis("plain", "n_train"))
    informed, noisy = (net(results, "grown", made=made) for made in COPIES)
    replaced = net(results, "replaced", made="replaced")
    plain, deformed = (other(results, made) for made in ("plain", "informed"))
    stages = results.axis("dependence", "steps")
    return {
        "error_falls": paired_difference(errors_on(few), errors_on(informed)),
        "injecting_is_augmenting": exact(results.values("injection", "relative_error").max()),
        "noise_lowers_error": paired_difference(errors_on(few), errors_on(noisy)),
        "adding_beats_replacing": paired_difference(errors_on(replaced), errors_on(informed)),
        "knowledge_beats_noise": paired_difference(errors_on(noisy), errors_on(informed)),
        "worth_twice_the_images": paired_difference(errors_on(many), errors_on(informed)),
        "samples_grow": [
            exact(growth)
            for side in (
                informed.reported("growth"),
                noisy.reported("growth"),
                results.values("ecg", "growth", where={"made": "informed"}),
            )
            for growth in (side.min(), side.max())
        ],
        "error_rises_less": [saved(few, informed, "informed"), saved(few, noisy, "noise")],
        "gradients_correlate": [
            mean_interval(correlation(results, kind, stage))
            for kind in COPIES.values()
            for stage in stages
        ],
        "broken_labels_cost": paired_difference(plain, other(results, "upside_down")),
        "repeating_does_nothing": paired_difference(plain, other(results, "repeated")),
        "noise_moves_the_gradient": exact(results.values("injection", "without_noise").min()),
        "repeats_are_not_new": exact(
            results.values("others", "growth", where={"made": "repeated"}).max()
        ),
        "alterations_hurt": [mean_interval(rise(few, kind)) for kind in COPIES.values()],
        "independent_do_not": [
            mean_interval(correlation(results, "others", stage)) for stage in stages
        ],
        "beyond_the_class": [
            paired_difference(
                correlation(results, kind, stage), correlation(results, "class", stage)
            )
            for kind in COPIES.values()
            for stage in stages
        ],
        "eight_are_worth": [
            mean_interval(worth(results, kind, stage))
            for kind in COPIES.values()
            for stage in stages
        ],
        "originals_are_needed": paired_difference(other(results, "all_replaced"), deformed),
        "robust_to_the_other": [saved(few, informed, "noise"), saved(few, noisy, "informed")],
        "ecg_error_falls": error_contrast(
            [answers(results, "plain", "test"), answers(results, "informed", "test")], (1, -1)
        ),
        "ecg_error_rises_less": error_contrast(
            [answers(results, made, seen)
             for made in ("plain", "informed") for seen in ("informed", "test")],
            (1, -1, -1, 1),
        ),
    }  # fmt: skip


def net(results: Results, part: str, **where: object) -> Tuned:
    """One side of a comparison, at what it was tuned to."""
    return results.tuned(part, where=where)


def few_of(results: Results) -> int:
    """n, of all nets but the one that has twice as many images."""
    return int(results.axis("plain", "n_train")[0])


def errors_on(side: Tuned, seen: str = "test") -> np.ndarray:
    """Errors on test digits as they are, or altered, in points, (seeds,)."""
    return 100 * side.reported(f"{seen}_error")


def rise(side: Tuned, seen: str) -> np.ndarray:
    """By how much the error rises when the test digits are altered, in points, (seeds,)."""
    return errors_on(side, seen) - errors_on(side)


def saved(alone: Tuned, side: Tuned, seen: str) -> Estimate:
    """By how much less it rises than that of the net alone."""
    return paired_difference(rise(alone, seen), rise(side, seen))


def other(results: Results, made: str) -> np.ndarray:
    """Test errors at one rate and strength for all that may become of the images, (seeds,)."""
    return 100 * results.values("others", "test_error", where={"made": made})


def correlation(results: Results, kind: str, stage: int) -> np.ndarray:
    """ρ of the gradients within a group, (seeds,)."""
    return results.values("dependence", f"correlation_{kind}", where={"steps": stage})


def worth(results: Results, kind: str, stage: int) -> np.ndarray:
    """How many independent images a group's are worth, (seeds,)."""
    size = int(results.claim.part("dependence").params["copies"]) + 1
    return np.array([effective(size, each) for each in correlation(results, kind, stage)])


def answers(results: Results, made: str, seen: str) -> PatientErrors:
    """How a net on ECG answered for each patient, its records as they are or altered."""
    table = results.table("answers", "ecg", where={"made": made})
    return PatientErrors.read(table[table["seen"] == seen])
