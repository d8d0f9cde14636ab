"""Numbers that a key cannot have, against what `conf/` says of each."""

import re

import pytest

import deepclaims
from deepclaims.errors import ConfigError
from deepclaims.pipeline import train
from deepclaims.report.pages.reference import groups
from deepclaims.sweep.store import RunStore
from deepclaims.training.ranges import NARROWER, RANGES, Range, require_in_range

STATED = re.compile(r"(int|float)( >=? -?[\d.]+| in [\[(][\d.]+, [\d.]+[\])])")


def settings(checkout):
    """Key, default and comment of each key that a training has, with its group's choice."""
    texts = {str(file.relative_to(checkout)): file.read_text()
             for file in (checkout / "conf").rglob("*.yaml")}  # fmt: skip
    for group in groups(texts):
        folder, _, choice = group.name.partition("=")
        if group.name != "train.yaml" and folder not in {key.split(".")[0] for key in RANGES}:
            continue
        for each in group.settings:
            yield f"{folder}.{each.key}" if choice else each.key, choice, each


def test_the_ranges_are_those_that_conf_states(checkout):
    compared = 0
    for key, choice, each in settings(checkout):
        found = STATED.match(each.means)
        if found and key in RANGES:
            assert found[0] == NARROWER.get(choice, {}).get(key, RANGES[key]), (key, choice)
            compared += 1
    assert compared > 50


def test_every_number_of_a_training_has_a_range(checkout):
    lacking = {
        key for key, _, each in settings(checkout)
        if each.type in ("int", "float") and key not in RANGES
    }  # fmt: skip
    assert lacking == {"trainer.precision"}  # which is one of three words


@pytest.mark.parametrize(
    ("text", "inside", "outside", "shown"),
    [
        ("int > 0", [1, 3.0], [0, -1, 1.5], "a whole number > 0"),
        ("float >= 0", [0, 0.1], [-1e-9, float("nan")], "a number >= 0"),
        ("float in (0, 1]", [1, 1e-9], [0, 1.1, float("nan")], "a number in (0, 1]"),
        ("float in [0, 1)", [0, 0.9], [1, -0.1], "a number in [0, 1)"),
        ("int", [-3], [0.5], "a whole number"),
    ],
)
def test_what_is_in_a_range(text, inside, outside, shown):
    stated = Range.read(text)
    assert all(map(stated.has, inside))
    assert not any(map(stated.has, outside))
    assert str(stated) == shown


OUT_OF_RANGE = (
    ["optimizer.lr=-1"],
    ["optimizer.lr=0"],
    ["optimizer.lr=nan"],
    ["optimizer=momentum", "optimizer.beta1=1.5"],
    ["optimizer=nesterov", "optimizer.beta1=0"],
    ["optimizer=radam", "optimizer.lr=-1"],
    ["regularizer=dropout", "regularizer.p_keep=2"],
    ["fit.batch_size=0"],
    ["fit.steps=0"],
    ["fit.epochs=-1"],
    ["seed=-1"],
    ["seed=1.5"],
    ["data.n=-3"],
    ["model.width=0"],
    ["model.depth=-1"],
    ["model=convnet", "model.channels=[8,0]"],
    ["init=normal", "init.std=-1"],
    ["schedule=step", "schedule.factor=2"],
)


def refusal(word):
    return rf"{re.escape(word.split('=')[0])}=\S+.* is not possible; it is "


def test_a_number_out_of_range_is_named(composer):
    for words in OUT_OF_RANGE:
        config = composer.config(["data=plane", "fit.steps=2", *words])
        with pytest.raises(ConfigError, match=refusal(words[-1])) as error:
            require_in_range(config)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("words", [["model.depth=-1"], ["-m", "model.width=4,0"]])
def test_it_is_named_before_anything_is_trained(project, words):
    with pytest.raises(ConfigError, match=refusal(words[-1])):
        train.run([*words, "data=plane", "fit.steps=2"])
    assert RunStore(project.runs).keys() == []


def test_more_samples_than_there_are_is_said_before_anything_is_trained(project_with_data):
    with pytest.raises(ConfigError, match=r"data\.n_train=60000, but there are \d+"):
        train.run(["data=mnist", "data.n_train=60000", "fit.steps=2"])
    assert RunStore(project_with_data.runs).keys() == []


def test_a_part_of_ones_own_may_mean_something_else():
    require_in_range({"model": {"_target_": "mine.Net", "width": -1}})
    with pytest.raises(ConfigError, match=r"optimizer\.lr"):
        require_in_range({"optimizer": {"_target_": "torch.optim.RAdam", "lr": -1}})


def test_a_trainer_of_ones_own_is_told_too(project):
    with pytest.raises(ConfigError, match=r"seed=-1"):
        deepclaims.lightning(["data=plane"], seed=-1)
    with pytest.raises(ConfigError, match=r"optimizer\.lr=-2"):
        deepclaims.lightning(["data=plane", "optimizer.lr=-2"])
