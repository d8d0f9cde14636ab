"""Hydra's grammar through our sweepers, up to the jobs they launch."""

import sys
from dataclasses import dataclass
from types import ModuleType

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper

from deepclaims.errors import ConfigError
from deepclaims.pipeline import train
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.training_sweep import TrainingSweep

pytestmark = pytest.mark.slow

TINY = ["data=function", "model.depth=1", "model.width=4", "fit.steps=5"]


@pytest.fixture
def jobs_of(project, monkeypatch):
    """The jobs that a command line comes to, without running them."""
    launched = []

    def run(self, jobs):
        launched.extend(jobs)
        return [{} for _ in jobs]

    monkeypatch.setattr(TrainingSweep, "run", run)

    def jobs(*words):
        launched.clear()
        train.run(["-m", *TINY, *words])
        return [dict(each.split("=", 1) for each in job) for job in launched]

    return jobs


@pytest.mark.parametrize(
    ("override", "values"),
    [
        ("optimizer.lr=0.1,0.2", ["0.1", "0.2"]),
        ("optimizer.lr=choice(0.1,0.2)", ["0.1", "0.2"]),
        ("model.width=range(2,8,2)", ["2", "4", "6"]),
        ("optimizer=glob(ada*)", ["adagrad", "adam", "adam_unhatted", "adamw"]),
        ("optimizer=glob(*,exclude=[a*,n*])", ["momentum", "radam", "rmsprop", "sgd"]),
    ],
)
def test_the_grid(jobs_of, override, values):
    jobs = jobs_of(override, "seed=range(0,2)")
    key = override.partition("=")[0]
    assert [job[key] for job in jobs] == [value for value in values for _ in range(2)]
    assert [job["seed"] for job in jobs] == ["0", "1"] * len(values)


def test_nothing_is_left_where_the_command_was_given(jobs_of, project):
    before = sorted(project.root.iterdir())
    jobs_of("seed=0,1")
    assert sorted(project.root.iterdir()) == before


SEARCH = ("optimizer.lr=tag(log, interval(1e-4, 1))", "init=choice(he,glorot)", "seed=0,1")


@pytest.mark.parametrize("group", ["hydra", "deepclaims"])
def test_random_search_crosses_every_point_with_the_seeds(jobs_of, group):
    def search(budget):
        return jobs_of(f"{group}/sweeper=random", f"{group}.sweeper.budget={budget}", *SEARCH)

    few, many = search(3), search(5)
    assert len(few) == 6
    assert many[:6] == few
    assert [job["seed"] for job in few] == ["0", "1"] * 3
    assert len({job["optimizer.lr"] for job in many}) == 5


def test_the_last_mention_of_a_parameter_counts(jobs_of):
    words = ("hydra/sweeper=random", "hydra.sweeper.budget=4", "model.width=int(interval(8,99))")
    assert all(int(job["model.width"]) >= 8 for job in jobs_of(*words))


def test_a_space_smaller_than_its_budget_is_said(jobs_of, capsys):
    words = ("hydra/sweeper=random", "hydra.sweeper.budget=9", "init=he,glorot")
    assert len(jobs_of(*words)) == 2
    assert "only 2 different points" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimizer.lr=interval(0,1)"], "say hydra/sweeper=random to search it"),
        (["executor=local,ray"], "a sweep has one executor"),
        (["hydra/sweeper=random"], "there is nothing to search"),
        (["hydra/sweeper=random", "hydra.sweeper.budget=0", *SEARCH], "budget=0"),
        (["hydra/sweeper=random", "hydra.sweeper.method=grid", *SEARCH], "no search method"),
        (["hydra/sweeper=random", "optimizer.lr=interval(a,b)"], "interval"),
        (["hydra/sweeper=random", "model.widht=range(1,3)"], "did you mean 'width'"),
        (["executor.stack=maybe"], "executor.stack=maybe"),
    ],
)
def test_what_makes_no_sweep_is_refused(jobs_of, words, said):
    with pytest.raises(ConfigError, match=said):
        jobs_of(*words)


def test_a_sweep_that_a_config_names_needs_no_flag(jobs_of, project):
    (project.conf / "experiment" / "mine.yaml").write_text(
        "# @package _global_\nhydra: {mode: MULTIRUN, sweeper: {params: {optimizer.lr: '3,5'}}}\n"
    )
    assert [job["optimizer.lr"] for job in jobs_of("+experiment=mine")] == ["3", "5"]


def test_what_of_hydra_is_ignored_is_said(jobs_of, project, capsys):
    before = sorted(project.root.iterdir())
    jobs_of("hydra.sweep.dir=elsewhere", "hydra.job.chdir=true", "seed=0,1")
    said = capsys.readouterr().err
    assert "'hydra.sweep.dir=elsewhere' is ignored" in said
    assert "'hydra.job.chdir=true' is ignored" in said
    assert sorted(project.root.iterdir()) == before


def test_hydras_own_grid_is_ours_and_leaves_no_file(jobs_of, project):
    assert len(jobs_of("hydra/sweeper=basic", "seed=0,1")) == 2
    assert not (project.root / "multirun.yaml").exists()


@pytest.mark.parametrize("name", ["basic", "joblib"])
def test_another_launcher_is_refused(jobs_of, project, name):
    folder = project.root / "own" / "hydra" / "launcher"
    folder.mkdir(parents=True)
    (folder / "joblib.yaml").write_text("_target_: nowhere.Launcher\n")
    with pytest.raises(ConfigError, match=r"executor=local\|ray\|slurm"):
        jobs_of("--config-dir", "own", f"hydra/launcher={name}", "seed=0,1")


@dataclass
class Typed:
    """The config of a sweeper as published ones have it."""

    _target_: str = "nowhere.Sweeper"
    params: dict[str, str] | None = None


def test_what_hydra_fails_at_is_one_line(project):
    ConfigStore.instance().store(group="hydra/sweeper", name="typed", node=Typed)
    words = ["hydra/sweeper=typed", "hydra.sweeper.params={optimizer.lr: '0.1,0.2'}"]
    with pytest.raises(ConfigError, match="Hydra cannot compose") as error:
        train.run(["-m", *TINY, *words])
    assert "\n" not in str(error.value)


class Halving(Sweeper):
    """A sweeper that is not ours: three batches, each at the better end of what is left."""

    def setup(self, *, hydra_context, task_function, config):
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments):
        low, high = 0.001, 1.0
        for number in range(3):
            jobs = [[*arguments, f"optimizer.lr={rate}"] for rate in (low, high)]
            one, other = (float(job.return_value) for job in self.launcher.launch(jobs, number))
            low, high = (low, (low + high) / 2) if one < other else ((low + high) / 2, high)


def test_another_sweeper_works_over_the_same_cache(project, monkeypatch, capfd):
    module = "hydra_plugins.halving"
    monkeypatch.setitem(sys.modules, module, ModuleType(module))
    sys.modules[module].Halving = Halving
    monkeypatch.setattr(Halving, "__module__", module)
    ConfigStore.instance().store(
        group="hydra/sweeper", name="halving", node={"_target_": f"{module}.Halving"}
    )
    Plugins.instance().register(Halving)
    words = ["-m", *TINY, "hydra/sweeper=halving", "executor.workers=0"]
    train.run(words)
    trained = len(RunStore(project.runs).keys())
    assert 4 <= trained <= 5
    capfd.readouterr()
    train.run(words)
    assert len(RunStore(project.runs).keys()) == trained
    assert capfd.readouterr().err.count("all 2 replicas are cached") == 3
