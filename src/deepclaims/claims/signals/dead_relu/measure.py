"""Which hidden units no image switches on, before training and after it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pandas as pd
import torch
from torch import Generator, Tensor

from deepclaims.claims.signals import dense_stack
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim import rules
from deepclaims.training.stack import ADAM, Descent

OPTIMISERS: dict[str, tuple[Any, dict[str, float]]] = {
    "adam": (rules.adam, dict(ADAM)),
    "sgd": (rules.sgd, {}),
}


def units(config: dict[str, Any], seed: int) -> Outcome:
    """Train the same net at every rate with every slope, on the same minibatches.

    A unit is off if its sum z is above 0 for no image: of ReLU, its output is then 0 and it gets no
    gradient; of Leaky ReLU, its output is slope · z.

    Args:
        config: `optimiser`, `rates`, `slopes` (0 is ReLU), `bias` of the hidden units, `widths` of
            the hidden layers, `images` (the first half is trained on, all are looked at), `steps`,
            `batch`.
        seed: of weights and minibatches.

    Returns:
        Table `units`: a row for each `rate` and `slope`: shares of hidden units `off_before` and
        `off_after`, on the images trained on; `killed`, off only after; of those off before,
        `revived`; of those off after, `off_for_others`, off for the other images too; `silent`, the
        share whose output is 0 for all images; `error` on the images trained on.
    """
    generator = Generator().manual_seed(seed)
    x, y = dense_stack.digits(config)
    half = len(x) // 2
    pairs = list(product(config["rates"], config["slopes"]))
    rates = torch.tensor([rate for rate, _ in pairs])
    slopes = torch.tensor([slope for _, slope in pairs]).view(-1, 1, 1)

    def activation(z: Tensor) -> Tensor:
        return torch.where(z > 0, z, slopes * z)

    sizes = [x.shape[1], *config["widths"], dense_stack.CLASSES]
    start = dense_stack.draw(sizes, 2.0, len(pairs), generator, float(config["bias"]))
    rule, numbers = OPTIMISERS[config["optimiser"]]
    descent = Descent(start, rule, alpha=rates, **numbers)
    batches = dense_stack.minibatches(x[:half], y[:half], int(config["batch"]), generator)
    with torch.no_grad():
        for _ in range(int(config["steps"])):
            images, classes = batches(len(pairs))
            descent.along(dense_stack.leaky_gradients(descent.weights, images, classes, slopes))
        before = _off(dense_stack.sums(start, x[:half], activation)[:-1])
        *hidden, logits = dense_stack.sums(descent.weights, x[:half], activation)
        after, others = (
            _off(hidden),
            _off(dense_stack.sums(descent.weights, x[half:], activation)[:-1]),
        )
        silent = torch.cat([(activation(z) == 0).all(1) for z in hidden], dim=1)
    still = after & before
    found = {
        "off_before": _share(before),
        "off_after": _share(after),
        "killed": _share(after & ~before),
        "revived": 1 - still.sum(1) / before.sum(1),  # NaN where none was off
        "off_for_others": (after & others).sum(1) / after.sum(1),
        "silent": _share(silent),
        "error": _share(logits.argmax(-1) != y[:half]),
    }
    table = pd.DataFrame({name: each.double().numpy() for name, each in found.items()})
    table.insert(0, "rate", [rate for rate, _ in pairs])
    table.insert(1, "slope", [slope for _, slope in pairs])
    return Outcome({"most_killed": float(found["killed"].max())}, {}, {"units": table})


def _off(sums: Sequence[Tensor]) -> Tensor:
    """Whether each hidden unit is off, (R, units)."""
    return torch.cat([(z <= 0).all(1) for z in sums], dim=1)


def _share(flags: Tensor) -> Tensor:
    return flags.float().mean(1)
