"""Configs of one's own, as Hydra's users give them."""

import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import train
from deepclaims.sweep.hydra_command import HydraCommand
from deepclaims.sweep.training_sweep import TrainingSweep

pytestmark = pytest.mark.slow

MINE = "# @package _global_\ndefaults: [override /model: lenet]\nwidth: 7\noptimizer: {lr: 0.5}\n"


@pytest.fixture
def composed(project, monkeypatch):
    """The configs of the cells that a command line comes to, without running them."""
    found = []

    def run(self, jobs, *, single=False):
        found.extend(self.composer.config(job) for job in jobs)
        return [{} for _ in jobs]

    monkeypatch.setattr(TrainingSweep, "run", run)
    folder = project.root / "own" / "experiment"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(MINE.replace("width: 7\n", ""))
    (project.root / "own" / "start.yaml").write_text(
        "defaults: [train, _self_]\nmany: 9\nfit: {epochs: '${many}'}\n"
    )

    def configs(*words):
        found.clear()
        train.run(list(words))
        return list(found)

    return configs


@pytest.mark.parametrize(
    "words",
    [
        ["--config-dir", "own", "+experiment=mine"],
        ["+experiment=mine", "-cd", "own"],
        ["-m", "+experiment=mine", "--config-dir=own", "seed=0,1"],
        ["+experiment=mine", "hydra.searchpath=[file://{here}/own]"],
        ["-m", "+experiment=mine", "hydra.searchpath=[file://{here}/own]", "seed=0,1"],
    ],
)
def test_groups_of_ones_own(composed, project, words):
    configs = composed(*(word.replace("{here}", str(project.root)) for word in words))
    assert len(configs) == (2 if "-m" in words else 1)
    for config in configs:
        assert config["model"]["name"] == "lenet"
        assert config["optimizer"]["lr"] == 0.5


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("flag", ["-m", "--multirun"])
def test_the_flag_of_a_multirun_may_stand_anywhere(composed, place, flag):
    words = ["fit.epochs=1", "seed=1,2"]
    configs = composed(*words[:place], flag, *words[place:])
    assert [config["seed"] for config in configs] == [1, 2]
    assert {config["fit"]["epochs"] for config in configs} == {1}


def test_a_config_of_ones_own_and_its_own_keys(composed):
    (config,) = composed("--config-name", "start", "-cd", "own", "many=4")
    assert config["fit"]["epochs"] == 4
    assert "many" not in config


@pytest.mark.parametrize("name", ["lenet_99", "double_descent", "ecg_ensemble"])
def test_the_experiments_that_are_shipped(composed, name):
    assert len(composed(f"+experiment={name}")) == {"lenet_99": 1, "double_descent": 21,
                                                    "ecg_ensemble": 5}[name]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["+experiment=mime", "-cd", "own"], "no experiment 'mime'; known: .*did you mean 'mine'"),
        (["experiment=lenet_99"], r"use \+experiment=lenet_99"),
        (["-cd", "nowhere"], "there is no such folder"),
        (["hydra.searchpath=[file:///nowhere]"], "there is no folder /nowhere"),
        (["--config-name", "strat", "-cd", "own"], "no config 'strat'.*did you mean 'start'"),
        (["-cp", "own"], "--config-dir adds a folder of your own"),
        (["--no-such-flag"], "--no-such-flag"),
        (["--cfg", "job", "model=mpl"], "mpl"),
        (["+width=3"], r"for others to refer to, as \$\{width\}"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(composed, words, said):
    with pytest.raises(ConfigError, match=said) as error:
        composed(*words)
    assert "\n" not in str(error.value)


def test_flags_may_stand_anywhere():
    command = HydraCommand.read(["a=1", "-m", "b=2", "--config-dir", "/", "c=3"])
    assert command.overrides == ("a=1", "b=2", "c=3")
    assert command.words() == ["a=1", "b=2", "c=3", "--multirun", "--config-dir", "/"]
