"""Small made-up data with all the shapes that training meets, and configs for them."""

import copy
from dataclasses import replace

import pytest
import torch

from deepclaims.data.splits import Split, Splits

BASE = {
    "data": {"name": "mnist"},
    "model": {"name": "mlp", "depth": 1, "width": 16},
    "init": {"name": "he"},
    "optimizer": {"name": "sgd", "lr": 0.1},
    "schedule": {"name": "constant"},
    "regularizer": {"name": "none"},
    "augment": {"name": "none"},
    "trainer": {"name": "cpu"},
    "fit": {"epochs": 2, "batch_size": 32},
}


@pytest.fixture
def make_config():
    """A config from group=dict arguments, each merged over `BASE` (or replacing another name)."""

    def make(**groups):
        config = copy.deepcopy(BASE)
        for group, options in groups.items():
            renamed = options.get("name", config[group].get("name")) != config[group].get("name")
            config[group] = dict(options) if renamed else config[group] | options
        return config

    return make


def images(n, generator):
    """Digits of a kind: a bright row and column say the class."""
    labels = torch.randint(0, 10, (n,), generator=generator)
    x = torch.randn(n, 1, 12, 12, generator=generator)
    x[torch.arange(n), 0, labels] += 2
    return Split((x,), labels)


@pytest.fixture
def digits() -> Splits:
    """200 + 100 + 100 images of 12x12 in 10 classes."""
    g = torch.Generator().manual_seed(0)
    train, validation, test = (images(n, g) for n in (200, 100, 100))
    return Splits(train, validation, test, "classification", 10, ((1, 12, 12),), "computed")


@pytest.fixture
def noisy(digits) -> Splits:
    """`digits` with training labels without sense: validation soon gets worse."""
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 10, (len(digits.train),), generator=generator)
    return replace(digits, train=Split(digits.train.inputs, labels))


@pytest.fixture
def curve() -> Splits:
    """A line with noise: 100 + 50 + 50 points in the plane."""
    g = torch.Generator().manual_seed(0)

    def points(n):
        x = torch.randn(n, 2, generator=g)
        return Split((x,), x @ torch.tensor([[1.0], [-2.0]]))

    return Splits(points(100), points(50), points(50), "regression", 1, ((2,),), "computed")


@pytest.fixture
def beats() -> Splits:
    """Runs of 8 beats of two leads with 3 features, in 4 classes; -1 where nothing is said."""
    g = torch.Generator().manual_seed(0)

    def runs(n, groups):
        labels = torch.randint(-1, 4, (n, 8), generator=g)
        waves = torch.randn(n, 8, 2, 20, generator=g)
        waves[..., 0, 5] += 2.0 * labels
        features = torch.randn(n, 8, 3, generator=g)
        return Split((waves, features), labels, torch.arange(n) % groups)

    shapes = ((8, 2, 20), (8, 3))
    return Splits(
        runs(24, 3), runs(8, 2), runs(9, 2), "tagging", 4, shapes, "computed", ("100", "101", "102")
    )
