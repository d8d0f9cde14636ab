"""Se and +P of V and S on DS2, bootstrapped over patients, and the three controls."""

from __future__ import annotations

from deepclaims.claims.recurrence.class_scores import positive_predictivity, sensitivity
from deepclaims.claims.recurrence.inter_patient_scores import (
    DOMINANT,
    Score,
    ensemble,
    macro_gain,
    scored,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.family import OneQuantity
from deepclaims.evidence.verdict import Measured


def judge(results: Results) -> dict[str, Measured]:
    """Se and +P of V and S on DS2, bootstrapped over patients, and the three controls.

    S is asked for with and without record 232, and the answer that decides least counts.
    """
    net = ensemble(results, "ds2")
    everybody = net.confusions()
    others = everybody.without({DOMINANT})

    def s_class(score: Score) -> OneQuantity:
        return OneQuantity([scored(beats, score, "S") for beats in (everybody, others)])

    leak = ensemble(results, "intra")
    shuffled = ensemble(results, "shuffled").confusions()
    return {
        "v_sensitivity": scored(everybody, sensitivity, "V"),
        "s_sensitivity": s_class(sensitivity),
        "v_predictivity": scored(everybody, positive_predictivity, "V"),
        "s_predictivity": s_class(positive_predictivity),
        "beats_all_n": macro_gain(everybody, everybody.majority()),
        "shuffled_learns_nothing": macro_gain(shuffled, shuffled.majority()),
        "leak_flatters": macro_gain(
            leak.confusions().without({DOMINANT}),
            net.where(leak).confusions().without({DOMINANT}),
        ),
    }
