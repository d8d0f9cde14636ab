"""Few labelled images and many without a label: what an autoencoder of them all gives a classifier.

Options 1 and 2 of the slides are their `codes` and `reconstructions`: the data go through an
autoencoder that was trained on all images. Option 3 is `joint`: both costs at once, the
classifier's on the images that have a label, the autoencoder's on all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from deepclaims.claims.regularisation.coders import Principal, squared_error, trained_coder
from deepclaims.claims.tuning import VARIANTS, is_choosing
from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.autoencoder import Autoencoder
from deepclaims.training.objectives import IGNORED
from deepclaims.training.replicas import train_stacked_on

VIEWS: Mapping[str, Callable[[Autoencoder, Principal], Callable[[Tensor], Tensor]]] = {
    "plain": lambda coder, plane: lambda x: x,
    "codes": lambda coder, plane: coder.encode,
    "reconstructions": lambda coder, plane: coder,
    "pca_reconstructions": lambda coder, plane: plane,
}
"""What the classifier has of an image."""


def classify(config: dict[str, Any], seed: int) -> Outcome:
    """Train classifiers on few labelled images, all seen through one autoencoder.

    Args:
        config: `view`, one of `VIEWS`; `labels`, how many are known; `draws`, so many times;
            `code`; `data`; `coder` and `classifier`, training configs; `variants`, each an `lr`.
        seed: draws the images, the autoencoder, the labels that are known and the classifiers.

    Returns:
        Curves by the number of the variant, means over the draws: `validation_error`,
        `test_error`. But for plain images, metrics `mse` of the autoencoder on the test images, and
        `pca`, that of as many principal components. Seeds that choose score no test images.
    """
    splits = load(config["data"], seed, folder_of(config["data"]))
    seen, quality = splits, {}
    if config["view"] != "plain":
        learnt = _learnt(json.dumps([config["data"], config["coder"], config["code"]]), seed)
        seen = _changed(splits, VIEWS[config["view"]](*learnt))
        if not is_choosing(config):
            errors = (squared_error(each, splits.test.inputs[0]) for each in learnt)
            quality = dict(zip(("mse", "pca"), errors, strict=True))
    draws = _labelled(seen, int(config["labels"]), int(config["draws"]))
    variants = [
        _classifier(config, each["lr"], config["classifier"]["fit"]) for each in config[VARIANTS]
    ]
    return Outcome(quality, _mean_errors(draws, variants, seed, _scored(config)))


def joint(config: dict[str, Any], seed: int) -> Outcome:
    """Train classifier and autoencoder at once, β J_clas + (1 − β) J_ae.

    Args:
        config: as of `classify`, without `view`, and `width` of the autoencoder; `variants`, each
            an `lr` and, where `beta` is not in the config, a `beta`; without them, `lr` and `beta`
            of the config; `blank`: whether the images without a label are all grey.
        seed: as of `classify`.

    Returns:
        As `classify`.
    """
    splits = load(config["data"], seed, folder_of(config["data"]))
    x = splits.train.inputs[0]
    draws = [
        beside_unlabelled(draw, torch.zeros_like(x) if config.get("blank") else x)
        for draw in _labelled(splits, int(config["labels"]), int(config["draws"]))
    ]
    # The labelled of a batch count alike and the others not at all, so that J_clas is their mean.
    fit = {**config["classifier"]["fit"], "class_weights": [1.0] * splits.outputs}
    variants = []
    for each in config.get(VARIANTS) or [{"lr": config["lr"]}]:
        option = {
            "name": "autoencoder",
            "autoencoder": "joint",
            "beta": config.get("beta", each.get("beta")),
            "code": config["code"],
            "coder_width": config["width"],
        }
        variants.append({**_classifier(config, each["lr"], fit), "regularizer": option})
    return Outcome({}, _mean_errors(draws, variants, seed, _scored(config)))


def beside_unlabelled(labelled: Splits, x: Tensor) -> Splits:
    """Training data half of which, nearly, are labelled images again and again, half unlabelled.

    Args:
        labelled: whose training part is the images with a label.
        x: inputs that the classifier's cost is to ignore, `(n, …)`.
    """
    own = labelled.train
    again = max(1, len(x) // len(own))
    targets = torch.cat([own.targets.repeat(again), own.targets.new_full((len(x),), IGNORED)])
    return replace(labelled, train=Split((torch.cat([*own.inputs * again, x]),), targets))


@lru_cache(maxsize=64)
def _learnt(config: str, seed: int) -> tuple[Autoencoder, Principal]:
    """The autoencoder of some images and their components: both options take the same."""
    data, training, code = json.loads(config)
    splits = load(data, seed, folder_of(data))
    model = {**training["model"], "code": code}
    learnt = trained_coder(splits, {**training, "data": data, "model": model}, seed)
    return learnt, Principal.of(splits.train.inputs[0], int(code))


def _changed(splits: Splits, see: Callable[[Tensor], Tensor]) -> Splits:
    @torch.no_grad()
    def change(split: Split) -> Split:
        return replace(split, inputs=(see(split.inputs[0]),))

    assert splits.validation is not None
    train = change(splits.train)
    return replace(
        splits,
        train=train,
        validation=change(splits.validation),
        test=change(splits.test),
        input_shapes=(tuple(train.inputs[0].shape[1:]),),
    )


def _labelled(splits: Splits, labels: int, draws: int) -> list[Splits]:
    """The same data with the labels of some training images, others each time.

    Training images come in an order every stretch of which has the classes nearly in proportion.
    """
    return [
        replace(splits, train=splits.train.take(slice(i * labels, (i + 1) * labels)))
        for i in range(draws)
    ]


def _classifier(config: Mapping[str, Any], lr: float, fit: Mapping[str, Any]) -> dict[str, Any]:
    own, scored = config["classifier"], {**fit, "evaluate": _scored(config)}
    return {
        **own,
        "data": config["data"],
        "optimizer": {**own["optimizer"], "lr": lr},
        "fit": scored,
    }


def _scored(config: Mapping[str, Any]) -> list[str]:
    return ["validation"] if is_choosing(config) else ["validation", "test"]


def _mean_errors(
    draws: Sequence[Splits],
    variants: Sequence[Mapping[str, Any]],
    seed: int,
    scored: Sequence[str],
) -> dict[str, Curve]:
    """Each variant on each draw; those that differ in the learning rate alone are one stack."""
    names = [f"{split}_error" for split in scored]
    kinds: dict[str, list[int]] = {}
    for number, each in enumerate(variants):
        kinds.setdefault(json.dumps(each.get("regularizer")), []).append(number)
    errors = torch.empty(len(names), len(variants), len(draws), dtype=torch.float64)
    for numbers in kinds.values():
        places = [(number, i) for number in numbers for i in range(len(draws))]
        outcomes = train_stacked_on(
            [draws[i] for _, i in places],
            [variants[number] for number, _ in places],
            [seed * len(draws) + i for _, i in places],
        )
        for (number, i), outcome in zip(places, outcomes, strict=True):
            for row, name in enumerate(names):
                errors[row, number, i] = outcome.metrics[name]
    steps = list(range(len(variants)))
    means = errors.mean(2).tolist()
    return {name: Curve(steps, each) for name, each in zip(names, means, strict=True)}
