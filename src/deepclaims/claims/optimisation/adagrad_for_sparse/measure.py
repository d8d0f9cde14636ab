"""Rare features and rarely active hidden units: one rate for all components, or one for each."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor

from deepclaims.claims.tuning import VARIANTS, is_choosing
from deepclaims.data.locked import LOCKED, is_locked
from deepclaims.data.prepared import read_meta
from deepclaims.data.registry import load
from deepclaims.data.splits import Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.rare_units import cross_entropy, draw_net, preactivations
from deepclaims.optim import rules
from deepclaims.optim.rare_features import LogisticProblem, logistic_loss
from deepclaims.optim.shared_rates import decaying_sgd, falling, layer_rates, one_rate
from deepclaims.project import Project
from deepclaims.training.stack import Descent, Rule, train_stack

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
SPLITS = ("train", "validation", "test")

REGRESSION: dict[str, Rule] = {
    "sgd": rules.sgd,
    "sgd_decay": decaying_sgd,
    "one_rate": partial(one_rate, eps=EPS),
    "adagrad": partial(rules.adagrad, eps=EPS, root="inside"),
}
HIDDEN: dict[str, Rule] = {
    "momentum": partial(rules.momentum, beta1=BETA1, form="average", corrected=True),
    "layer": partial(layer_rates, beta1=BETA1, beta2=BETA2, eps=EPS),
    "adam": partial(rules.adam, beta1=BETA1, beta2=BETA2, eps=EPS),
}
"""Adam; without its denominator; with one denominator for each layer."""


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """Learn a logistic regression in one pass over its samples, at every α of `variants`.

    Args:
        config: `features` (sparse or dense, see `LogisticProblem`), `method` (one of `REGRESSION`),
            `power` a, `dimensions`, `samples`, `batch`, `test`, `scale` of the true weights, `rare`
            (the first j that counts as rare), `variants` (each an `alpha`).
        seed: draws problem, samples and batches; the same for every method.

    Returns:
        Curves by the number of the variant: `divergence`, mean KL of the fitted probability from
        the true one at new inputs (nats), and `rare`, the same over inputs with at least two rare
        features.
    """
    random = Generator().manual_seed(seed)
    power = config["power"] if config["features"] == "sparse" else None
    problem = LogisticProblem.drawn(config["dimensions"], config["scale"], power, random)
    alpha = _rates(config)
    start = {"theta": torch.zeros(len(alpha), config["dimensions"])}
    descent = Descent(start, REGRESSION[config["method"]], alpha=alpha)
    train_stack(
        descent,
        lambda weights, batch: logistic_loss(weights["theta"], *batch),
        lambda _: problem.samples(config["batch"], random),
        config["samples"] // config["batch"],
    )
    x = problem.inputs(config["test"], random)
    divergence = problem.divergence(descent.weights["theta"].detach(), x)
    rare = (x[:, config["rare"] - 1 :] != 0).sum(1) >= 2
    return _by_variant({"divergence": divergence.mean(1), "rare": divergence[:, rare].mean(1)})


def hidden(config: dict[str, Any], seed: int) -> Outcome:
    """Train a net of one hidden layer on MNIST in one pass, at every α of `variants`.

    What changes between nets is how rarely a unit is active, see `draw_net`: activations have mean
    square 1 at first, as He's initialisation seeks. Inputs are whitened principal components, so
    that they are all alike. α falls linearly to 0.

    Args:
        config: `method` (one of `HIDDEN`), `share` of the images on which a unit is active at the
            start, `leak` (slope of the activation below 0; 0 is ReLU), `steps`, `batch`,
            `components`, `width`, `held_out` [validation, test] images, `variants` (each an
            `alpha`), `dataset` (MNIST if it names none). A stand-in for MNIST may have fewer
            images: then all of them are used, in fewer steps.
        seed: draws images, initial weights and batches; the same for every method.

    Returns:
        Curves by the number of the variant: `validation` and `test`, mean cross-entropy (nats,
        infinite where training diverged), and `active`, the mean share of validation images on
        which a hidden unit is positive at the end. Seeds that choose score no test images.
    """
    splits, random, leak = _images(config, seed), Generator().manual_seed(seed), config["leak"]
    x, y, alpha = splits.train.inputs[0], splits.train.targets, _rates(config)
    steps = len(x) // config["batch"]
    first = draw_net(x, config["width"], config["share"], leak, random)
    start = {name: w.repeat(len(alpha), 1, 1) for name, w in first.items()}
    order = iter(torch.randperm(len(x), generator=random).view(steps, -1))
    descent = Descent(start, falling(HIDDEN[config["method"]], steps), alpha=alpha)
    train_stack(
        descent,
        lambda weights, rows: cross_entropy(weights, x[rows], y[rows], leak),
        lambda _: next(order),
        steps,
    )
    net = {name: w.detach() for name, w in descent.weights.items()}
    assert splits.validation is not None  # a number of images was asked for
    held_out = {"validation": splits.validation}
    if not is_choosing(config):
        held_out["test"] = splits.test
    losses = {
        name: cross_entropy(net, split.inputs[0], split.targets, leak)
        for name, split in held_out.items()
    }
    active = preactivations(net, splits.validation.inputs[0]) > 0
    return _by_variant(
        {name: torch.where(loss.isfinite(), loss, torch.inf) for name, loss in losses.items()}
        | {"active": active.double().mean(dim=(1, 2))}
    )


def _images(config: dict[str, Any], seed: int) -> Splits:
    name = config.get("dataset", "mnist")
    folder = Project.here().prepared(name)
    counts = read_meta(folder, name)["counts"]
    steps = min(config["steps"], counts["train"] // config["batch"])
    asked = (steps * config["batch"], *config["held_out"])
    images = {f"n_{part}": min(n, counts[part]) for part, n in zip(SPLITS, asked, strict=True)}
    options = {"name": name, "pool": 2, "pca": config["components"], **images,
               LOCKED: is_locked(config)}  # fmt: skip
    return load(options, seed, folder)


def _rates(config: dict[str, Any]) -> Tensor:
    return torch.tensor([each["alpha"] for each in config[VARIANTS]], dtype=torch.float64)


def _by_variant(found: dict[str, Tensor]) -> Outcome:
    curves = {name: Curve(range(len(each)), each.tolist()) for name, each in found.items()}
    return Outcome({}, curves)
