"""The same tuning for every kind of net: a grid of initialisations and rates, tried on nets apart.

The variant with the best validation accuracy, of equals the one that took fewest steps, is then
trained afresh, with other weights and other samples, and tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Generator

from deepclaims.claims.recurrence.recurrent_replicas import Weights, join
from deepclaims.claims.recurrence.replica_training import (
    SOLVED,
    Net,
    Plan,
    Problem,
    accuracies,
    train,
)
from deepclaims.evidence.outcome import Outcome

Draw = Callable[[str, int, Generator], Weights]
"""(law, replicas, generator) -> fresh nets."""

TUNING, REPORTED, TEST = 1, 2, 3  # random streams of a seed
TEST_SAMPLES = 1000


@dataclass(frozen=True)
class Kind:
    """A kind of net with what is tried of it.

    Args:
        net: what its weights mean.
        draw: fresh weights by a law's name.
        laws: of initialisation that are tried.
        rates: of Adam that are tried, each with each law, ascending.
    """

    net: Net
    draw: Draw
    laws: Sequence[str]
    rates: Sequence[float]


def tune_and_test(
    kind: Kind, problem: Problem, plan: Plan, sizes: tuple[int, int], success: float, seed: int
) -> Outcome:
    """Choose law and rate on nets apart, then say how many fresh nets succeed.

    Args:
        kind: see `Kind`.
        problem: draws samples.
        plan: of each training.
        sizes: nets for each variant in tuning, and nets reported.
        success: test accuracy that counts as such.
        seed: of everything.

    Returns:
        Metrics `successes`, `trials`, `mean_accuracy` (on test), `rate` and `law` (its place in
        `laws`) as chosen; table `tuning` (law, rate, accuracy: mean over nets
        on validation, each at most `SOLVED`) and
        table `tested` (replica, accuracy on test, steps taken).
    """
    tried, reported = sizes
    variants = [(law, rate) for law in kind.laws for rate in kind.rates]
    draws = _generator(seed, TUNING)
    start = join([kind.draw(law, tried, draws) for law, _ in variants])
    rates = torch.tensor([rate for _, rate in variants]).repeat_interleave(tried)
    found = train(kind.net, start, rates, problem, plan, seed * 1000 + 10 + TUNING)
    score = found.accuracy.clamp(max=SOLVED).view(-1, tried).mean(1)
    time = found.steps.view(-1, tried).float().mean(1)
    law, rate = variants[min(range(len(variants)), key=lambda i: (-score[i], time[i]))]
    fresh = kind.draw(law, reported, _generator(seed, REPORTED))
    rates = torch.full((reported,), rate)
    final = train(kind.net, fresh, rates, problem, plan, seed * 1000 + 10 + REPORTED)
    x, y = problem(reported, TEST_SAMPLES, _generator(seed, TEST))
    accuracy = accuracies(kind.net, final.weights, x, y)
    metrics = {
        "successes": float((accuracy >= success).sum()),
        "trials": float(reported),
        "mean_accuracy": float(accuracy.mean()),
        "rate": rate,
        "law": float(kind.laws.index(law)),
    }
    tuning = pd.DataFrame(
        {
            "law": [name for name, _ in variants],
            "rate": [each for _, each in variants],
            "accuracy": score.numpy(),
        }
    )
    tested = pd.DataFrame(
        {
            "replica": range(reported),
            "accuracy": accuracy.numpy(),
            "steps": final.steps.numpy(),
        }
    )
    return Outcome(metrics, {}, {"tuning": tuning, "tested": tested})


def _generator(seed: int, stream: int) -> Generator:
    return Generator().manual_seed(seed * 1000 + stream)
