"""The MLflow UI over the project's store, with one worker and nothing that is not needed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from deepclaims.arguments import Arguments, Key
from deepclaims.errors import ConfigError, StageError
from deepclaims.project import Project
from deepclaims.tracking.store import create, uri

HOST = "127.0.0.1"
PORTS = range(1, 2**16)
ARGUMENTS = Arguments(
    "ui", {"port": Key("NUMBER", default=5000, read=int, says="where it listens")}
)
ENDS_IN = 10
"""Seconds that the server has to end by itself."""


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims ui [port=5000]`; runs until interrupted or terminated.

    Raises:
        ConfigError: for anything but a port that is free.
        StageError: when the server ends by itself, in failure.
    """
    port = ARGUMENTS.read(words)["port"]
    _require_free(port)
    folder = Project.here().mlflow
    create(folder)
    print(f"MLflow UI: http://{HOST}:{port}  (Ctrl-C ends it)", file=sys.stderr)
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
        if code := server.wait():
            raise StageError(f"the MLflow server ended with status {code}")
    except KeyboardInterrupt:
        print("the UI has ended", file=sys.stderr)
    finally:
        for each, handler in zip((signal.SIGINT, signal.SIGTERM), kept, strict=True):
            signal.signal(each, handler)
        _end(server)


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
