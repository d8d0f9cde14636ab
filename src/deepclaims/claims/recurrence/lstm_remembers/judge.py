"""Success rates at the shortest and the longest lag, and what an untrained cell keeps."""

from __future__ import annotations

from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    proportion_difference,
    proportion_interval,
)

KINDS = ("rnn", "lstm", "lstm_open")
"""The parts that are compared at all lags."""


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """Estimate what the criterion registered."""
    lags = results.axis("rnn", "lag")
    near, far = ({kind: counts(results, kind, lag=lag) for kind in KINDS}
                 for lag in (min(lags), max(lags)))  # fmt: skip
    half_open, opened = (
        results.values("cell", "left", where={"gates": gates}) for gates in ("zero", "open")
    )
    lengths = results.axis("adding_rnn", "length")
    near_sums, far_sums = (
        counts(results, "adding_rnn", length=length) for length in (min(lengths), max(lengths))
    )
    half_open_sums, open_sums = (
        counts(results, part, length=max(lengths)) for part in ("adding_lstm", "adding_lstm_open")
    )
    return {
        "rnn_adds_less_far": proportion_difference(*near_sums, *far_sums),
        "open_lstm_adds_more": proportion_difference(*open_sums, *far_sums),
        "half_open_lstm_adds": proportion_interval(*half_open_sums),
        "rnn_forgets": proportion_difference(*near["rnn"], *far["rnn"]),
        "lstm_as_printed": proportion_interval(*far["lstm"]),
        "open_lstm_remembers": proportion_interval(*far["lstm_open"]),
        "open_lstm_beats_rnn": proportion_difference(*far["lstm_open"], *far["rnn"]),
        "half_open_forgets": mean_interval(half_open),
        "open_keeps": mean_interval(opened),
        "short_lag": [proportion_interval(*near[kind]) for kind in KINDS],
        "quiet_rnn": proportion_interval(*counts(results, "quiet", lag=max(lags))),
    }
