"""How often nets of a kind succeed: initialisation and rate chosen on nets apart, fresh nets told.

A validation accuracy saturates, at 1 where all variants solve the problem: of equals the variant
that took fewest steps is preferred, which its score says by less than one sample's worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Generator

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.stack import Weights, join
from deepclaims.training.stacked_classifiers import (
    SOLVED,
    Net,
    Plan,
    Problem,
    accuracies,
    train_classifiers,
)

Draw = Callable[[str, int, Generator], Weights]
"""(law, replicas, generator) -> fresh nets."""

TUNING, REPORTED, TEST = 1, 2, 3  # random streams of a seed
TEST_SAMPLES = 1000
HASTE = 1e-3
"""What the steps of a whole training add to a score; a validation sample more counts 1/256."""


@dataclass(frozen=True)
class Kind:
    """A kind of net.

    Args:
        net: what its weights mean.
        draw: fresh weights by a law's name.
    """

    net: Net
    draw: Draw


def success_rate(kind: Kind, problem: Problem, config: Mapping[str, Any], seed: int) -> Outcome:
    """Score several variants on validation, or say how many fresh nets of one succeed.

    Args:
        kind: see `Kind`.
        problem: draws samples.
        config: `variants` (each a `law` of initialisation and a `rate` of Adam), `steps`, `batch`;
            `tried` nets for each of several variants, `reported` nets of a single one; `success`,
            the test accuracy that counts as such.
        seed: of everything.

    Returns:
        Of several variants: curves `accuracy` (on validation, a net's at most `SOLVED`, mean over
        nets) and `score` (1 − accuracy, and `HASTE` times the share of steps taken) over their
        numbers. Of one: metrics `successes`, `trials`, and table `tested` (replica, accuracy on
        test, steps taken).
    """
    plan = Plan(steps=int(config["steps"]), batch=int(config["batch"]))
    variants = [(str(each["law"]), float(each["rate"])) for each in config["variants"]]
    if len(variants) > 1:
        return _score(kind, problem, plan, variants, int(config["tried"]), seed)
    ((law, rate),) = variants
    return _report(kind, problem, plan, (law, rate, int(config["reported"])),
                   float(config["success"]), seed)  # fmt: skip


def _score(
    kind: Kind,
    problem: Problem,
    plan: Plan,
    variants: list[tuple[str, float]],
    tried: int,
    seed: int,
) -> Outcome:
    draws = _generator(seed, TUNING)
    start = join([kind.draw(law, tried, draws) for law, _ in variants])
    rates = torch.tensor([rate for _, rate in variants]).repeat_interleave(tried)
    found = train_classifiers(kind.net, start, rates, problem, plan, seed * 1000 + 10 + TUNING)
    accuracy = found.accuracy.clamp(max=SOLVED).view(-1, tried).mean(1)
    taken = found.steps.view(-1, tried).float().mean(1) / plan.steps
    numbers = range(len(variants))
    curves = {
        "accuracy": Curve(numbers, accuracy.tolist()),
        "score": Curve(numbers, (1 - accuracy + HASTE * taken).tolist()),
    }
    return Outcome({}, curves)


def _report(
    kind: Kind,
    problem: Problem,
    plan: Plan,
    variant: tuple[str, float, int],
    success: float,
    seed: int,
) -> Outcome:
    law, rate, reported = variant
    fresh, rates = (
        kind.draw(law, reported, _generator(seed, REPORTED)),
        torch.full((reported,), rate),
    )
    final = train_classifiers(kind.net, fresh, rates, problem, plan, seed * 1000 + 10 + REPORTED)
    accuracy = accuracies(
        kind.net, final.weights, *problem(reported, TEST_SAMPLES, _generator(seed, TEST))
    )
    tested = pd.DataFrame(
        {"replica": range(reported), "accuracy": accuracy.numpy(), "steps": final.steps.numpy()}
    )
    successes = float((accuracy >= success).sum())
    return Outcome({"successes": successes, "trials": float(reported)}, {}, {"tested": tested})


def _generator(seed: int, stream: int) -> Generator:
    return Generator().manual_seed(seed * 1000 + stream)
