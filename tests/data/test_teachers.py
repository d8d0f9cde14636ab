import numpy as np
import pytest
import torch
from scipy.stats import binom

from deepclaims.data.registry import load
from deepclaims.data.teachers import TEACHERS, TeacherOptions
from deepclaims.errors import ConfigError

RULES = {
    "half": lambda x: x.sum(1) > 0,
    "ball": lambda x: (x**2).sum(1) > 5.348,  # the median of χ² with 6 degrees, from a table
    "xor": lambda x: np.sign(x[:, 0]) == np.sign(x[:, 1]),
}


@pytest.mark.parametrize("teacher", TEACHERS)
def test_labels_are_the_teachers_but_for_those_flipped(teacher):
    config = {"name": "teacher", "teacher": teacher, "dimension": 6, "n": 5000, "n_test": 20_000}
    clean, noisy = (load({**config, "flip": flip}, 0) for flip in (0.0, 0.1))
    x = clean.test.inputs[0].numpy()
    assert np.array_equal(clean.test.targets.numpy().astype(bool), RULES[teacher](x))
    assert clean.test.targets.double().mean() == pytest.approx(0.5, abs=0.02)
    for one, other in ((clean.train, noisy.train), (clean.validation, noisy.validation),
                       (clean.test, noisy.test)):  # fmt: skip
        assert torch.equal(one.inputs[0], other.inputs[0])
        flipped, n = int((one.targets != other.targets).sum()), len(one.targets)
        assert binom.ppf(1e-6, n, 0.1) <= flipped <= binom.ppf(1 - 1e-6, n, 0.1)


def test_points_are_drawn_by_the_seed_and_splits_differ():
    one, again, other = (load({"name": "teacher"}, seed) for seed in (1, 1, 2))
    assert torch.equal(one.train.inputs[0], again.train.inputs[0])
    assert not torch.equal(one.train.inputs[0], other.train.inputs[0])
    assert not torch.equal(one.validation.inputs[0], one.test.inputs[0])


def test_options_and_config_agree(checkout):
    from omegaconf import OmegaConf

    config = OmegaConf.to_container(OmegaConf.load(checkout / "conf/data/teacher.yaml"))
    assert config.pop("name") == "teacher"
    assert TeacherOptions(**config) == TeacherOptions()
    assert set(config) == set(vars(TeacherOptions()))
    with pytest.raises(ConfigError, match="may be half, ball, xor"):
        load({"name": "teacher", "teacher": "nobody"}, 0)
