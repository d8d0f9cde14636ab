"""Ctrl-C before a replica is done: one line, 130, nothing half-written, and on from there."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.slow

LINE = (
    "deepclaims train: interrupted; what is finished is saved, and the same command goes on from "
    "there"
)
LONG = ["-m", "data=function", "executor.workers=2", "seed=0,1", "fit.steps=1000000"]
"""The workers learn while MLflow is imported; no replica is done by then, on any machine."""
AT = """
    import importlib.abc, os, signal, sys


    class At(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name == os.environ.get("INTERRUPTED_AT"):
                os.environ.pop("INTERRUPTED_AT")
                if os.environ.get("INTERRUPTED_BY") == "kill":
                    os.kill(os.getpid(), signal.SIGTERM)
                else:  # as a terminal does: to all processes of the command
                    os.killpg(0, signal.SIGINT)
            return None


    sys.meta_path.insert(0, At())
"""
"""Sends the interrupt at a known moment: when a module is about to be imported."""


@pytest.fixture
def train(project_with_data, checkout, tmp_path):
    """Runs `deepclaims train` and interrupts it at the import of a module."""
    (tmp_path / "sitecustomize.py").write_text(textwrap.dedent(AT))
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{checkout / 'src'}"}

    def run(at, *words, by="terminal"):
        how = {"INTERRUPTED_AT": at, "INTERRUPTED_BY": by}
        return subprocess.run(
            [sys.executable, "-m", "deepclaims.cli", "train", "fit.steps=3", *words],
            cwd=project_with_data.root, env={**environment, **how},
            capture_output=True, text=True, check=False, start_new_session=True, timeout=300,
            # Started in the background the tests have it ignored, and so would have the command.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("hydra", []),
        ("torch.nn", []),
        ("deepclaims.data.mnist", []),
        ("deepclaims.training.foresight", ["-m", "seed=0,1"]),
        ("mlflow", LONG),
    ],
)
def test_an_early_interrupt_is_one_line_and_leaves_nothing(project_with_data, train, at, words):
    shutil.rmtree(project_with_data.mlflow)  # as in a fresh clone: it is made on the way
    done = train(at, *words)
    assert done.returncode == 130, done.stderr
    said = [line for line in done.stderr.splitlines() if line and "STAND-IN" not in line]
    assert said[-1] == LINE, done.stderr
    assert len(said) <= 2  # the other says how many replicas there are
    assert done.stdout == ""
    assert not list(project_with_data.root.rglob("outcome.json"))
    assert not (project_with_data.mlflow / "mlflow.db").exists()


def test_the_next_start_goes_on(project_with_data, train):
    words = ["data=function", "model.width=4"]
    assert train("deepclaims.training.replica", *words).returncode == 130
    done = train("", *words)
    assert done.returncode == 0
    assert "1/1 done, 0 cached" in done.stderr


def test_a_request_to_end_is_answered_in_one_line(project_with_data, train):
    done = train("mlflow", *LONG, by="kill")
    assert done.returncode == 143, done.stderr
    assert done.stderr.splitlines()[-1] == LINE.replace("interrupted", "terminated")
    assert not list(project_with_data.root.rglob("outcome.json"))
