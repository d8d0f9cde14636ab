"""Nets that pool or stride, trained and not, shown images that are moved more and more.

Pooling is compared with filters that move by two pixels, the same halving with the same parameters
but without a maximum or mean; and with a net that halves nothing. Each has as many images to learn
from as it takes to err alike on images that are where they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from deepclaims.claims.tuning import is_choosing
from deepclaims.data.locked import LOCKED, is_locked
from deepclaims.data.moved_images import rotated, shifted
from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.convolutional import ConvNet
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model, count_parameters
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.project import Project
from deepclaims.training.trained_net import probabilities, trained_net

MOVES: dict[str, Callable[[Tensor, int], Tensor]] = {"shift": shifted, "rotation": rotated}


def moved(config: dict[str, Any], seed: int) -> Outcome:
    """Train one net on images as they are; test it on images moved more and more.

    Args:
        config: `pool`, with the number of its training images in `images`; `rate`; `training`, the
            rest of a training config; `shift` in pixels and `rotation` in degrees, each a list
            from 0 on.
        seed: decides everything random.

    Returns:
        Metrics `validation_error` and `n_parameters`; for each kind of move the curves
        `<move>_error`, and `<move>_change`, the mean total variation between the answers to the
        image and to the moved one. Seeds that choose give the metrics alone.
    """
    training = dict(config["training"])
    pool = config["pool"]
    training["model"] = {**training["model"], "pool": pool}
    training["data"] = {**training["data"], "n_train": config["images"][pool]}
    training["optimizer"] = {**training["optimizer"], "lr": config["rate"]}
    net, splits, scores = trained_net(training, seed)
    found = {
        "validation_error": scores["validation_error"],
        "n_parameters": float(count_parameters(net)),
    }
    if is_choosing(config):
        return Outcome(found)
    x, labels = splits.test.inputs[0], splits.test.targets
    still = probabilities(net, x)
    curves = {}
    for kind, move in MOVES.items():
        answers = [probabilities(net, move(x, a)) if a else still for a in config[kind]]
        errors = [float((each.argmax(1) != labels).double().mean()) for each in answers]
        change = [float((each - still).abs().sum(1).mean() / 2) for each in answers]
        curves[f"{kind}_error"] = Curve(list(config[kind]), errors)
        curves[f"{kind}_change"] = Curve(list(config[kind]), change)
    return Outcome(found, curves)


def features(config: dict[str, Any], seed: int) -> Outcome:
    """How far the features of an untrained net move with the image; the same filters in all nets.

    Args:
        config: `pool`; `model`, the rest of it; `images`; `shift` and `rotation` as in `moved`;
            `dataset`, MNIST if it names none.
        seed: draws the filters.

    Returns:
        For each kind of move a curve: ‖φ(moved x) − φ(x)‖/‖φ(x)‖, over all images together.
    """
    name = config.get("dataset", "mnist")
    options = {"name": name, "n_train": 10, "n_validation": 10, "n_test": config["images"],
               LOCKED: is_locked(config)}  # fmt: skip
    x = load(options, 0, Project.here().prepared(name)).test.inputs[0]
    model = {**config["model"], "pool": config["pool"]}
    random = torch.Generator().manual_seed(seed)
    net = build_model(model, {"name": "he"}, Interface(((1, 28, 28),), 10), UnitNoise(), random)
    assert isinstance(net, ConvNet)
    curves = {}
    with torch.no_grad():
        still = net.features(x)
        for kind, move in MOVES.items():
            change = [
                float((net.features(move(x, a)) - still).norm() / still.norm())
                for a in config[kind]
            ]
            curves[f"{kind}_features"] = Curve(list(config[kind]), change)
    return Outcome({}, curves)
