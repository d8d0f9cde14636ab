"""A tracking server on PostgreSQL, started here: what it gets, artifacts too."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests
from mlflow import MlflowClient

from deepclaims.sweep.cell import Cell
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.logbook import Logbook, LogEntry, Parent
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.unit import Unit
from deepclaims.tracking.outbox import outbox_of
from deepclaims.tracking.settings import Tracking
from deepclaims.tracking.store import uri

pytestmark = [pytest.mark.server, pytest.mark.slow]
STARTS_IN = 240
"""Seconds that MLflow may take to lay its tables on a busy machine."""


def tool(name):
    """A program of PostgreSQL, which Debian keeps aside."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(kept[-1]) if kept else shutil.which(name)
    if found is None:
        pytest.skip("needs PostgreSQL here: .ci/services postgresql")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def postgresql():
    """The address of an empty data base, its server on a port of its own; no root may start it.

    Its folder is none of pytest's: each start of a pytest shuts those for other users.
    """
    pytest.importorskip("psycopg2", reason="needs psycopg2: pip install 'deepclaims[server]'")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    initdb, pg_ctl = tool("initdb"), tool("pg_ctl")
    made = subprocess.run([*user, initdb, "-D", data, "-U", "mlflow", "-A", "trust", "--no-sync"],
                          capture_output=True, text=True, cwd="/")  # fmt: skip
    assert made.returncode == 0, made.stderr
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run([*user, pg_ctl, "-D", data, "-w", "-t", "60", "-l", folder / "log",
                    "-o", settings, "start"], check=True, cwd="/")  # fmt: skip
    yield f"postgresql+psycopg2://mlflow@127.0.0.1:{port}/postgres"
    subprocess.run([*user, pg_ctl, "-D", data, "-m", "immediate", "stop"], check=False, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


class Server:
    """`mlflow server` over a data base, which may be ended and started again."""

    def __init__(self, database, folder):
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._command = [
            sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1",
            "--port", str(self._port), "--backend-store-uri", database,
            "--artifacts-destination", str(folder / "artifacts"),
        ]  # fmt: skip
        self._folder = folder

    def start(self):
        variables = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                self._command, env=variables, start_new_session=True, cwd=self._folder,
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + STARTS_IN
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if requests.get(f"{self.address}/health", timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.5)
        pytest.fail((self._folder / "log").read_text()[-2000:])

    def end(self):
        import signal

        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture(scope="module")
def server(postgresql, tmp_path_factory):
    found = Server(postgresql, tmp_path_factory.mktemp("server"))
    found.start()
    yield found
    found.end()


@pytest.fixture
def folder(tmp_path, empty_store):
    (tmp_path / "mlflow").mkdir()
    shutil.copy(empty_store, tmp_path / "mlflow")
    return tmp_path / "mlflow"


def sweep(folder, cells, tracking):
    runs = folder.parent / "runs"
    run_sweep([Unit(cell, 0, {}) for cell in cells], runs, LocalOptions(workers=0))
    entries = [LogEntry(cell, "chapter", cell.key, None, Parent("claim", "claim"))
               for cell in cells]  # fmt: skip
    with Logbook(folder, runs, entries, [], tracking=tracking) as logbook:
        pass
    return [logbook.run(entry) for entry in entries]


def test_it_gets_every_run_and_none_is_lost_while_it_is_away(folder, server, toy, capsys):
    cells = [Cell({"x": x}, f"{toy}:double", {"digits": "01"}, axes={"x": x}) for x in range(4)]
    tracking = Tracking(server.address)
    ours = sweep(folder, cells[:2], tracking)
    server.end()
    ours += sweep(folder, cells[2:], tracking)[-2:]
    assert "2 runs and notes are kept" in capsys.readouterr().err
    assert len(outbox_of(folder, server.address).waiting()) == 2
    server.start()
    sweep(folder, cells[:1], tracking)  # any command that tracks runs
    assert outbox_of(folder, server.address).waiting() == []
    client, here = MlflowClient(server.address), MlflowClient(uri(folder))
    experiment = client.get_experiment_by_name("chapter")
    assert experiment.artifact_location.startswith("mlflow-artifacts:")
    runs = client.search_runs([experiment.experiment_id])
    there = {run.data.tags["deepclaims.run"]: run for run in runs}
    assert len(runs) == len(there) == 5
    for each in ours:
        run, local = there[each.run_id], here.get_run(each.run_id)
        assert run.data.metrics == local.data.metrics
        assert run.data.params == local.data.params
        assert run.info.status == "FINISHED"
        place = client.download_artifacts(run.info.run_id, "tables/replicas.parquet")
        kept = each.artifacts / "tables" / "replicas.parquet"
        assert Path(place).read_bytes() == kept.read_bytes()
