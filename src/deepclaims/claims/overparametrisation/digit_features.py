"""Random features of MNIST's digits, fitted by the least-norm solution and by ridge.

Which of some λ is taken is decided on validation images, which nothing is reported on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.registry import load
from deepclaims.data.splits import Split
from deepclaims.nn.random_features import Features, errors, least_norm
from deepclaims.project import Project

CLASSES = 10
MEASURED = ("test_error", "ridge_error", "train_error", "norm")
"""Errors of the least-norm fit and of ridge on test; on training, and the norm, of the former."""


@dataclass(frozen=True)
class DigitFeatures:
    """Features of the images of each split, and their labels.

    Args:
        phi: split -> (samples, units).
        labels: split -> (samples,).
    """

    phi: Mapping[str, Tensor]
    labels: Mapping[str, Tensor]

    @classmethod
    def draw(cls, data: Mapping[str, Any], units: int, seed: int) -> Self:
        """Samples, wrong labels and features, all drawn by the seed.

        Args:
            data: options of `data=mnist`.
            units: how many features.
            seed: the replica's.
        """
        splits = load(data, seed, Project.here().prepared(data["name"]))
        assert splits.validation is not None  # `data=mnist` and what is alike always have one
        each = {"train": splits.train, "validation": splits.validation, "test": splits.test}
        inputs = math.prod(splits.input_shape)
        drawn = Features.draw(inputs, units, torch.Generator().manual_seed(seed))
        return cls(
            {name: drawn(scaled_inputs(split)) for name, split in each.items()},
            {name: split.targets for name, split in each.items()},
        )

    def fit(self, samples: int, units: int, ridges: Sequence[float]) -> dict[str, float]:
        """What `MEASURED` names, of fits to the first samples by the first units.

        Args:
            samples: n.
            units: N.
            ridges: the λ/N among which validation chooses.
        """
        phi = {name: each[:, :units] for name, each in self.phi.items()}
        train, labels = phi["train"][:samples], self.labels["train"][:samples]
        theta = least_norm(train, one_hot(labels, CLASSES), [ridge * units for ridge in ridges])
        validated = errors(phi["validation"], theta[1:], self.labels["validation"])
        chosen = 1 + int(validated.argmin())
        tested = errors(phi["test"], theta[[0, chosen]], self.labels["test"])
        trained = errors(train, theta[:1], labels)
        row = (tested[0], tested[1], trained[0], theta[0].norm())
        return {name: float(value) for name, value in zip(MEASURED, row, strict=True)}


def scaled_inputs(split: Split) -> Tensor:
    """The inputs as rows of length about one, (samples, inputs) float64."""
    x = split.inputs[0].flatten(1).double()
    return x / math.sqrt(x.shape[1])


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Centred targets (samples, classes): 1 - 1/K for the label's class, -1/K elsewhere."""
    return F.one_hot(labels, classes).double() - 1 / classes
