"""What runs inside a task is in its key: a cell of every part of every claim is run and watched."""

import functools
import json
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import deepclaims
from deepclaims.claims.claim import catalogue, load, read
from deepclaims.sweep import fingerprint, source
from deepclaims.sweep.cell import STACKED, TRAIN, Cell, cell_of, data_of
from deepclaims.sweep.compose import Composer

PACKAGE = Path(deepclaims.__file__).parent
CONF = Path(__file__).parents[2] / "conf"
LEAST = {"steps": 30, "replicas": 4, "epochs": 1, "problems": 4, "tried": 2, "reported": 2}
"""Parameters that say how much is computed, and how little will do."""


@contextmanager
def watching():
    """The code objects of the package that run, in any thread; not what runs while one imports."""
    seen = set()

    def watch(frame, event, _):
        code = frame.f_code
        if event == "call" and code not in seen and _is_ours(code) and not _is_importing(frame):
            seen.add(code)

    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _is_ours(code):
    return code.co_filename.startswith(f"{PACKAGE}/")


def _is_importing(frame):
    while frame is not None:
        if frame.f_code.co_name == "<module>" and _is_ours(frame.f_code):
            return True
        frame = frame.f_back
    return False


def symbol_of(code):
    """The top-level symbol in whose statement a code object is; an entry's, where it is a table."""
    inner = Path(code.co_filename).relative_to(PACKAGE).with_suffix("").parts
    inner = inner[:-1] if inner[-1] == "__init__" else inner
    module = ".".join(("deepclaims", *inner))
    for name, statements in source.parse(module).definitions.items():
        for entry, value in (source.table_entries(module, name) or {}).items():
            if _holds(value, code.co_firstlineno):
                return module, f"{name}[{entry}]"
        if any(_holds(each, code.co_firstlineno) for each in statements):
            return module, name
    raise AssertionError(f"{code} is in no definition")


def _holds(node, line):
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return first <= line <= node.end_lineno


def not_in_the_key(cell, seed=0):
    """The symbols that run in a cell's task, and that its key does not cover."""
    task = cell.resolve_task()
    _forget_results()
    with watching() as seen:
        task(json.loads(json.dumps(cell.config)), seed)
    covered = set(fingerprint.reachable([cell.task], cell.key_parts["config"]))
    return {symbol_of(code) for code in seen} - covered


def _forget_results():
    """Empty the package's caches: what another cell has computed would not be seen to run."""
    for name, module in list(sys.modules.items()):
        if name.startswith("deepclaims.") and not name.startswith("deepclaims.sweep"):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def shrunk(value, key=""):
    """A config with the least of everything it counts."""
    if isinstance(value, dict):
        return {
            name: shrunk(inner, name if key not in LEAST else key) for name, inner in value.items()
        }
    if isinstance(value, int) and not isinstance(value, bool) and key in LEAST:
        return min(value, LEAST[key])
    return value


@functools.cache
def composer():
    return Composer(CONF)


def a_cell(project, claim, part):
    """The first cell of a part, made small."""
    claim = load(CONF, claim, "smoke")
    (part,) = [each for each in claim.parts if each.name == part]
    stacked = part.tune is not None and part.tune.stacked
    arm, axes = next(iter(part.untuned() if stacked else part.points()))
    variants = part.tune.combinations(part.grid)[:1] if stacked else ()
    cell = cell_of(claim, part, arm or "", dict(axes), composer(), project, variants=variants)
    config = shrunk(dict(cell.config))
    return Cell(config, cell.task, cell.data)


def parts():
    for claim in catalogue(CONF):
        for part in read(CONF, claim)["parts"]:
            yield pytest.param(claim, part, id=f"{claim.split('/')[-1]}-{part}")


@pytest.mark.slow
@pytest.mark.parametrize(("claim", "part"), parts())
def test_all_that_a_part_runs_is_in_its_key(project_with_data, claim, part):
    assert not_in_the_key(a_cell(project_with_data, claim, part)) == set()


def training(project, task, *words):
    config = composer().cell(["fit.steps=3", "fit.batch_size=10", *words], {})
    return Cell(config, task, data_of(config, project))


TOY = ("data=checkerboard", "data.n=40", "model.width=8")


@pytest.mark.parametrize("task", [TRAIN, STACKED])
@pytest.mark.parametrize(
    "words",
    [
        (*TOY, "init=he_truncated", "optimizer=adam"),
        (*TOY, "optimizer=adagrad", "schedule=onecycle", "regularizer=dropout"),
        (*TOY, "optimizer=adam_unhatted", "model.activation=cube", "regularizer=early_stopping"),
        ("data=curve", "model=autoencoder", "fit.loss=absolute", "optimizer=nesterov"),
        ("data=function", "optimizer=rmsprop", "schedule=inverse_sqrt", "regularizer=weight_decay"),
        (*TOY, "regularizer=hidden_noise", "+regularizer.input_noise=0.1"),
        (*TOY, "regularizer=parameter_noise"),
        (*TOY, "regularizer=autoencoder", "regularizer.code=2"),
        (*TOY, "regularizer=autoencoder", "regularizer.autoencoder=codes"),
        (*TOY, "regularizer=autoencoder", "regularizer.autoencoder=reconstructions"),
    ],
)
def test_all_that_a_training_runs_is_in_its_key(project, task, words):
    assert not_in_the_key(training(project, task, *words)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("task", [TRAIN, STACKED])
@pytest.mark.parametrize("model", ["lenet", "rnn", "lstm"])
def test_all_that_a_network_of_digits_runs_is_in_its_key(project_with_data, task, model):
    cell = training(project_with_data, task, "data=mnist", "data.n_train=20", f"model={model}")
    assert not_in_the_key(cell) == set()


@pytest.mark.slow
@pytest.mark.parametrize("augment", [("mnist", "distort"), ("ecg_segments", "electrode")])
def test_all_that_an_augmentation_runs_is_in_its_key(project_with_data, augment):
    data, name = augment
    words = (f"data={data}", f"augment={name}", "model.width=8")
    assert not_in_the_key(training(project_with_data, TRAIN, *words)) == set()


def test_an_entry_of_a_table_that_the_walk_does_not_see_is_found_out(project, monkeypatch):
    cell = training(project, TRAIN, *TOY)
    monkeypatch.setattr(fingerprint, "strings", lambda config: iter(["adam"]))
    assert ("deepclaims.nn.perceptron", "perceptron") in not_in_the_key(cell)
