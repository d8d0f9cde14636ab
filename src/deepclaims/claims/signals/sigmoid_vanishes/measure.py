"""Signals of untrained nets, and what training does to a sigmoid net's gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from deepclaims.claims.signals import dense_stack
from deepclaims.claims.signals.untrained import measure_passes
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.signal_passes import factor
from deepclaims.optim import rules
from deepclaims.training.stack import ADAM, Descent, Rule, train_stack

PROBE = 256
"""Training images on which the gradients are looked at."""


def passes(config: dict[str, Any], seed: int) -> Outcome:
    """Of one untrained net; see `measure_passes`."""
    return measure_passes(config, seed)


def training(config: dict[str, Any], seed: int) -> Outcome:
    """Train a sigmoid net with LeCun's weights and look at what a layer does to the gradient.

    Args:
        config: `arm` (`sgd` with momentum, or `adam`), `rate` of each, `depth` and `width` of the
            hidden layers, `images`, `steps`, `look`, `batch`.
        seed: of weights and minibatches.

    Returns:
        Metrics `factor`, at the end, and `loss`; curves `factor` and `loss` over steps.
    """
    generator = torch.Generator().manual_seed(seed)
    x, y = dense_stack.digits(config)
    sizes = [x.shape[1], *[int(config["width"])] * int(config["depth"]), dense_stack.CLASSES]
    seen: list[tuple[int, float, float]] = []

    def look(t: int, descent: Descent) -> None:
        sums = dense_stack.sums(descent.weights, x[:PROBE], torch.sigmoid)
        loss = dense_stack.losses(sums[-1], y[:PROBE]).sum()
        gradients = torch.autograd.grad(loss, sums[:-1])
        found = np.array([float(g.square().mean().sqrt()) for g in gradients])
        seen.append((t, 1 / factor(found), float(loss.detach())))

    rule: Rule
    rule, numbers = (
        (rules.momentum, {"beta1": 0.9}) if config["arm"] == "sgd" else (rules.adam, ADAM)
    )
    train_stack(
        Descent(
            dense_stack.draw(sizes, 1.0, 1, generator),
            rule,
            alpha=config["rate"][config["arm"]],
            **numbers,
        ),
        lambda now, batch: dense_stack.losses(
            dense_stack.sums(now, batch[0], torch.sigmoid)[-1], batch[1]
        ),
        dense_stack.minibatches(x, y, int(config["batch"]), generator),
        int(config["steps"]),
        look,
        int(config["look"]),
    )
    steps, factors, losses = zip(*seen, strict=True)
    return Outcome(
        {"factor": factors[-1], "loss": losses[-1]},
        {"factor": Curve(steps, factors), "loss": Curve(steps, losses)},
    )
