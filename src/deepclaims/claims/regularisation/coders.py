"""Autoencoders trained on data at hand, and the principal components they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from deepclaims.data.splits import Splits
from deepclaims.nn.autoencoder import Autoencoder
from deepclaims.training.machine import machine_state
from deepclaims.training.replicas import stacked_networks
from deepclaims.training.settings import Settings


@dataclass(frozen=True)
class Principal:
    """The affine plane of least squared error through some samples.

    Args:
        mean: of the samples, `(d,)`.
        directions: orthonormal, the one of most variance first, `(d, k)`.
    """

    mean: Tensor
    directions: Tensor

    @classmethod
    def of(cls, x: Tensor, code: int) -> Self:
        """The first `code` components of samples `(n, …)`; in double precision."""
        flat = x.flatten(1).double()
        mean = flat.mean(0)
        _, vectors = torch.linalg.eigh((flat - mean).T @ (flat - mean))
        return cls(mean, vectors.flip(1)[:, :code])

    def encode(self, x: Tensor) -> Tensor:
        """(n, …) -> (n, k), in the precision of x."""
        return (x.flatten(1) - self.mean.to(x)) @ self.directions.to(x)

    def __call__(self, x: Tensor) -> Tensor:
        """(n, …) -> (n, …): the nearest points of the plane."""
        return (self.encode(x) @ self.directions.to(x).T + self.mean.to(x)).view_as(x)


def trained_coder(splits: Splits, config: Mapping[str, Any], seed: int) -> Autoencoder:
    """An autoencoder of the training inputs; nobody looks at their classes.

    Args:
        splits: the data; what the config says of data is not looked at.
        config: groups of a training config, with `model` an autoencoder.
        seed: decides its weights and batches.
    """
    settings = Settings.read(config)
    with machine_state(settings.machine):
        # A stack of one: its gradients are by hand. It has no company that its bits depend on.
        (network,) = stacked_networks([settings], [splits], [seed])
    coder = network.eval().requires_grad_(False)
    assert isinstance(coder, Autoencoder)
    return coder


@torch.no_grad()
def squared_error(reconstruct: Any, x: Tensor) -> float:
    """Mean of (x̂ − x)² over samples and numbers."""
    return float((reconstruct(x) - x).double().square().mean())
