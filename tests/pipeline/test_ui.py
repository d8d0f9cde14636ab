"""The UI: it refuses a port it cannot have, and leaves nothing behind when it is ended."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import ui
from deepclaims.tracking.rows import TrackedRun
from deepclaims.tracking.store import Tracker


def free_port():
    with socket.socket() as probe:
        probe.bind((ui.HOST, 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_refused(project):
    with socket.socket() as taken:
        taken.bind((ui.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} cannot be had"):
            ui.run([f"port={port}"])


@pytest.mark.parametrize("port", [0, 80000])
def test_an_impossible_port_is_refused(project, port):
    with pytest.raises(ConfigError, match="is no port"):
        ui.run([f"port={port}"])


SERVER = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "grandchild"])
print(os.getpid(), flush=True)
time.sleep(60)
"""


def command(folder, server):
    """`deepclaims ui` with another server in MLflow's place, and the environment it is run in."""
    package = folder / "mlflow"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(server)
    words = [sys.executable, "-m", "deepclaims.cli", "ui", f"port={free_port()}"]
    path = os.pathsep.join([str(folder), *sys.path])
    return words, {**os.environ, "PYTHONPATH": path}


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_its_server_ends_with_it(project, tmp_path, ended_by):
    """With a server that, as MLflow's, has children of its own."""
    words, environment = command(tmp_path, SERVER)
    shown = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE)
    group = int(shown.stdout.readline())
    shown.send_signal(ended_by)
    assert shown.wait(30) == (-ended_by if ended_by == signal.SIGKILL else 0)
    deadline = time.time() + 10
    while time.time() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("processes of the server are left")


def test_a_server_that_fails_is_told(project, tmp_path):
    words, environment = command(tmp_path, "raise SystemExit(3)")
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ended with status 3" in ended.stderr


def test_it_names_where_each_experiment_is_shown(project, tmp_path):
    Tracker(project.mlflow, "optimisation").log(TrackedRun("a", "a", {}, {}, (0,)))
    words, environment = command(tmp_path, "")
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    port = words[-1].partition("=")[2]
    assert f"optimisation         http://127.0.0.1:{port}/#/experiments/1" in ended.stderr


def test_a_tracking_that_is_not_there_is_refused(project):
    with pytest.raises(ConfigError, match="no tracking 'nowhere'; known: project, server"):
        ui.run([f"port={free_port()}", "tracking=nowhere"])
