"""Every file of the training groups in conf/ says what the code knows, with its defaults."""

import inspect

import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from deepclaims.nn.initialisation import LAWS
from deepclaims.nn.models import MODELS
from deepclaims.optim.optimizers import OPTIMIZERS
from deepclaims.optim.schedules import SCHEDULES
from deepclaims.training.augmentation import AUGMENTATIONS
from deepclaims.training.settings import Fit, Machine, Regulariser, Settings

CHOICES = {
    "model": MODELS,
    "init": LAWS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "augment": AUGMENTATIONS,
}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("group", sorted(CHOICES))
def test_a_group_has_a_file_for_each_choice_with_all_its_options(checkout, group):
    files = {path.stem: read(path) for path in (checkout / "conf" / group).glob("*.yaml")}
    assert set(files) == set(CHOICES[group])
    for name, config in files.items():
        parameters = inspect.signature(CHOICES[group][name]).parameters.values()
        options = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
        assert config.pop("name") == name
        assert set(config) == set(options)
        stated = {key for key, value in options.items() if value is not inspect.Parameter.empty}
        said = {key: config[key] for key in stated}
        # A default cannot be a list, and YAML has no tuple.
        said = {key: tuple(each) if isinstance(each, list) else each for key, each in said.items()}
        assert said == {key: options[key] for key in stated}


def test_the_file_of_a_fit_states_the_defaults(checkout):
    assert Fit(**read(checkout / "conf" / "train.yaml")["fit"]) == Fit(
        evaluate=["train", "validation", "test"]
    )


@pytest.mark.parametrize("group", ["regularizer", "trainer"])
def test_regularisers_and_trainers_are_understood(checkout, group):
    options = {"regularizer": Regulariser, "trainer": Machine}[group]
    known = {key.rstrip("_") for key in options.__dataclass_fields__}
    for path in (checkout / "conf" / group).glob("*.yaml"):
        config = read(path)
        inherited = config.pop("defaults", [])
        if not config and inherited:  # only another name
            continue
        assert config.pop("name") == path.stem
        assert set(config) <= known


def test_composed_configs_are_read(checkout):
    with initialize_config_dir(str(checkout / "conf"), version_base=None):
        for overrides in (
            [],
            ["trainer=ddp", "regularizer=weight_decay", "regularizer.lambda=0.1"],
        ):
            composed = compose("train", overrides)
            settings = Settings.read(OmegaConf.to_container(composed, resolve=True))
            assert settings.fit == Fit(evaluate=["train", "validation", "test"])
    assert settings.machine.devices == 2
    assert settings.regulariser.lambda_ == 0.1
