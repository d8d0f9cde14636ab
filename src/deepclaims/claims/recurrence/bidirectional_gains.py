"""What reading both ways gains, with its two uncertainties: other seeds, and other patients too."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.recurrence.class_scores import Confusions, macro_f1
from deepclaims.claims.results import Results
from deepclaims.errors import ClaimError
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.resampling import DRAWS, bootstrap
from deepclaims.evidence.statistics import paired_difference

CELLS, DIRECTIONS = ("rnn", "lstm"), ("uni", "bi")
ARMS = tuple(f"{cell}_{direction}" for cell in CELLS for direction in DIRECTIONS)


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
        ClaimError: when the arms were not measured on the same seeds and records.
    """
    if (first.seeds, first.records) != (second.seeds, second.records):
        raise ClaimError("bidirectional-ecg: two arms differ in their seeds or records")

    def difference(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.mean(macro_f1(a) - macro_f1(b)))

    return (
        paired_difference(macro_f1(first.counts), macro_f1(second.counts)),
        bootstrap(difference, first.counts, second.counts, across=2, draws=draws or DRAWS),
    )


def forecast_squares(results: Results, asked: str, direction: str) -> np.ndarray:
    """Squared errors and deviations of a forecast, (seeds, records, 2)."""
    table = results.tables["squares"]
    chosen = table[(table["asked"] == asked) & (table["direction"] == direction)]
    wide = chosen.pivot_table(index="seed", columns="record", values=["error", "deviation"])
    return np.stack([wide["error"].to_numpy(), wide["deviation"].to_numpy()], axis=-1)


def r_squared(squares: np.ndarray) -> np.ndarray:
    """R² over all patients, (seeds, records, 2) -> (seeds,)."""
    error, deviation = squares.sum(axis=1).T
    return 1 - error / deviation


def forecast_gain(results: Results, asked: str) -> tuple[Estimate, Estimate]:
    """R² of the bidirectional forecaster minus that of the other; the two intervals of `gain`."""
    uni, bi = (forecast_squares(results, asked, direction) for direction in DIRECTIONS)

    def difference(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.mean(r_squared(a) - r_squared(b)))

    return paired_difference(r_squared(bi), r_squared(uni)), bootstrap(
        difference, bi, uni, across=2
    )
