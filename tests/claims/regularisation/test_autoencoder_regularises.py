from dataclasses import replace

import numpy as np
import pytest
import torch

from deepclaims.claims.regularisation.autoencoder_regularises import measure
from deepclaims.claims.regularisation.autoencoder_regularises.judge import Options, judge
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.objectives import IGNORED, choose_objective
from deepclaims.training.settings import Fit

NAME = "regularisation/autoencoder-regularises"
LECTURE = {"codes": 2.0, "reconstructions": 2.5, "pca_reconstructions": 2.0, "joint": 1.5}
"""Points of error saved where the lecture is right."""


@pytest.fixture
def blobs():
    """90 samples of 6 numbers in three classes, in an order in which these take turns."""
    g = torch.Generator().manual_seed(0)
    y = torch.arange(90) % 3
    x = torch.randn(90, 6, generator=g) + 3 * torch.eye(6)[y]
    split = Split((x,), y)
    return Splits(split, split, split, "classification", 3, ((6,),), "computed")


@pytest.fixture
def config(blobs, monkeypatch):
    monkeypatch.setattr(measure, "load", lambda *_: blobs)
    monkeypatch.setattr(measure, "folder_of", lambda _: None)
    measure._learnt.cache_clear()
    fit = {"steps": 20, "batch_size": 10}
    training = {"init": {"name": "lecun"}, "schedule": {"name": "linear"}}
    coder = {
        "model": {"name": "autoencoder", "depth": 1, "width": 8},
        "optimizer": {"name": "adam", "lr": 0.01},
    }
    return {
        "labels": 9,
        "draws": 2,
        "code": 2,
        "width": 8,
        "data": {"name": "mnist"},
        "coder": {**training, **coder, "fit": {**fit, "evaluate": []}},
        "classifier": {
            **training,
            "model": {"name": "mlp", "depth": 1, "width": 8},
            "optimizer": {"name": "adam"},
            "fit": {**fit, "evaluate": ["validation", "test"]},
        },
    }  # fmt: skip


def test_a_cost_of_a_batch_without_labels_is_that_of_those_that_have_one(blobs):
    few = replace(blobs, train=blobs.train.take(slice(0, 9)))
    both = measure.beside_unlabelled(few, blobs.train.inputs[0]).train
    assert int((both.targets != IGNORED).sum()) == 90 == len(both) - 90
    fit = Fit(class_weights=[1.0] * 3)
    objective = choose_objective(fit, blobs, reconstructs=False, beta=0.3)
    answers, residuals = torch.randn(len(both), 3), torch.randn(len(both), 6)
    outputs = torch.cat([answers, residuals], dim=1)
    cost = objective.losses(outputs[None], both.targets[None], objective.weights(both)[None])
    known = both.targets != IGNORED
    classified = torch.nn.functional.cross_entropy(answers[known], both.targets[known])
    assert float(cost) == pytest.approx(float(0.3 * classified + 0.7 * residuals.square().mean()))


def test_labels_are_others_in_each_draw_and_of_all_classes(blobs):
    first, second = measure._labelled(blobs, 9, 2)
    assert not torch.equal(first.train.inputs[0], second.train.inputs[0])
    for draw in (first, second):
        assert draw.train.targets.bincount().tolist() == [3, 3, 3]
        assert draw.test is blobs.test


def test_images_are_seen_through_what_learnt_from_all_of_them(config):
    variants = [{"lr": 0.01}, {"lr": 0.1}]
    found = measure.classify({**config, "view": "reconstructions", "variants": variants}, 0)
    coder, plane = measure._learnt.__wrapped__(
        '[{"name": "mnist"}, ' + _json(config["coder"]) + ", 2]", 0
    )
    x = measure.load().test.inputs[0]
    assert found.metrics["mse"] == measure.squared_error(coder, x)
    assert found.metrics["pca"] == measure.squared_error(plane, x)
    assert len(found.curves["test_error"].values) == 2


def test_with_beta_one_unlabelled_images_do_not_matter_and_with_less_they_do(config):
    def losses(beta):
        return [
            measure.joint({**config, "beta": beta, "lr": 0.05, "blank": blank}, 0).curves
            for blank in (False, True)
        ]

    images, grey = losses(1.0)
    assert images == grey
    images, grey = losses(0.05)
    assert images != grey


def _json(value):
    import json

    return json.dumps(value)


@pytest.fixture
def world(imagined):
    def make(gains=LECTURE, ratio=0.6, left=0.0, best=(0.9, 0.01)):
        def error(kind, seed, beta, lr):
            noise = np.random.default_rng([seed, len(kind)]).normal()
            away = abs(np.log10(lr / best[1])) + (0.0 if beta is None else abs(beta - best[0]))
            return 0.37 - gains.get(kind, 0.0) / 100 + 0.02 * away + 0.006 * noise

        def outcome(part, arm, axes, seed, variants=({},)):
            kind = axes.get("view", part.name)
            made = [
                error(kind, seed, each.get("beta"), each.get("lr", best[1])) for each in variants
            ]
            if part.name == "unlabelled":
                made = [0.37 + left * axes["blank"]]
            curves = {
                name: Curve(range(len(made)), made) for name in ("validation_error", "test_error")
            }
            return Outcome({"mse": ratio * 0.2, "pca": 0.2} if "view" in axes else {}, curves)

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    found = {
        each.check.name: each.outcome for each in findings(results.claim.checks, judge(results))
    }
    assert all(outcome for name, outcome in found.items() if name != "better_than_pca")
    assert Options.of(results).best is Options.of(results).reconstructions


@pytest.mark.parametrize(
    ("option", "sentence"),
    [("codes", "L1.s44.2"), ("reconstructions", "L1.s44.5"), ("joint", "L1.s45.2")],
)
def test_refuted_is_the_option_that_costs(world, rulings, option, sentence):
    found = rulings(world({**LECTURE, option: -3.0}))
    assert found.pop(sentence) == "refuted"
    assert set(found.values()) == {"supported"}


def test_refuted_where_none_helps(world, rulings):
    found = rulings(world(dict.fromkeys(LECTURE, -3.0)))
    assert set(found.values()) == {"refuted"}


def test_nothing_is_decided_with_a_bad_autoencoder(world, rulings):
    assert set(rulings(world(ratio=1.2)).values()) == {"inconclusive"}


def test_nothing_of_option_3_is_decided_where_beta_one_is_something(world, rulings):
    assert rulings(world(left=0.01))["L1.s45.2"] == "inconclusive"


def test_void_where_the_smallest_beta_is_best(world, rulings):
    assert rulings(world(best=(0.05, 0.01)))["L1.s45.2"] == "inconclusive"
