"""What reading both ways gains in the average patient, over seeds and patients."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.data.aami import TWICE, TWIN
from deepclaims.evidence.check import Measured
from deepclaims.evidence.class_scores import (
    CLASSES,
    HEADLINE,
    Confusions,
    macro_f1,
    resampled,
    sensitivity,
)
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.family import OneQuantity
from deepclaims.evidence.patients import over_seeds_and_patients, patient_mean
from deepclaims.evidence.statistics import paired_difference

CELLS, DIRECTIONS = ("rnn", "lstm"), ("uni", "bi")
ARMS = tuple(f"{cell}_{direction}" for cell in CELLS for direction in DIRECTIONS)


DRAWS = 99_999
"""Resamples of a gain: as the third attempt at this claim it must meet a twelfth of the level."""
FEWER = 1_999
"""Resamples of what decides nothing."""
FEWEST = 5
"""Beats of a class that a patient must have for the class to count."""


def judge(results: Results) -> dict[str, Measured]:
    """Each gain over seeds and patients, who all count alike; pooled beats beside it."""
    beats = {arm: confusions(results, arm) for arm in ARMS}
    # All four are asked for, so the one that comes closest decides without correction.
    learnt = min(
        (patient_gain(each, each.majority(), FEWER) for each in beats.values()),
        key=lambda each: each.low,
    )
    return {
        "rnn_gain": patient_gain(beats["rnn_bi"], beats["rnn_uni"]),
        "lstm_gain": patient_gain(beats["lstm_bi"], beats["lstm_uni"]),
        "rnn_macro_f1": resampled(macro_f1, beats["rnn_bi"], beats["rnn_uni"], FEWER),
        "lstm_macro_f1": resampled(macro_f1, beats["lstm_bi"], beats["lstm_uni"], FEWER),
        "all_have_learnt": learnt,
        "no_gain_in_forecasting": OneQuantity(forecast_gain(results, "next")),
        "future_is_seen": OneQuantity(forecast_gain(results, "every")),
    }


def confusions(results: Results, arm: str) -> Confusions:
    """Counts of one arm on every patient, each by the nets that did not see him.

    The person who is in both halves of the database, as two records, is left out.
    """
    table = results.tables["confusion"]
    chosen = (table["part"] == "beats") & (table["arm"] == arm)
    chosen &= table["fit.epochs"] == results.axis("beats", "fit.epochs")[0]
    return Confusions.read(table[chosen]).without({TWICE, TWIN})


def patient_scores(beats: Confusions) -> np.ndarray:
    """Mean sensitivity of the classes N, S and V that a patient has, (seeds, patients)."""
    kept = [CLASSES.index(label) for label in HEADLINE]
    found = sensitivity(beats.counts)[..., kept]
    there = beats.counts.sum(axis=-1)[..., kept] >= FEWEST
    mean: np.ndarray = (found * there).sum(axis=-1) / np.maximum(there.sum(axis=-1), 1)
    return mean


def patient_gain(first: Confusions, second: Confusions, draws: int | None = None) -> Estimate:
    """What a patient's score under `first` is more than under `second`, mean over patients.

    Args:
        first: counts of one arm.
        second: counts of the other, on the same seeds and records.
        draws: of the bootstrap over seeds and patients; as many as the verdict takes if not given.

    Raises:
        ValueError: when the arms were not measured on the same seeds and records.
    """
    if (first.seeds, first.records) != (second.seeds, second.records):
        raise ValueError("the two sides of a difference differ in their seeds or records")
    gains = patient_scores(first) - patient_scores(second)
    return patient_mean(gains, crossed=True, span=(-1.0, 1.0), draws=draws or DRAWS)


def r_squared(results: Results, asked: str, direction: str) -> np.ndarray:
    """R² of a forecast over all patients, (seeds,)."""
    return _r_squared(_squares(results, asked, direction).sum(axis=1))


def forecast_gain(results: Results, asked: str) -> tuple[Estimate, Estimate]:
    """R² of the bidirectional forecaster minus that of the other: over seeds, and over both."""
    uni, bi = (_squares(results, asked, direction) for direction in DIRECTIONS)

    def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return _r_squared(a) - _r_squared(b)

    seeds = paired_difference(_r_squared(bi.sum(axis=1)), _r_squared(uni.sum(axis=1)))
    return seeds, over_seeds_and_patients(difference, bi, uni)


def _squares(results: Results, asked: str, direction: str) -> np.ndarray:
    """Squared errors and deviations of a forecast, (seeds, records, 2)."""
    table = results.tables["squares"]
    chosen = table[(table["asked"] == asked) & (table["direction"] == direction)]
    wide = chosen.pivot_table(index="seed", columns="record", values=["error", "deviation"])
    return np.stack([wide["error"].to_numpy(), wide["deviation"].to_numpy()], axis=-1)


def _r_squared(total: np.ndarray) -> np.ndarray:
    """Of squared errors and deviations summed over patients, (…, 2) -> (…)."""
    found: np.ndarray = 1 - total[..., 0] / total[..., 1]
    return found
