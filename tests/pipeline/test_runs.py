import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import runs, train
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.summary import BEST, MANY

pytestmark = pytest.mark.slow

TINY = ["data=function", "model.depth=1", "fit.steps=3"]


@pytest.fixture
def trained(project, capfd):
    """Two cells in the cache: widths 2 (finished) and 3 (failed)."""
    train.run([*TINY, "model.width=2", "seed=0"])
    unit = _unit(project, [*TINY, "model.width=3"])
    RunStore(project.runs).fail(unit.cell, 0, "Traceback …\nMemoryError: 3 is too many")
    capfd.readouterr()
    return project


def _unit(project, words):
    from deepclaims.sweep.compose import Composer
    from deepclaims.sweep.training_sweep import TrainingSweep

    return TrainingSweep(project, Composer(project.conf)).units([words])[0]


def shown(capfd, *words):
    runs.run(words)
    return capfd.readouterr().out


def test_every_cell_is_listed_with_its_failures(trained, capfd):
    said = shown(capfd)
    assert "model.width=2" in said
    assert "seed 0: MemoryError: 3 is too many" in said
    assert "2 cells, 1 replica," in said


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["state=failed"], 1),
        (["state=finished", "claim=none"], 1),
        (["label=width=3"], 1),
        (["claim=sgd-noise-ball"], 0),
        (["older=1h"], 0),
        (["older=0s", "sort=size"], 2),
    ],
)
def test_filters(trained, capfd, words, count):
    cells = "1 cell," if count == 1 else f"{count} cells,"
    assert cells in shown(capfd, *words)


def test_why_of_a_training(trained, capfd):
    assert "cached" in shown(capfd, "--why", *TINY, "model.width=2", "seed=0")
    said = shown(capfd, "--why", *TINY, "model.width=5")
    assert "differs in" in said
    assert "config model.width: 2 -> 5" in said
    said = shown(capfd, "--why", *TINY, "model.width=3", "seed=0")
    assert "seed 0 failed: MemoryError: 3 is too many" in said


def test_why_of_a_claim(trained, capfd):
    said = shown(capfd, "--why", "claim=backpropagation", "profile=smoke")
    assert "not cached: nothing with this task is" in said


def test_pruning_says_first_and_does_then(trained, capfd, monkeypatch):
    from deepclaims.sweep import inventory

    monkeypatch.setattr(inventory, "code_fingerprint", lambda *_: "newer")
    store = RunStore(trained.runs)
    assert "to be deleted: 2 cells" in shown(capfd, "--prune")
    assert "older code: model.width=2" in shown(capfd, "--prune", "state=finished").replace(
        "data=function, model.depth=1, fit.steps=3, ", ""
    )
    assert len(store.keys()) == 2
    assert "deleted: 1 cell," in shown(capfd, "--prune", "state=finished", "--yes")
    assert len(store.keys()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["colour=red"], "does not know 'colour=red'; known: claim="),
        (["state=odd"], "no state 'odd'; known: finished, failed"),
        (["sort=odd"], "no sort 'odd'"),
        (["older=tomorrow"], "is no age; e.g. older=36h"),
        (["--why", "model.widht=3"], "did you mean 'width'"),
    ],
)
def test_what_it_does_not_know_is_refused(project, words, said):
    with pytest.raises(ConfigError, match=said):
        runs.run(words)


def test_many_cells_are_summed_up_by_the_best(project, capfd):
    words = ["-m", "executor.workers=1", *TINY, "model.width=2"]
    count = MANY + 2
    train.run([*words, f"optimizer.lr=range(0.001,{0.001 * (count + 0.5):.4f},0.001)"])
    said = capfd.readouterr().err
    assert f"the best {BEST} of {count} cells by validation_mse:" in said
    assert said.count("[run ") == BEST
    scores = [float(line.split("validation_mse ")[1].split(",")[0]) for line in said.splitlines()
              if "[run " in line]  # fmt: skip
    assert scores == sorted(scores)
    assert f"all {count}: `deepclaims ui`" in said
