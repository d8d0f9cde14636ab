"""Scores of an ensemble on patients it never saw, with intervals over patients."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT
from deepclaims.evidence.beat_ensemble import EVERY_PIECE, ODD_PIECES, Ensemble
from deepclaims.evidence.check import Measured
from deepclaims.evidence.class_scores import (
    Confusions,
    Score,
    macro_f1,
    of_class,
    positive_predictivity,
    resampled,
    sensitivity,
)
from deepclaims.evidence.family import OneQuantity

ANSWERS = "ensemble_answers"
"""The table in place of `probabilities`: how many beats of a patient got which answer."""
LEAKED = "ds2 where intra"
"""The beats of DS2 that the intra-patient test has too."""


def judge(results: Results) -> dict[str, Measured]:
    """Se and +P of V and S on DS2, bootstrapped over patients, and the three controls.

    S is asked for with and without record 232, and the answer that decides least counts.
    """
    answers = condensed(results).tables[ANSWERS]

    def counts(which: str) -> Confusions:
        return Confusions.read(answers[answers["ensemble"] == which].assign(seed=0))

    everybody, shuffled = counts("ds2"), counts("shuffled")
    others = everybody.without({DOMINANT})

    def s_class(score: Score) -> OneQuantity:
        return OneQuantity(
            [resampled(of_class(score, "S"), beats) for beats in (everybody, others)]
        )

    return {
        "v_sensitivity": resampled(of_class(sensitivity, "V"), everybody),
        "s_sensitivity": s_class(sensitivity),
        "v_predictivity": resampled(of_class(positive_predictivity, "V"), everybody),
        "s_predictivity": s_class(positive_predictivity),
        "beats_all_n": resampled(macro_f1, everybody, everybody.majority()),
        "shuffled_learns_nothing": resampled(macro_f1, shuffled, shuffled.majority()),
        "leak_flatters": resampled(
            macro_f1, counts("intra").without({DOMINANT}), counts(LEAKED).without({DOMINANT})
        ),
    }


def condensed(results: Results) -> Results:
    """The results as judging reads them: every ensemble's answers, counted patient by patient.

    Beat by beat they are twenty megabytes, and hold the annotation of each beat.
    """
    if ANSWERS in results.tables:
        return results
    net, leak = ensemble(results, "ds2"), ensemble(results, "intra")
    asked = {
        "ds2": net,
        "intra": leak,
        LEAKED: net.where(leak),
        "shuffled": ensemble(results, "shuffled"),
    }
    answers = [each.counted().assign(ensemble=name) for name, each in asked.items()]
    return replace(results, tables={ANSWERS: pd.concat(answers, ignore_index=True)})


def ensemble(results: Results, part: str, arm: str | None = None) -> Ensemble:
    """The ensemble of a part's replicas (of one arm): every fold's own, side by side."""
    table = results.tables["probabilities"]
    chosen = table["part"] == part
    if arm is not None:
        chosen &= table["arm"] == arm
    return Ensemble.read(table[chosen], ODD_PIECES if part == "intra" else EVERY_PIECE)
