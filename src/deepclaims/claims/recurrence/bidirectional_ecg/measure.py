"""Bidirectional nets where the future is at hand (every beat of an ECG) and where it is not."""

from __future__ import annotations

from typing import Any

from deepclaims.claims.recurrence.bidirectional_ecg.forecaster import Forecaster, squares
from deepclaims.data.aami import DS1, DS2, VALIDATION
from deepclaims.data.locked import is_locked
from deepclaims.data.rr_intervals import rr_intervals, runs
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project

ASK_EVERY = 4  # beats from one question about the next interval to the next question


def forecast(config: dict[str, Any], seed: int) -> Outcome:
    """Forecast RR intervals: trained on the patients of DS1, asked about those of DS2.

    Args:
        config: `question` next (at the end of a run) or every (at each of its beats);
            `direction` uni or bi; `widths` of both; `length` of a run; `steps`, `batch`, `lr`.
        seed: of weights and order.

    Returns:
        Table `squares` by record and `asked`: the question trained for, and, after `every`,
        `cut`: the same network where the run ends and no future follows.
    """
    import pandas as pd

    folder, length = Project.here().prepared("ecg"), config["length"]
    asked = VALIDATION if is_locked(config) else DS2
    known = [record for record in DS1 if record not in asked]
    trained = Forecaster.train(config, seed, runs(rr_intervals(folder, known), length, 1))
    patients = rr_intervals(folder, asked)
    ends = squares(runs(patients, length, ASK_EVERY), trained, last=True)
    if config["question"] == "next":
        tables = [ends.assign(asked="next")]
    else:
        every = squares(runs(patients, length, length), trained, last=False)
        tables = [every.assign(asked="every"), ends.assign(asked="cut")]
    return Outcome({"n_parameters": float(trained.parameters)}, {}, {"squares": pd.concat(tables)})
