"""Random features with the least-norm fit, where the interpolation threshold is exactly N = n."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.data.registry import load
from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.random_features import Features, errors, least_norm
from deepclaims.project import Project

CLASSES = 10
MEASURED = ("test_error", "ridge_error", "train_error", "norm")


def features(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of random features on MNIST against their number N.

    Args:
        config: `data` (options of `data=mnist`), `label_noise`, `n_train`; `ratios`, the N/n;
            `ridges`, the λ/N among which validation chooses.
        seed: draws the training samples, the wrong labels and the features.

    Returns:
        Curves over N: `test_error`, `train_error` and `norm` of the least-norm fit, `ridge_error`
        of the ridge chosen by validation on each N.
    """
    options = {**config["data"], "label_noise": config["label_noise"], "n_train": config["n_train"]}
    splits = load(options, seed, Project.here().prepared(options["name"]))
    train, validation, test = splits.train, splits.validation, splits.test
    assert validation is not None  # `data=mnist` and what is alike always have one
    targets = one_hot(train.targets, CLASSES)
    counts = sorted({max(1, round(ratio * len(train))) for ratio in config["ratios"]})
    drawn = Features.draw(
        math.prod(splits.input_shape), counts[-1], torch.Generator().manual_seed(seed)
    )
    phi, phi_validation, phi_test = (drawn(scaled_inputs(s)) for s in (train, validation, test))
    found: dict[str, list[float]] = {name: [] for name in MEASURED}
    for n in counts:
        theta = least_norm(phi[:, :n], targets, [ridge * n for ridge in config["ridges"]])
        chosen = 1 + int(errors(phi_validation[:, :n], theta[1:], validation.targets).argmin())
        tested = errors(phi_test[:, :n], theta[[0, chosen]], test.targets)
        trained = errors(phi[:, :n], theta[:1], train.targets)
        row = (tested[0], tested[1], trained[0], theta[0].norm())
        for name, value in zip(MEASURED, row, strict=True):
            found[name].append(float(value))
    return Outcome({}, {name: Curve(counts, values) for name, values in found.items()})


def scaled_inputs(split: Split) -> Tensor:
    """The inputs as rows of length about one, (samples, inputs) float64."""
    x = split.inputs[0].flatten(1).double()
    return x / math.sqrt(x.shape[1])


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Centred targets (samples, classes): 1 - 1/K for the label's class, -1/K elsewhere."""
    return F.one_hot(labels, classes).double() - 1 / classes
