"""Every beat of patients never seen: the whole of the lecture's example, and what it is worth.

L1 "Redes Bidireccionales", example. Beats of DS2 are labelled by an ensemble trained on DS1, and
compared with de Chazal, O'Dwyer & Reilly 2004 on the same beats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deepclaims.claims.recurrence.bidirectional_gains import least_decided
from deepclaims.claims.recurrence.class_scores import positive_predictivity, sensitivity
from deepclaims.claims.recurrence.ecg_strips import strip_tables, tapes
from deepclaims.claims.recurrence.inter_patient_scores import (
    DOMINANT,
    ensemble,
    macro_gain,
    scored,
)
from deepclaims.claims.results import Results
from deepclaims.data.aami import DS2
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def strips(config: dict[str, Any], seed: int) -> Outcome:
    """Stretches of DS2's ECG to draw; nothing is drawn at random.

    Args:
        config: nothing in it is read.
        seed: is not used.

    Returns:
        The tables of `ecg_strips.strip_tables`.
    """
    folder = Project.here().prepared("ecg")
    tables = strip_tables(list(tapes(folder, DS2)))
    n_strips = len(tables["strips"][["record", "place"]].drop_duplicates())
    return Outcome({"n_strips": float(n_strips)}, {}, tables)


def judge(results: Results) -> dict[str, Estimate]:
    """Se and +P of V and S on DS2, bootstrapped over patients, and the three controls.

    S is asked for with and without record 232, and the answer that decides least counts.
    """
    checks = results.claim.checks
    net = ensemble(results, "ds2")
    everybody = net.confusions()
    others = everybody.without({DOMINANT})
    estimates: dict[str, Estimate] = {}
    for name, score in (("sensitivity", sensitivity), ("predictivity", positive_predictivity)):
        estimates[f"v_{name}"] = scored(everybody, score, "V")
        check = checks[f"s_{name}"]
        both = [scored(beats, score, "S") for beats in (everybody, others)]
        estimates[f"s_{name}"] = least_decided(both, check["relation"], check["bound"])
    leak = ensemble(results, "intra")
    shuffled = ensemble(results, "shuffled").confusions()
    return {
        **estimates,
        "beats_all_n": macro_gain(everybody, everybody.majority()),
        "shuffled_learns_nothing": macro_gain(shuffled, shuffled.majority()),
        "leak_flatters": macro_gain(
            leak.confusions().without({DOMINANT}),
            net.where(leak).confusions().without({DOMINANT}),
        ),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """What is told right and wrong, in numbers and in ECG, and what the numbers hang on."""
    from deepclaims.claims.recurrence import inter_patient_figures as figures
    from deepclaims.claims.recurrence.reliability_figure import reliability_diagram
    from deepclaims.claims.recurrence.strip_figures import right_and_wrong

    return {
        "classes": figures.class_scores(results, language),
        "confusion": figures.confusion(results, language),
        "patients": figures.patients(results, language),
        "controls": figures.controls(results, language),
        "folds": figures.folds(results, language),
        "reliability": reliability_diagram(results, language),
        "strips": right_and_wrong(results, language),
    }
