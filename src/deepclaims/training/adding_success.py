"""How often recurrent nets learn the adding problem (Hochreiter & Schmidhuber 1997, section 5.4).

As `success_rate` counts for classes: initialisation and rate are chosen on nets apart, and fresh
nets are told of. A net is right if its mean square error on fresh sequences is small; to answer
the mean always, 1, gives 1/6.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import torch
from torch import Generator, Tensor

from deepclaims.data.memory_problems import adding
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.stack import Descent, Weights, by_adam, join, train_stack
from deepclaims.training.stacked_classifiers import Net, Problem
from deepclaims.training.success_rate import HASTE, Kind

UNLEARNT = 1 / 6
"""Mean square error of a net that always answers the mean."""
TUNING, REPORTED, TEST = 4, 5, 6  # random streams of a seed
VALIDATION, TEST_SAMPLES, LOOK = 256, 1000, 50
CHANNELS, NUMBERS = 2, 1
"""That a net reads and answers."""


def adding_success(kind: Kind, config: Mapping[str, Any], seed: int) -> Outcome:
    """Score several variants on validation, or say how many fresh nets of one learn to add.

    Args:
        kind: of net; reads two channels and answers one number.
        config: `length` of the sequences; `variants` (each a `law` of initialisation and a `rate`
            of Adam), `steps`, `batch`; `tried` nets for each of several variants, `reported` nets
            of a single one; `success`, the mean square error below which a net has learnt.
        seed: of everything.

    Returns:
        Of several variants: the curve `score` (mean square error on validation, a net's at most
        `UNLEARNT`, mean over nets, and `HASTE` times the share of steps taken) over their numbers.
        Of one: metrics `successes`, `trials`, and table `tested` (replica, mse on test).
    """
    variants = [(str(each["law"]), float(each["rate"])) for each in config["variants"]]
    nets = int(config["tried" if len(variants) > 1 else "reported"])
    stream = TUNING if len(variants) > 1 else REPORTED
    draws = _generator(seed, stream)
    start = join([kind.draw(law, nets, draws) for law, _ in variants])
    rates = torch.tensor([rate for _, rate in variants]).repeat_interleave(nets)
    problem = partial(adding, length=int(config["length"]))
    best, mse, taken = _train(kind.net, start, rates, problem, config, draws)
    if len(variants) > 1:
        score = mse.clamp(max=UNLEARNT) + HASTE * taken / int(config["steps"])
        means = score.view(-1, nets).mean(1).tolist()
        return Outcome({}, {"score": Curve(range(len(variants)), means)})
    x, y = problem(nets, TEST_SAMPLES, _generator(seed, TEST))
    found = _errors(kind.net, best, x, y)
    tested = pd.DataFrame({"replica": range(nets), "mse": found.numpy()})
    successes = float((found < float(config["success"])).sum())
    return Outcome({"successes": successes, "trials": float(nets)}, {}, {"tested": tested})


def _train(
    net: Net,
    weights: Weights,
    rates: Tensor,
    problem: Problem,
    config: Mapping[str, Any],
    draws: Generator,
) -> tuple[Weights, Tensor, Tensor]:
    """Each net as validation liked it best, its error there, and the steps it took."""
    replicas, batch = len(rates), int(config["batch"])
    x_look, y_look = problem(replicas, VALIDATION, draws)
    best = {name: w.clone() for name, w in weights.items()}
    mse, taken = torch.full((replicas,), torch.inf), torch.zeros(replicas)
    left = torch.arange(replicas)
    solved = 0.5 * float(config["success"])

    def look(t: int, descent: Descent) -> Tensor:
        nonlocal left
        now = _errors(net, descent.weights, x_look[left], y_look[left])
        better = now < mse[left]
        rows = left[better]
        mse[rows], taken[rows] = now[better], float(t)
        for name, w in descent.weights.items():
            best[name][rows] = w.detach()[better]
        left = left[now >= solved]
        return now >= solved

    def loss(now: Weights, drawn: tuple[Tensor, Tensor]) -> Tensor:
        return (net(now, drawn[0])[..., 0] - drawn[1]).square().mean(1)

    descent = by_adam(weights, rates, clip=1.0)
    train_stack(descent, loss, lambda n: problem(n, batch, draws), int(config["steps"]), look, LOOK)
    return best, mse, taken


@torch.no_grad()
def _errors(net: Net, weights: Weights, x: Tensor, y: Tensor) -> Tensor:
    """Mean square error of each replica, (R,); infinite where it is not finite."""
    found = (net(weights, x)[..., 0] - y).square().mean(1)
    return found.nan_to_num(nan=torch.inf)


def _generator(seed: int, stream: int) -> Generator:
    return Generator().manual_seed(seed * 1000 + stream)
