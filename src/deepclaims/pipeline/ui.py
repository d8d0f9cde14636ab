"""The MLflow UI over the project's store, with one worker and nothing that is not needed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from deepclaims.arguments import Arguments, Key
from deepclaims.project import Project
from deepclaims.tracking.store import create, uri

ARGUMENTS = Arguments(
    "ui", {"port": Key("NUMBER", default=5000, read=int, says="where it listens")}
)


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims ui [port=5000]`; runs until interrupted.

    Raises:
        ConfigError: for anything but a port.
    """
    port = ARGUMENTS.read(words)["port"]
    folder = Project.here().mlflow
    create(folder)
    print(f"MLflow UI: http://127.0.0.1:{port}  (Ctrl-C ends it)", file=sys.stderr)
    # Its job runner, a dozen processes and 3 GB, serves features that are not used here.
    environment = {
        **os.environ,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1",
               "--host", "127.0.0.1", "--port", str(port),
               "--backend-store-uri", uri(folder)]  # fmt: skip
    subprocess.run(command, env=environment, check=False)
