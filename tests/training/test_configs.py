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
from deepclaims.sweep.compose import cell_config
from deepclaims.training.augmentation import AUGMENTATIONS
from deepclaims.training.own_config import OWN_INIT, STACKED_MODELS, STACKED_OPTIMIZERS
from deepclaims.training.own_rates import RESERVED
from deepclaims.training.settings import Fit, Machine, Regulariser, Settings
from deepclaims.training.targets import check, find

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
    files = {name: each for name, each in files.items() if "_target_" not in each}
    if group == "init":
        assert files.pop(OWN_INIT) == {"name": OWN_INIT}
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


def test_of_every_network_and_optimiser_somebody_said_whether_it_is_stacked():
    """A new one fails here, until it has a stacked form and a place in these lists."""
    assert set(MODELS) == STACKED_MODELS
    assert set(OPTIMIZERS) == STACKED_OPTIMIZERS


def test_the_file_of_a_fit_states_the_defaults(checkout):
    said = read(checkout / "conf" / "train.yaml")["fit"]
    assert said.pop("save") == "auto"
    assert Fit(**said) == Fit(evaluate=["train", "validation", "test"])


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
            settings = Settings.read(cell_config(OmegaConf.to_container(composed, resolve=True)))
            assert settings.fit == Fit(evaluate=["train", "validation", "test"])
    assert settings.machine.devices == 2
    assert settings.regulariser.lambda_ == 0.1


@pytest.mark.parametrize("group", ["model", "optimizer", "schedule", "callbacks", "logger"])
def test_what_a_file_names_by_its_target_takes_the_options_it_says(checkout, group):
    for path in (checkout / "conf" / group).glob("*.yaml"):
        config = read(path) or {}
        named = [config] if "_target_" in config else config.values()
        for one in (each for each in named if isinstance(each, dict)):
            reserved = RESERVED if group == "schedule" else ()
            first = 1 if group in ("optimizer", "schedule") else 0
            offered = ("save_dir",) if group == "logger" else ()
            check(group, one, find(one["_target_"], group), first, offered, reserved)
