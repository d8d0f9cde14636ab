"""Scores of an ensemble on patients it never saw, with intervals over patients."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from deepclaims.claims.recurrence.ecg_inter_patient import operating
from deepclaims.claims.recurrence.ecg_inter_patient.operating import Factors
from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT
from deepclaims.evidence.beat_ensemble import EVERY_PIECE, ODD_PIECES, Ensemble
from deepclaims.evidence.check import Measured
from deepclaims.evidence.class_scores import (
    HEADLINE,
    Confusions,
    Score,
    f1,
    macro_f1,
    of_class,
    positive_predictivity,
    resampled,
    sensitivity,
)
from deepclaims.evidence.estimate import Estimate

ANSWERS = "ensemble_answers"
"""The table in place of `probabilities`: how many beats of a patient got which answer."""
OPERATING = "operating_points"
"""What every pair of factors gives in the cross-validation."""
LEAKED = "ds2 where intra"
"""The beats of DS2 that the intra-patient test has too, told by as many nets without the leak."""


def judge(results: Results) -> dict[str, Measured]:
    """Se, +P and F1 on all of DS2 at the operating point of DS1, bootstrapped over patients."""
    tables = condensed(results).tables
    factors = operating.chosen(tables[OPERATING])
    answers = tables[ANSWERS]
    for label, times in factors.items():
        answers = answers[answers[f"times_{label}"] == times]

    def counts(which: str) -> Confusions:
        return Confusions.read(answers[answers["ensemble"] == which].assign(seed=0))

    everybody = counts("ds2")

    def scored(score: Score, label: str) -> Estimate:
        return resampled(of_class(score, label), everybody)

    found = {label: scored(sensitivity, label) for label in HEADLINE}
    leak, same = (counts(which).without({DOMINANT}) for which in ("intra", LEAKED))
    return {
        "n_sensitivity": found["N"],
        "s_sensitivity": found["S"],
        "v_sensitivity": found["V"],
        "n_predictivity": scored(positive_predictivity, "N"),
        "s_predictivity": scored(positive_predictivity, "S"),
        "v_predictivity": scored(positive_predictivity, "V"),
        "s_target": found["S"],
        "v_target": found["V"],
        "s_farag": found["S"],
        "v_farag": found["V"],
        "s_niu": scored(f1, "S"),
        "v_niu": scored(f1, "V"),
        "beats_all_n": resampled(macro_f1, everybody, everybody.majority()),
        "labels_matter": resampled(macro_f1, everybody, counts("shuffled")),
        "leak_flatters": resampled(macro_f1, leak, same),
    }


def condensed(results: Results) -> Results:
    """The results as judging reads them: every ensemble's answers, counted patient by patient.

    Beat by beat they are twenty megabytes, and hold the annotation of each beat.
    """
    if ANSWERS in results.tables:
        return results
    points = operating_points(results)
    factors = operating.chosen(points)
    leak = ensemble(results, "intra", factors)
    same = ensemble(results, "ds2", factors, seeds=results.claim.part("intra").seeds)
    asked = {
        "ds2": ensemble(results, "ds2", factors),
        "intra": leak.where(same),  # where the test is locked it has patients that the other lacks
        LEAKED: same.where(leak),
        "shuffled": ensemble(results, "shuffled", factors),
    }
    columns = {f"times_{label}": times for label, times in factors.items()}
    answers = [each.counted().assign(ensemble=name, **columns) for name, each in asked.items()]
    return replace(
        results, tables={ANSWERS: pd.concat(answers, ignore_index=True), OPERATING: points}
    )


def operating_points(results: Results) -> pd.DataFrame:
    """What every pair of factors gives on DS1, each patient by nets that did not see him."""
    grid = results.claim.grid
    net = ensemble(results, "folds", {}, "recipe")
    return operating.tried(net, grid["times_s"], grid["times_v"])


def point(results: Results) -> dict[str, float]:
    """The factors that the cross-validation chooses."""
    return operating.chosen(operating_points(results))


def ensemble(
    results: Results,
    part: str,
    factors: Factors,
    arm: str | None = None,
    seeds: tuple[int, ...] | None = None,
) -> Ensemble:
    """The ensemble of a part's replicas at an operating point: every fold's own, side by side.

    Args:
        results: of the claim.
        part: whose nets.
        factors: of the classes; {} for the nets as they are.
        arm: of the part, if it has several.
        seeds: of the nets; all when None.
    """
    table = results.tables["probabilities"]
    kept = table["part"] == part
    if arm is not None:
        kept &= table["arm"] == arm
    if seeds is not None:
        kept &= table["seed"].isin(seeds)
    net = Ensemble.read(table[kept], ODD_PIECES if part == "intra" else EVERY_PIECE)
    return operating.at(net, factors)
