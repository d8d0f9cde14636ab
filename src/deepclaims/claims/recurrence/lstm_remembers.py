"""Delayed recall: how often RNNs and LSTMs, tuned alike, learn to bring a symbol across a lag.

L1 "Large Time Series Models": weaknesses of the RNN, and what the LSTM's gates are for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Generator, Tensor

from deepclaims.claims.recurrence.memory_cell import kept
from deepclaims.claims.recurrence.memory_problems import recall
from deepclaims.claims.recurrence.recurrent_replicas import (
    Weights,
    answer,
    draw_gated,
    draw_plain,
    gated_states,
    plain_states,
)
from deepclaims.claims.recurrence.replica_training import Plan
from deepclaims.claims.recurrence.tuned_alike import Kind, tune_and_test
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import (
    mean_interval,
    proportion_difference,
    proportion_interval,
    worst,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CUES = 4
LAWS = {
    "rnn": ("orthogonal", "identity", "torch"),
    "lstm": ("orthogonal", "identity", "torch"),
    "lstm_open": ("one", "open", "chrono"),
}
"""What is tried for W_hh, or for the gates, of each kind of net."""
BIASES = {"zero": 0.0, "open": 4.0}
"""b_f of the untrained cells that are looked at."""
LOOK = 4  # steps between two looks at a cell


def remember(config: dict[str, Any], seed: int) -> Outcome:
    """Tune one kind of net at one lag and count how many fresh nets succeed.

    Args:
        config: `kind` (a key of `LAWS`), `lag` in steps, `noise` (its deviation), `width` by kind,
            `rates`, `steps`, `batch`, `tried`, `reported`, `success`.
        seed: of everything.
    """
    kind, lag = str(config["kind"]), int(config["lag"])
    width = int(config["width"][kind])
    sizes = (CUES + 1, width, CUES)

    def draw(law: str, replicas: int, generator: Generator) -> Weights:
        if kind == "rnn":
            return draw_plain(law, replicas, sizes, generator)
        return draw_gated(law, replicas, sizes, lag, generator)

    return tune_and_test(
        Kind(_plain if kind == "rnn" else _gated, draw, LAWS[kind], config["rates"]),
        partial(recall, lag=lag, noise=float(config["noise"]), cues=CUES),
        Plan(steps=int(config["steps"]), batch=int(config["batch"])),
        (int(config["tried"]), int(config["reported"])),
        float(config["success"]),
        seed,
    )


def _plain(weights: Weights, x: Tensor) -> Tensor:
    return answer(weights, plain_states(weights, x)[-1])


def _gated(weights: Weights, x: Tensor) -> Tensor:
    return answer(weights, gated_states(weights, x)[-1])


def hold(config: dict[str, Any], seed: int) -> Outcome:
    """What is left in the cell of an untrained LSTM after t steps of the task's noise.

    Args:
        config: `gates` (zero or open), `width`, `noise`, `steps`.
        seed: draws weights and noise.

    Returns:
        Metric `left` (log₁₀ of ‖∂c_T/∂c_0‖_F/√width after all steps); curve `left` over t.
    """
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    law = {"zero": "orthogonal", "open": "open"}[config["gates"]]
    weights = draw_gated(law, 1, (CUES + 1, int(config["width"]), CUES), steps, generator)
    looks = [1, *range(LOOK, steps + 1, LOOK)]
    left = kept(weights, float(config["noise"]), looks, generator)
    return Outcome({"left": left[-1]}, {"left": Curve(looks, left)})


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered: success rates at the shortest and the longest lag."""
    lags = results.axis("recall", "lag")
    short, far = min(lags), max(lags)
    kinds = results.axis("recall", "kind")
    rnn_far, open_far = counts(results, "rnn", far), counts(results, "lstm_open", far)
    return {
        "rnn_forgets": proportion_difference(*counts(results, "rnn", short), *rnn_far),
        "lstm_as_printed": proportion_interval(*counts(results, "lstm", far)),
        "open_lstm_remembers": proportion_interval(*open_far),
        "open_lstm_beats_rnn": proportion_difference(*open_far, *rnn_far),
        "half_open_forgets": mean_interval(results.values("cell", "left", where={"gates": "zero"})),
        "open_keeps": mean_interval(results.values("cell", "left", where={"gates": "open"})),
        "short_lag": worst(
            [proportion_interval(*counts(results, kind, short)) for kind in kinds], "above"
        ),
        "quiet_rnn": proportion_interval(*counts(results, "rnn", far, "quiet")),
    }


def counts(results: Results, kind: str, lag: int, part: str = "recall") -> tuple[int, int]:
    """Successes and trials of a kind of net at a lag, over all seeds."""
    where = {"kind": kind, "lag": lag}
    successes, trials = (
        results.values(part, name, where=where) for name in ("successes", "trials")
    )
    return int(np.sum(successes)), int(np.sum(trials))


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.recurrence.lstm_remembers_figures import (
        cell_figure,
        success_figure,
        tuning_figure,
    )

    return {
        "success": success_figure(results, language),
        "cell": cell_figure(results, language),
        "tuning": tuning_figure(results, language),
    }
