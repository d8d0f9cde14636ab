"""The MLflow UI over the project's store, with one worker and nothing that is not needed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from deepclaims.arguments import Arguments, Key
from deepclaims.errors import ConfigError, StageError
from deepclaims.project import Project
from deepclaims.tracking.index import experiments
from deepclaims.tracking.outbox import outbox_of
from deepclaims.tracking.settings import TRACKING, tracking_of
from deepclaims.tracking.store import create, uri

HOST = "127.0.0.1"
PORTS = range(1, 2**16)
ARGUMENTS = Arguments(
    "ui", {"port": Key("NUMBER", default=5000, read=int, says="where it listens"), **TRACKING}
)
ENDS_IN = 10
"""Seconds that the server has to end by itself."""
WATCHER = 'cat >/dev/null; kill -s TERM -- "-$1"; sleep "$2"; kill -s KILL -- "-$1"'
"""Ends the server's session when the pipe that it reads closes: whoever holds it has ended."""


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims ui [port=5000]`; runs until interrupted or terminated.

    Where runs go to a tracking server too, its own UI is named, after what was kept for it is sent.

    Raises:
        ConfigError: for anything but a port that is free.
        StageError: when the server ends by itself, in failure.
    """
    given, project = ARGUMENTS.read(words), Project.here()
    port, folder = given["port"], project.mlflow
    _require_free(port)
    create(folder)
    if outbox := outbox_of(folder, tracking_of(project.conf, given.values).server):
        outbox.send()
        print(f"runs go to {outbox.server} too, which has a UI of its own", file=sys.stderr)
    address = f"http://{HOST}:{port}"
    print(f"MLflow UI: {address}  (Ctrl-C ends it)", file=sys.stderr)
    for name, number in experiments(folder):
        print(f"  {name:<20} {address}/#/experiments/{number}", file=sys.stderr)
    # Its job runner, a dozen processes and 3 GB, serves features that are not used here.
    environment = {
        **os.environ,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1",
               "--host", HOST, "--port", str(port),
               "--backend-store-uri", uri(folder)]  # fmt: skip
    # A session of its own, so that all of the server's processes can be ended together.
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    kept = [signal.signal(each, _interrupt) for each in (signal.SIGINT, signal.SIGTERM)]
    try:
        with _watched(server):
            if code := server.wait():
                raise StageError(f"the MLflow server ended with status {code}")
    except KeyboardInterrupt:
        print("the UI has ended", file=sys.stderr)
    finally:
        for each, handler in zip((signal.SIGINT, signal.SIGTERM), kept, strict=True):
            signal.signal(each, handler)
        _end(server)


@contextmanager
def _watched(server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let the server end with this process, should this be killed and have no time to end it."""
    watcher = subprocess.Popen(
        ["sh", "-c", WATCHER, "watcher", str(server.pid), str(ENDS_IN)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        watcher.kill()
        watcher.wait()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _require_free(port: int) -> None:
    if port not in PORTS:
        raise ConfigError(f"port={port} is no port; it is a number from 1 to {PORTS[-1]}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigError(
                f"port {port} cannot be had ({error.strerror}): is a UI running there already? "
                f"Try port={port % PORTS[-1] + 1}"
            ) from None


def _end(server: subprocess.Popen[bytes]) -> None:
    """End all processes of the server's session."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, how)
        except ProcessLookupError:
            return
        try:
            server.wait(ENDS_IN)
        except subprocess.TimeoutExpired:
            continue
