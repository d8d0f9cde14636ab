"""Hydra's grammar through our sweepers, up to the jobs they launch."""

import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import train
from deepclaims.sweep.training_sweep import TrainingSweep

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
        ("optimizer=glob(*,exclude=[a*,n*])", ["momentum", "rmsprop", "sgd"]),
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
