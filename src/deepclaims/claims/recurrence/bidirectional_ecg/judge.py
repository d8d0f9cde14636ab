"""What reading both ways gains, with its two uncertainties: other seeds, and other patients too."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.class_scores import Confusions, macro_f1, resampled
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.family import OneQuantity
from deepclaims.evidence.patients import over_seeds_and_patients
from deepclaims.evidence.statistics import paired_difference

CELLS, DIRECTIONS = ("rnn", "lstm"), ("uni", "bi")
ARMS = tuple(f"{cell}_{direction}" for cell in CELLS for direction in DIRECTIONS)


def judge(results: Results) -> dict[str, Measured]:
    """Each gain has two intervals, over seeds and over seeds x patients: both must decide."""
    beats = {arm: confusions(results, arm) for arm in ARMS}
    return {
        "rnn_gain": OneQuantity(gain(beats["rnn_bi"], beats["rnn_uni"])),
        "lstm_gain": OneQuantity(gain(beats["lstm_bi"], beats["lstm_uni"])),
        # All four are asked for, so the one that comes closest decides without correction.
        "all_have_learnt": min(
            (resampled(macro_f1, each, each.majority()) for each in beats.values()),
            key=lambda each: each.low,
        ),
        "no_gain_in_forecasting": OneQuantity(forecast_gain(results, "next")),
        "future_is_seen": OneQuantity(forecast_gain(results, "every")),
    }


def confusions(results: Results, arm: str) -> Confusions:
    """Counts on DS2 of one arm, with the first features and epochs of the grid."""
    table = results.tables["confusion"]
    chosen = (table["part"] == "beats") & (table["arm"] == arm)
    for axis in ("data.features", "fit.epochs"):
        chosen &= table[axis] == results.axis("beats", axis)[0]
    return Confusions.read(table[chosen])


def gain(
    first: Confusions, second: Confusions, draws: int | None = None
) -> tuple[Estimate, Estimate]:
    """Macro-F1 over N, S and V of `first` minus that of `second`.

    Args:
        first: counts of one arm.
        second: counts of the other, on the same seeds and records.
        draws: of the bootstrap; as many as verdicts take if not given.

    Returns:
        The same difference with Student's interval over paired seeds, and with the bootstrap
        over seeds and patients crossed.

    Raises:
        ValueError: when the arms were not measured on the same seeds and records.
    """
    both = resampled(macro_f1, first, second, draws)
    return paired_difference(macro_f1(first.totals), macro_f1(second.totals)), both


def r_squared(results: Results, asked: str, direction: str) -> np.ndarray:
    """R² of a forecast over all patients, (seeds,)."""
    return _r_squared(_squares(results, asked, direction).sum(axis=1))


def forecast_gain(results: Results, asked: str) -> tuple[Estimate, Estimate]:
    """R² of the bidirectional forecaster minus that of the other; the two intervals of `gain`."""
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
