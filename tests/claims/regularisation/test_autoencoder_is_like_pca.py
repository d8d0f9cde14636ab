from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from deepclaims.claims.regularisation.autoencoder_is_like_pca.judge import judge
from deepclaims.claims.regularisation.autoencoder_is_like_pca.measure import (
    compare,
    largest_angle,
    whitened,
)
from deepclaims.claims.regularisation.coders import Principal, squared_error, trained_coder
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome
from deepclaims.training.replica import networks
from deepclaims.training.settings import Settings

NAME = "regularisation/autoencoder-is-like-pca"


@pytest.fixture(scope="module")
def cloud():
    """400 samples of 8 numbers, three of which vary most; as training and as test."""
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 8)) * [3, 2.5, 2, 0.5, 0.4, 0.3, 0.2, 0.1]
    turned = x @ np.linalg.qr(random.normal(size=(8, 8)))[0] + 5
    split = Split((torch.from_numpy(turned).float(),), torch.zeros(400, dtype=torch.int64))
    return Splits(split, None, split, "classification", 2, ((8,),), "computed")


def test_the_components_are_scikit_learns(cloud):
    x = cloud.train.inputs[0]
    theirs, ours = PCA(3).fit(x.double().numpy()), Principal.of(x, 3)
    assert largest_angle(theirs.components_.T, ours.directions.numpy()) < 1e-5
    back = theirs.inverse_transform(theirs.transform(x.double().numpy()))
    assert np.allclose(ours(x.double()).numpy(), back)
    assert np.allclose(abs(ours.encode(x.double()).numpy()), abs(theirs.transform(x.double())))


def test_a_principal_angle_is_the_angle_between_planes():
    floor = np.eye(3)[:, :2]
    slope = np.radians(30)
    tilted = np.array([[1, 0], [0, np.cos(slope)], [0, np.sin(slope)]])
    assert largest_angle(floor, tilted @ [[2, 1], [0, 3]]) == pytest.approx(30)


def test_whitened_data_have_no_direction_of_their_own(cloud):
    z = whitened(cloud, 5).train.inputs[0].double()
    assert torch.allclose(z.T @ z / len(z), torch.eye(5, dtype=torch.float64), atol=1e-4)
    for plane in (Principal.of(z, 2), Principal(z.mean(0), torch.eye(5).double()[:, 3:])):
        assert squared_error(plane, z) == pytest.approx(1 - 2 / 5, abs=1e-4)


def test_a_linear_autoencoder_finds_the_plane(cloud):
    centred = replace(
        cloud, train=cloud.train.each(lambda x: x - 5 if x.is_floating_point() else x)
    )
    training = {
        "data": {"name": "mnist"},
        "model": {"name": "autoencoder", "depth": 0, "code": 3},
        "init": {"name": "lecun"},
        "optimizer": {"name": "adam", "lr": 0.02},
        "schedule": {"name": "linear"},
        "fit": {"steps": 400, "batch_size": 50, "evaluate": []},
    }
    coder = trained_coder(centred, training, 0)
    x = centred.train.inputs[0]
    plane = Principal.of(x, 3)
    (decoder,) = (p.double().numpy() for p in coder.decode.parameters() if p.ndim == 2)
    assert largest_angle(decoder, plane.directions.numpy()) < 2
    assert squared_error(coder, x) == pytest.approx(squared_error(plane, x), rel=0.1)


def test_a_coder_is_what_autograd_trains(cloud):
    training = {
        "data": {"name": "mnist"},
        "model": {"name": "autoencoder", "width": 16, "code": 3},
        "init": {"name": "he"},
        "optimizer": {"name": "adam", "lr": 0.003},
        "schedule": {"name": "linear"},
        "fit": {"steps": 20, "batch_size": 50, "evaluate": []},
        "trainer": {"precision": 64},
    }
    (expected,) = networks([Settings.read(training)], [cloud], [3])
    coder = trained_coder(cloud, training, 3)
    for own, other in zip(coder.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(own, other.detach(), rtol=1e-9, atol=1e-11)


def world(imagined, angle=1.5, excess=0.001, nonlinear=0.8, isotropic=88.0, whitened=0.0001):
    def outcome(part, arm, axes, seed):
        random = np.random.default_rng([seed, len(part.name)])
        noise = random.normal()
        slow = 1000 / axes.get("steps", 1000)
        ratio = {"linear": 1 + excess, "isotropic": 1 + whitened, "nonlinear": nonlinear}[part.name]
        error = 0.4 * (ratio + 0.0001 * noise)
        return Outcome(
            {
                "train_mse": error,
                "test_mse": error,
                "train_pca": 0.4,
                "test_pca": 0.4,
                "angle": (isotropic if part.name == "isotropic" else angle * slow) + 0.2 * noise,
                "encoder_angle": 60 + noise,
                "random_angle": 89.0,
            }
        )

    return imagined(NAME, outcome)


def test_supported_where_the_planes_are_one(imagined, ruling):
    results = world(imagined)
    assert ruling(results) == "supported"
    assert all(each.outcome for each in findings(results.claim.checks, judge(results)))


@pytest.mark.parametrize("changed", [{"angle": 40.0}, {"excess": 0.05}, {"excess": -0.05}])
def test_refuted_where_it_finds_another_plane_or_error(imagined, ruling, changed):
    assert ruling(world(imagined, **changed)) == "refuted"


@pytest.mark.parametrize("changed", [{"isotropic": 3.0}, {"whitened": 0.1}])
def test_nothing_is_decided_where_planes_are_found_that_are_not_there(imagined, ruling, changed):
    assert ruling(world(imagined, **changed)) == "inconclusive"


def test_that_a_hidden_layer_saves_error_decides_nothing(imagined, ruling):
    assert ruling(world(imagined, nonlinear=1.2)) == "supported"


def test_compare_tells_what_it_measured(monkeypatch, cloud):
    module = "deepclaims.claims.regularisation.autoencoder_is_like_pca.measure"
    monkeypatch.setattr(f"{module}.load", lambda *_: cloud)
    monkeypatch.setattr(f"{module}.folder_of", lambda _: None)
    training = {
        "data": {"name": "mnist"},
        "model": {"name": "autoencoder", "width": 8},
        "init": {"name": "lecun"},
        "optimizer": {"name": "adam", "lr": 0.02},
        "schedule": {"name": "linear"},
        "fit": {"batch_size": 50, "evaluate": []},
    }
    config = {"training": training, "code": 3, "steps": 20}
    linear = compare({**config, "depth": 0, "isotropic": 5}, 1).metrics
    assert linear["train_pca"] == pytest.approx(1 - 3 / 5, abs=1e-4)
    assert linear["train_mse"] > linear["train_pca"]
    assert set(compare({**config, "depth": 1}, 1).metrics) == {
        "train_mse", "test_mse", "train_pca", "test_pca"
    }  # fmt: skip
