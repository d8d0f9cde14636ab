"""What is done to the data before the classifier's training, learnt from the data themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import nn

from deepclaims.data.splits import Splits
from deepclaims.groups import Table
from deepclaims.training.autoencoding import classify_codes, classify_reconstructions
from deepclaims.training.settings import Settings

Train = Callable[[Sequence[Settings], Sequence[Splits], Sequence[int]], Sequence[nn.Module]]
"""Trains a network for each replica."""

PREPROCESSING: Table[Callable[..., list[Splits]]] = Table(
    "regularizer.autoencoder",
    {"codes": classify_codes, "reconstructions": classify_reconstructions},
)
"""By what `regularizer.autoencoder` may say."""


def preprocessed(
    splits: Sequence[Splits], settings: Sequence[Settings], seeds: Sequence[int], train: Train
) -> Sequence[Splits]:
    """The data as the classifiers of some replicas see them.

    Args:
        splits: of each replica.
        settings: of their classifiers, which differ in numbers only.
        seeds: of the replicas.
        train: one after another, or in a stack.
    """
    option = settings[0].regulariser.autoencoder
    if option not in PREPROCESSING:
        return splits
    return PREPROCESSING.named({"name": option})(splits, settings, seeds, train)
