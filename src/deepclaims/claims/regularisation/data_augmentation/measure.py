"""Nets on sets that grew, how much the gradients of copies resemble each other, ECG beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from deepclaims.claims.regularisation.data_augmentation.correlation import (
    Groups,
    gradient_products,
)
from deepclaims.claims.regularisation.data_augmentation.grown import (
    Change,
    change_of,
    distinct,
    grown,
    size_of,
)
from deepclaims.claims.tuning import is_choosing
from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.perceptron import Perceptron
from deepclaims.training.augmentation import build_augment
from deepclaims.training.machine import machine_state
from deepclaims.training.replica import build_module, fit
from deepclaims.training.settings import Settings
from deepclaims.training.streams import NOISE, stream
from deepclaims.training.trained_net import probabilities

TESTED = 1
"""Seed of the changes that test samples undergo: the same for every net."""


def digits(config: dict[str, Any], seed: int) -> Outcome:
    """Train a net on digits and their copies; test it on digits as they are and changed.

    Args:
        config: `made`, a key of `ways`, each with the `change` that makes the copies, how many
            `copies`, and `originals`, whether the samples themselves stay; `law`, the augmentation
            with knowledge, and `strength`, by which its numbers but those in `fixed` are multiplied
            (noise is as large as what the law changes, times `strength`); `training`, with its
            learning rate `lr`, `steps` and `n_train`. Test digits are changed with strength 1.
        seed: decides everything random.

    Returns:
        Metrics `train_error` (of what it was trained on), `validation_error`, `test_error`,
        `informed_error` and `noise_error` (of changed test digits), and `growth`, how many
        different samples it was trained on for each one that there was. Seeds that choose score no
        test digits.
    """
    net, splits, growth = _trained(config, seed)
    assert splits.validation is not None
    scored = {
        "train": (splits.train.inputs[0], splits.train.targets),
        "validation": (splits.validation.inputs[0], splits.validation.targets),
    }
    if not is_choosing(config):
        x, y = splits.test.inputs[0], splits.test.targets
        scored["test"] = (x, y)
        scored |= {kind: (_perturbed(config, kind), y) for kind in ("informed", "noise")}
    metrics = {f"{name}_error": _error(net, *seen) for name, seen in scored.items()}
    return Outcome({**metrics, "growth": growth})


def ecg(config: dict[str, Any], seed: int) -> Outcome:
    """Train a net on stretches of ECG and their copies; test it on others' as they are and changed.

    Args:
        config: as `digits`.
        seed: decides everything random.

    Returns:
        Metrics `validation_error`, `test_error`, `informed_error` and `growth`; table `answers`,
        how they fell out: `seen` (`test` or `informed`), `record, true, predicted, count`.
    """
    net, splits, growth = _trained(config, seed)
    x, y = splits.test.inputs[0], splits.test.targets
    assert splits.validation is not None
    assert splits.test.groups is not None
    records = [splits.group_names[int(group)] for group in splits.test.groups]
    rows = []
    for seen, inputs in {"test": x, "informed": _perturbed(config, "informed")}.items():
        predicted = probabilities(net, inputs).argmax(1)
        rows.append(
            pd.DataFrame({"record": records, "true": y, "predicted": predicted, "seen": seen})
        )
    answers = pd.concat(rows).value_counts(sort=False).rename("count").reset_index()
    wrong = answers["true"] != answers["predicted"]
    metrics = {
        f"{seen}_error": float(answers["count"][wrong & (answers["seen"] == seen)].sum() / len(y))
        for seen in ("test", "informed")
    }
    metrics["validation_error"] = _error(
        net, splits.validation.inputs[0], splits.validation.targets
    )
    return Outcome({**metrics, "growth": growth}, {}, {"answers": answers})


def injection(config: dict[str, Any], seed: int) -> Outcome:
    """Gradients with noise injected at each step, beside that of the set grown by noisy copies.

    Args:
        config: `samples`, `inputs`, `width` and `classes` of a net in double precision; `draws` of
            `noise`.
        seed: draws all of it.

    Returns:
        Metrics `relative_error` between the mean gradient of the steps and that of the cost of all
        the copies together; `without_noise`, the same with the samples as they are in place of
        the copies.
    """
    random = Generator().manual_seed(seed)
    n, inputs, draws = config["samples"], config["inputs"], config["draws"]
    x = torch.empty(n, inputs, dtype=torch.float64).normal_(generator=random)
    y = torch.randint(0, config["classes"], (n,), generator=random)
    net = nn.Sequential(
        nn.Linear(inputs, config["width"]), nn.Tanh(), nn.Linear(config["width"], config["classes"])
    ).double()
    for p in net.parameters():
        p.data.normal_(generator=random).mul_(inputs**-0.5)

    def gradient(x: Tensor, y: Tensor) -> Tensor:
        cost = F.cross_entropy(net(x), y)
        return torch.cat([g.flatten() for g in torch.autograd.grad(cost, [*net.parameters()])])

    inject = build_augment({"name": "none"}, stream(seed, NOISE), config["noise"])
    assert inject is not None
    injected = torch.stack([gradient(inject((x,))[0], y) for _ in range(draws)]).mean(0)
    noise = change_of("noise", {"name": "none"}, stream(seed, NOISE), config["noise"])
    copies = grown(Split((x,), y), noise, draws, originals=False)
    of_copies = gradient(copies.inputs[0], copies.targets)
    size = of_copies.norm()
    return Outcome(
        {
            "relative_error": float((injected - of_copies).norm() / size),
            "without_noise": float((gradient(x, y) - of_copies).norm() / size),
        }
    )


def dependence(config: dict[str, Any], seed: int) -> Outcome:
    """The correlation of the gradients of an image and its copies, after a training.

    Args:
        config: `n_train` and `lr` of a `training` that stops after `steps`; `groups` of one image
            and its `copies` each, images that it was not trained on; `law` as in `digits`.
        seed: decides everything random.

    Returns:
        For `informed` and `noise` copies, and for `others` (as many independent images to a group)
        and `class` (of one class, but independent), the metric `correlation_<kind>`, and the curve
        `spread_<kind>`: variance of the mean of k of a group's gradients over that of one.
    """
    groups, size = config["groups"], config["copies"] + 1
    trained_on, needed = config["n_train"], 2 * groups * size
    pool = {**config, "n_train": trained_on + needed}
    everything = _data(pool, seed)
    training = replace(everything, train=everything.train.take(slice(0, trained_on)))
    net = _fitted(_settings(config), training, seed)
    assert isinstance(net, Perceptron)
    random = stream(seed, NOISE)
    fresh = everything.train.take(trained_on + torch.randperm(needed, generator=random))
    few = fresh.take(slice(0, groups))
    by_kind = {
        kind: grown(few, _change(kind, config, few.inputs[0], random), config["copies"])
        for kind in ("informed", "noise")
    }
    # Copies of one sample lie `groups` apart; `others` are laid out alike.
    by_kind["others"] = fresh.take(slice(0, groups * size))
    by_kind["class"] = fresh.take(_of_one_class(fresh.targets, groups, size))
    metrics, curves = {}, {}
    k = [n for n in range(1, size + 1) if size % n == 0]
    for kind, split in by_kind.items():
        # Next to each other, in any order, so that the original is no first among its copies.
        order = torch.arange(groups * size).view(size, groups).T
        place = torch.rand(groups, size, generator=random).argsort(1)
        rows = split.take(order.gather(1, place).flatten())
        found = Groups(gradient_products(net, rows.inputs[0], rows.targets), size)
        metrics[f"correlation_{kind}"] = found.correlation()
        curves[f"spread_{kind}"] = Curve(k, [found.spread_of_mean(each) for each in k])
    return Outcome(metrics, curves)


def _of_one_class(y: Tensor, groups: int, size: int) -> Tensor:
    """Numbers of samples, as many of one class to a group; those of a group `groups` apart."""
    found = []
    for label in y.unique():
        members = (y == label).nonzero()[:, 0]
        found += list(members[: len(members) // size * size].view(-1, size))
    return torch.stack(found[:: max(1, len(found) // groups)][:groups], dim=1).flatten()


def _trained(config: Mapping[str, Any], seed: int) -> tuple[nn.Module, Splits, float]:
    """The net on the set that grew, its data, and by what factor that grew."""
    splits = _data(config, seed)
    way, random = config["ways"][config["made"]], stream(seed, NOISE)
    change = _change(way["change"], config, splits.train.inputs[0], random)
    more = grown(splits.train, change, way["copies"], originals=way.get("originals", True))
    growth = distinct(more.inputs[0]) / len(splits.train)
    splits = replace(splits, train=more)
    return _fitted(_settings(config), splits, seed), splits, growth


def _change(kind: str, config: Mapping[str, Any], x: Tensor, random: Generator) -> Change:
    """How copies of that kind are made; noise is as large as what the law does to `x`."""
    law, strength = config["law"], config.get("strength", 1.0)
    noise = 0.0
    if kind == "noise":
        noise = strength * size_of(change_of("informed", law, random), x)
    fixed = ("name", *config.get("fixed", ()))
    scaled = {key: v if key in fixed else strength * v for key, v in law.items()}
    return change_of(kind, scaled, random, noise)


def _data(config: Mapping[str, Any], seed: int) -> Splits:
    data = {**config["training"]["data"], "n_train": config["n_train"]}
    splits = load(data, seed, folder_of(data))
    return replace(splits, train=replace(splits.train, groups=None))


def _settings(config: Mapping[str, Any]) -> Settings:
    training = dict(config["training"])
    training["optimizer"] = {**training["optimizer"], "lr": config["lr"]}
    training["fit"] = {**training["fit"], "steps": config["steps"], "evaluate": []}
    return Settings.read(training)


def _fitted(settings: Settings, splits: Splits, seed: int) -> nn.Module:
    with machine_state(settings.machine):
        module = build_module(settings, splits, seed)
        fit(module, settings, None)
        return module.model.eval()


def _perturbed(config: Mapping[str, Any], kind: str) -> Tensor:
    """Test samples changed by the law with strength 1, or by noise of that size."""
    asked = {"law": config["law"], "training": config["training"], "n_train": 1}
    return _changed(json.dumps(asked, sort_keys=True), kind)


@lru_cache(maxsize=2)
def _changed(asked: str, kind: str) -> Tensor:
    config, random = json.loads(asked), Generator().manual_seed(TESTED)
    x = _data(config, TESTED).test.inputs[0]
    return _change(kind, config, x, random)(x)


def _error(net: nn.Module, x: Tensor, y: Tensor) -> float:
    return float((probabilities(net, x).argmax(1) != y).double().mean())
