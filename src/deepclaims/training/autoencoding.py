"""An autoencoder trained first, and the data as the classifier then sees them.

L1 "Autoencoder como regularización para la clasificación", options 1 and 2. The third, which trains
both at once, is a network and an objective (`nn/joint_autoencoder.py`, `objectives.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.data.splits import Split, Splits
from deepclaims.training.machine import DTYPES, in_precision
from deepclaims.training.settings import Regulariser, Settings

ROWS = 1000
"""Samples that are encoded at once."""

View = Callable[[Any], Callable[[Tensor], Tensor]]
"""What of a trained autoencoder the data go through."""


def classify_codes(
    splits: Sequence[Splits], settings: Sequence[Settings], seeds: Sequence[int], train: Any
) -> list[Splits]:
    """Option 1: the data as the codes u of an autoencoder; see `preprocessing.preprocessed`."""
    return _seen_through(lambda network: network.encode, splits, settings, seeds, train)


def classify_reconstructions(
    splits: Sequence[Splits], settings: Sequence[Settings], seeds: Sequence[int], train: Any
) -> list[Splits]:
    """Option 2: the data as the reconstructions x̂ of an autoencoder."""
    return _seen_through(lambda network: network, splits, settings, seeds, train)


def coder_settings(settings: Settings) -> Settings:
    """The training of the autoencoder: with the classifier's optimiser, schedule and batches."""
    own = settings.regulariser
    options = {"depth": own.coder_depth, "width": own.coder_width, "code": own.code}
    return replace(
        settings,
        model={"name": "autoencoder", "activation": "relu", **options},
        regulariser=Regulariser(),
        fit=replace(
            settings.fit,
            loss="auto",
            class_weights=None,
            record_cap=None,
            evaluate=(),
            checkpoint=None,
            keep_probabilities=False,
            validate_every_epoch=False,
        ),
    )


def coder_seed(seed: int) -> int:
    """The autoencoder's seed, so that its weights are not the classifier's drawn again."""
    return int(np.random.SeedSequence([seed, *b"coder"]).generate_state(1)[0])


def _seen_through(
    view: View,
    splits: Sequence[Splits],
    settings: Sequence[Settings],
    seeds: Sequence[int],
    train: Any,
) -> list[Splits]:
    """Each replica's data seen through an autoencoder that learnt from its training inputs."""
    coders = [coder_settings(own) for own in settings]
    networks = train(coders, splits, [coder_seed(seed) for seed in seeds])
    return [
        _changed(in_precision(data, DTYPES[own.machine.precision]), view(network.cpu().eval()))
        for own, data, network in zip(settings, splits, networks, strict=True)
    ]


def _changed(splits: Splits, see: Callable[[Tensor], Tensor]) -> Splits:
    @torch.no_grad()
    def change(split: Split) -> Split:
        (x,) = split.inputs
        return replace(split, inputs=(torch.cat([see(rows) for rows in x.split(ROWS)]),))

    train = change(splits.train)
    return replace(
        splits,
        train=train,
        validation=None if splits.validation is None else change(splits.validation),
        test=change(splits.test),
        input_shapes=(tuple(train.inputs[0].shape[1:]),),
    )
