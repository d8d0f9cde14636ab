"""Each gain has two intervals, over seeds and over seeds x patients: both must decide."""

from __future__ import annotations

from deepclaims.claims.recurrence.bidirectional_gains import (
    ARMS,
    confusions,
    forecast_gain,
    gain,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.family import OneQuantity
from deepclaims.evidence.verdict import Measured


def judge(results: Results) -> dict[str, Measured]:
    """Each gain has two intervals, over seeds and over seeds x patients: both must decide."""
    beats = {arm: confusions(results, arm) for arm in ARMS}
    return {
        "rnn_gain": OneQuantity(gain(beats["rnn_bi"], beats["rnn_uni"])),
        "lstm_gain": OneQuantity(gain(beats["lstm_bi"], beats["lstm_uni"])),
        # All four are asked for, so the one that comes closest decides without correction.
        "all_have_learnt": min(
            (gain(each, each.majority())[1] for each in beats.values()), key=lambda each: each.low
        ),
        "no_gain_in_forecasting": OneQuantity(forecast_gain(results, "next")),
        "future_is_seen": OneQuantity(forecast_gain(results, "every")),
    }
