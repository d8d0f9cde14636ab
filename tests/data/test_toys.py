import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from deepclaims.data.plane_problems import PlaneOptions
from deepclaims.data.registry import load
from deepclaims.data.toys import CheckerboardOptions, CurveOptions, FunctionOptions
from deepclaims.errors import ConfigError

FORMULAS = {
    "smooth": lambda x: np.exp(x) * np.cos(3 * x),
    "kink": lambda x: np.abs(x - 0.2),
    "oscillating": lambda x: np.sin(12 * x),
}


@pytest.mark.parametrize("target", FORMULAS)
def test_functions_against_numpy(target):
    splits = load({"name": "function", "target": target, "n": 65}, 0)
    x, y = splits.train.inputs[0].numpy(), splits.train.targets.numpy()
    assert x.shape == y.shape == (65, 1)
    assert np.allclose(y, FORMULAS[target](x), atol=1e-6)
    assert (x[0, 0], x[-1, 0]) == (-1, 1)
    assert not np.isin(splits.validation.inputs[0], x).any()
    assert len(splits.test) > 4000
    assert (splits.task, splits.outputs) == ("regression", 1)


def test_the_checkerboard_is_not_linear_but_can_be_learnt():
    splits = load({"name": "checkerboard"}, 0)
    train, test = ((s.inputs[0].numpy(), s.targets.numpy()) for s in (splits.train, splits.test))
    assert LogisticRegression().fit(*train).score(*test) < 0.65
    assert KNeighborsClassifier(1).fit(*train).score(*test) > 0.9


def test_the_checkerboards_squares_are_apart():
    x = load({"name": "checkerboard", "margin": 0.2}, 3).train.inputs[0]
    within = (x + 1) * 3 / 2 % 1
    assert within.min() >= 0.1 - 1e-5
    assert within.max() <= 0.9 + 1e-5
    assert x.abs().max() <= 1


def test_the_curve_has_one_degree_of_freedom_and_spans_all():
    splits = load({"name": "curve"}, 0)
    points = splits.test.inputs[0]
    assert torch.equal(points, splits.test.targets)
    spread = np.linalg.svd(points - points.mean(dim=0), compute_uv=False)
    assert (spread**2 / (spread**2).sum()).max() < 0.5
    assert np.linalg.matrix_rank(points.numpy(), tol=1.0) == 8
    # Neighbours along the curve are neighbours in space: nearest distances are tiny.
    distance = torch.cdist(points, points) + 10 * torch.eye(len(points))
    assert distance.min(dim=1).values.median() < 0.02


@pytest.mark.parametrize("name", ["checkerboard", "curve", "plane"])
def test_points_are_drawn_by_the_seed_and_splits_differ(name):
    one, again, other = (load({"name": name}, seed) for seed in (1, 1, 2))
    assert torch.equal(one.train.inputs[0], again.train.inputs[0])
    assert not torch.equal(one.train.inputs[0], other.train.inputs[0])
    assert not torch.equal(one.train.inputs[0][:100], one.test.inputs[0][:100])
    assert not torch.equal(one.validation.inputs[0], one.test.inputs[0])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("function", FunctionOptions),
        ("checkerboard", CheckerboardOptions),
        ("curve", CurveOptions),
        ("plane", PlaneOptions),
    ],
)
def test_options_and_configs_agree(checkout, name, options):
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.load(checkout / f"conf/data/{name}.yaml"))
    assert config.pop("name") == name
    assert options(**config) == options()
    assert set(config) == set(vars(options()))
    with pytest.raises(ConfigError, match="no option colour"):
        load({"name": name, "colour": 1}, 0)


def test_an_unknown_target_is_refused():
    with pytest.raises(ConfigError, match="may be smooth, kink, oscillating"):
        load({"name": "function", "target": "step"}, 0)
