"""Bidirectional nets where the future is at hand (every beat of an ECG) and where it is not.

L1 "Redes Bidireccionales". Beats are labelled on patients never trained on; forecasting the next
RR interval is the control.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deepclaims.claims.recurrence.bidirectional_gains import (
    ARMS,
    CELLS,
    confusions,
    forecast_gain,
    gain,
    least_decided,
)
from deepclaims.claims.recurrence.rr_forecast import Forecaster, rr_intervals, runs, squares
from deepclaims.claims.results import Results
from deepclaims.data.aami import DS1, DS2
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Outcome
from deepclaims.project import Project

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    trained = Forecaster.train(config, seed, runs(rr_intervals(folder, DS1), length, 1))
    patients = rr_intervals(folder, DS2)
    ends = squares(runs(patients, length, ASK_EVERY), trained, last=True)
    if config["question"] == "next":
        tables = [ends.assign(asked="next")]
    else:
        every = squares(runs(patients, length, length), trained, last=False)
        tables = [every.assign(asked="every"), ends.assign(asked="cut")]
    return Outcome({"n_parameters": float(trained.parameters)}, {}, {"squares": pd.concat(tables)})


def judge(results: Results) -> dict[str, Estimate]:
    """Each gain has two intervals, over seeds and over seeds x patients: both must decide."""
    checks = results.claim.checks

    def decided(name: str, estimates: Sequence[Estimate]) -> Estimate:
        return least_decided(estimates, checks[name]["relation"], checks[name]["bound"])

    beats = {arm: confusions(results, arm) for arm in ARMS}
    return {
        **{
            f"{cell}_gain": decided(f"{cell}_gain", gain(beats[f"{cell}_bi"], beats[f"{cell}_uni"]))
            for cell in CELLS
        },
        # All four are asked for, so the one that comes closest decides without correction.
        "all_have_learnt": min(
            (gain(each, each.majority())[1] for each in beats.values()), key=lambda each: each.low
        ),
        "no_gain_in_forecasting": decided("no_gain_in_forecasting", forecast_gain(results, "next")),
        "future_is_seen": decided("future_is_seen", forecast_gain(results, "every")),
    }


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The gains, the scores behind them, the patients behind those, and the forecasts."""
    from deepclaims.claims.recurrence import bidirectional_figures as figures

    return {
        "gain": figures.gains(results, language),
        "cells": figures.cells(results, language),
        "classes": figures.class_scores(results, language),
        "patients": figures.without_each_patient(results, language),
        "forecast": figures.forecasts(results, language),
    }
