"""Judging within the tests' own process: each of its workers would import torch anew."""

import itertools
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from deepclaims.claims import claim as claims
from deepclaims.ecg import trained_labeller
from deepclaims.ecg.options import read_options
from deepclaims.languages import LANGUAGES
from deepclaims.pipeline import judge, register, shown, verify
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.publish import publish
from deepclaims.pipeline.request import Request
from deepclaims.project import Project
from deepclaims.report import figures, style
from deepclaims.sweep.options import LocalOptions


class Here(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(function(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done

    def map(self, function: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Any:
        return map(function, *iterables)


@contextmanager
def _here(tasks: int, preload: Sequence[str] = ()) -> Iterator[Here]:
    yield Here()


@pytest.fixture(autouse=True)
def _judge_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "judging_pool" not in request.keywords:
        for verb in (judge, shown, verify):
            monkeypatch.setattr(verb, "judging_pool", _here)


@pytest.fixture(scope="session")
def sketch(made_once: Callable[..., Path]) -> Callable[..., None]:
    """Instead of `draw_one`, two thirds of the time of `judge`: every figure is the same one."""

    def make(folder: Path) -> None:
        for language, narrow in itertools.product(LANGUAGES, (False, True)):
            figure, ax = style.figure()
            ax.plot([0, 1], [0, 1], label="a")
            figures.save(figure, folder, "sketch", language, narrow=narrow)

    made = made_once("sketch", make)

    def draw(_: Any, folder: Path, figure: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for file, own in zip(figures.files_of("sketch"), figures.files_of(figure), strict=True):
            shutil.copy(made / file, folder / own)

    return draw


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch, sketch: Callable[..., None]) -> None:
    """Claims are judged, and not drawn."""
    monkeypatch.setattr(judge, "draw_one", sketch)


TWO = ("convolution/lenet-parameters", "convolution/convolution-arithmetic")


@pytest.fixture(scope="session")
def in_this_process() -> Callable[..., ThreadPoolExecutor]:
    """Instead of a pool: to start others takes longer than all there is to judge."""
    return lambda *_: ThreadPoolExecutor(1)


@pytest.fixture(scope="session")
def published(tmp_path_factory, checkout, empty_store, sketch, in_this_process) -> Project:
    """A project of two quick claims, measured, judged and published."""
    root = tmp_path_factory.mktemp("published") / "project"
    shutil.copytree(checkout / "conf", root / "conf")
    shutil.copy(checkout / "dvc.yaml", root)
    (root / ".mlflow").mkdir()
    shutil.copy(empty_store, root / ".mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCLAIMS_ROOT", str(root))
        patch.setattr(judge, "judging_pool", in_this_process)
        patch.setattr(judge, "draw_one", sketch)
        project = Project(root)
        for name in set(claims.catalogue(project.conf)) - set(TWO):
            (project.conf / "claim" / f"{name}.yaml").unlink()
        register.run([])
        request = Request(TWO, project.results, "laptop", LocalOptions(workers=0))
        measure(project, request)
        judge.judge(project)
        publish(project)
    return project


@pytest.fixture
def clone(published, tmp_path, monkeypatch) -> Project:
    """What Git has of it: configs, ledgers and the report."""
    root = tmp_path / "clone"
    for folder in ("conf", "ledger", "reports"):
        shutil.copytree(published.root / folder, root / folder)
    shutil.copy(published.root / "dvc.yaml", root)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(root))
    return Project(root)


def _shrink(conf, seeds=(0,), epochs=4):
    """The checkout's own config of the labeller, made quick."""
    file = conf / "annotate.yaml"
    said = yaml.safe_load(file.read_text())
    quick = ["model.width=8", "fit.batch_size=2", f"fit.epochs={epochs}", "optimizer.lr=0.01"]
    file.write_text(yaml.safe_dump({"seeds": [*seeds], "training": [*said["training"], *quick]}))


@pytest.fixture(scope="session")
def shrink():
    """Makes the labeller's config in a folder `conf` quick."""
    return _shrink


@pytest.fixture(scope="session")
def kept(tmp_path_factory, checkout, small_ecg, empty_store):
    """A run cache with a labeller of two leads, trained on the small synthetic ECG."""
    root = tmp_path_factory.mktemp("kept")
    shutil.copytree(checkout / "conf", root / "conf")
    shutil.copy(checkout / "dvc.yaml", root)
    _shrink(root / "conf")
    (root / "data").symlink_to(small_ecg[1].parents[1])
    (root / ".mlflow").mkdir()
    shutil.copy(empty_store, root / ".mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCLAIMS_ROOT", str(root))
        options = read_options(["100", "executor.workers=0"], Project(root))
        trained = trained_labeller.trained_labeller(Project(root), 2, options.executor)
    assert trained.source == "embedded"
    return root


@pytest.fixture
def ready(project, kept, monkeypatch):
    """A project with the small ECG and its labeller; no training is to happen in it."""
    _shrink(project.conf)
    (project.root / "data").symlink_to((kept / "data").resolve())
    shutil.copytree(kept / ".runs", project.root / ".runs")
    monkeypatch.setattr(trained_labeller, "_train", lambda *_: pytest.fail("trained again"))
    return project
