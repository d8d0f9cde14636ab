"""How long a chunk of a training of one's own is, so that its curve train_loss is a curve.

A chunk is a point. With fifty minibatches (`fit.chunk: auto`) two hundred steps have four points; a
claim does not look at them, a person does. Where a training is short its chunks are too: that costs
0.15 ms a point. Nothing here loads torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deepclaims.training.costs import samples_of
from deepclaims.training.settings import Settings

POINTS = 20
"""At least so many, of a training that has as many steps."""
AUTOMATIC = 50
"""Minibatches in a chunk of a long training, as `minibatches.AUTOMATIC_CHUNK`."""
UNKNOWN = 5
"""Minibatches in a chunk where it is not known beforehand how many samples there are."""


def shortened(chunk: int, steps: int) -> int:
    """The chunk, or a shorter one that gives `POINTS` points in so many steps."""
    return max(1, min(chunk, steps // POINTS))


def with_a_curve(config: Mapping[str, Any]) -> dict[str, Any]:
    """A training config whose `fit.chunk`, if it is auto, is a number where a training is short.

    Raises:
        ConfigError: a config that cannot be read.
    """
    settings = Settings.read(config)
    fit = settings.fit
    if fit.chunk != "auto" or settings.machine.strategy != "single":
        return dict(config)
    samples = samples_of(settings.data)
    if fit.steps is not None:
        chunk = shortened(AUTOMATIC, fit.steps)
    elif samples is None:
        chunk = UNKNOWN
    else:
        size = samples if fit.batch_size == "full" else min(int(fit.batch_size), samples)
        chunk = shortened(AUTOMATIC, fit.epochs * -(-samples // size))
    if chunk == AUTOMATIC:
        return dict(config)
    return {**config, "fit": {**config["fit"], "chunk": chunk}}
