"""Runs on their way to a tracking server: each is kept until the server has it, and sent once.

.mlflow/servers/<server>/outbox/<time>-<run>.json    what is to be sent, in that order
.mlflow/servers/<server>/sent/<run>.json             the server's own id of a run, and what it holds
.mlflow/servers/<server>/told/<run>.json             the last news of a run

The project's own store has each run whichever server there is, its artifacts too: they are sent
from there. What stops on the way is sent again, and what the server has is not sent twice: it is
asked by the run's id here, a tag.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims import atomic
from deepclaims.errors import ConfigError
from deepclaims.tracking.calls import log
from deepclaims.tracking.index import HOLDS
from deepclaims.tracking.rows import PARENT, DataInput, TrackedRun
from deepclaims.tracking.store import client, found_experiment

if TYPE_CHECKING:
    from mlflow import MlflowClient

RUN = "deepclaims.run"
ANSWER_SECONDS = 3.0


class AwayError(Exception):
    """The server cannot be had now."""


@dataclass(frozen=True)
class Outbox:
    """What a server is still to get, in the store `folder`."""

    folder: Path
    server: str

    @cached_property
    def place(self) -> Path:
        """Where it is kept: one folder a server."""
        digest = hashlib.sha256(self.server.encode()).hexdigest()[:12]
        return self.folder / "servers" / digest

    def put_run(self, run_id: str, experiment: str, run: TrackedRun, artifacts: Path) -> None:
        """Keep a run to be sent, unless it is kept or sent with these outcomes already.

        Args:
            run_id: its id in the project's own store; that of its parent is in its tags.
            experiment: the name of its experiment.
            run: what it holds.
            artifacts: the folder of its artifacts in that store.
        """
        if self.has(run_id, run.holds):
            return
        self._put(
            run_id,
            {
                "experiment": experiment,
                "holds": run.holds,
                "artifacts": str(artifacts.resolve().relative_to(self.folder.resolve())),
                "run": {
                    "identity": run.identity,
                    "name": run.name,
                    "params": run.texts(),
                    "metrics": dict(run.metrics),
                    "seeds": list(run.seeds),
                    "curves": {name: [list(a), list(b)] for name, (a, b) in run.curves.items()},
                    "tags": dict(run.tags),
                    "inputs": [[each.name, each.digest, each.source] for each in run.inputs],
                    "start": run.start,
                    "end": run.end,
                },
            },
        )

    def put_news(self, run_id: str, tags: Mapping[str, str], files: Sequence[Path] = ()) -> None:
        """Keep tags and artifacts, if they are news, for a run that the server has or will have."""
        inside = [str(each.resolve().relative_to(self.folder.resolve())) for each in files]
        told = json.dumps([dict(tags), [[each.name, _digest(each)] for each in files]])
        marker = self.place / "told" / f"{run_id}.json"
        if not (marker.is_file() and marker.read_text() == told):
            self._put(run_id, {"tags": dict(tags), "files": inside})
            atomic.write(marker, told)

    def has(self, run_id: str, holds: str) -> bool:
        """Whether a run with these outcomes is sent or kept to be."""
        if self.sent(run_id).get("holds") == holds:
            return True
        return any(json.loads(file.read_text()).get("holds") == holds
                   for file in self._waiting(run_id))  # fmt: skip

    def waiting(self) -> list[Path]:
        """What is to be sent, in order."""
        return self._waiting("*")

    def sent(self, run_id: str) -> dict[str, str]:
        """What is known of a run that the server has: `remote`, its id there, and `holds`."""
        file = self.place / "sent" / f"{run_id}.json"
        return dict(json.loads(file.read_text())) if file.is_file() else {}

    def send(self) -> int:
        """Send what is kept, as far as the server takes it; says what it does not take.

        Returns:
            How many runs and pieces of news are still kept.
        """
        if not self.waiting():
            return 0
        try:
            require_answer(self.server)
            refused = _Sender(self).send()
        except AwayError as away:
            kept = len(self.waiting())
            print(
                f"MLflow at {self.server} cannot be had ({away}): {kept} runs and notes are kept, "
                "and sent with the next command that tracks runs",
                file=sys.stderr,
            )
            return kept
        if refused:
            print(
                f"MLflow at {self.server} did not take {len(refused)} runs and notes "
                f"({refused[0]}): they are kept, and sent again with the next command",
                file=sys.stderr,
            )
        return len(refused)

    def _put(self, run_id: str, content: Mapping[str, Any]) -> None:
        file = self.place / "outbox" / f"{time.time_ns():020d}-{run_id}.json"
        atomic.write(file, json.dumps(content))

    def _waiting(self, run_id: str) -> list[Path]:
        return sorted((self.place / "outbox").glob(f"[0-9]*-{run_id}.json"))


class _Sender:
    """Sends the items of an outbox one after another."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._client: MlflowClient = client(outbox.server)
        self._experiments: dict[str, str] = {}

    def send(self) -> list[str]:
        """Send all; returns why some were refused.

        Raises:
            AwayError: the server went away.
        """
        refused = []
        for file in self._outbox.waiting():
            try:
                self._one(file.stem.partition("-")[2], json.loads(file.read_text()))
            except FileNotFoundError:  # another process sent it
                continue
            except Exception as error:  # MLflow raises what requests, SQLAlchemy and it itself do
                require_answer(self._outbox.server)
                refused.append(" ".join(str(error).split())[:200])
                continue
            file.unlink(missing_ok=True)
        return refused

    def _one(self, run_id: str, item: Mapping[str, Any]) -> None:
        if "run" in item:
            self._run(run_id, item)
            return
        known = self._outbox.sent(run_id).get("remote")
        if known is None:
            return  # its run was never sent to this server
        for name, value in item["tags"].items():
            self._client.set_tag(known, name, value)
        for file in item["files"]:
            self._client.log_artifact(
                known, str(self._outbox.folder / file), Path(file).parent.name
            )

    def _run(self, run_id: str, item: Mapping[str, Any]) -> None:
        experiment = self._experiment(item["experiment"])
        earlier, whole = self._known(experiment, run_id, item["holds"])
        if not whole:
            run, folder = _read(item["run"]), self._outbox.folder / item["artifacts"] / "tables"

            def put(made: str, _: TrackedRun) -> None:
                if folder.is_dir():
                    self._client.log_artifacts(made, str(folder), "tables")

            tags = {**run.tags, RUN: run_id}
            if PARENT in tags:
                tags[PARENT] = self._outbox.sent(tags[PARENT]).get("remote", "")
            run = replace(run, tags={key: value for key, value in tags.items() if value})
            earlier = log(self._client, experiment, run, put, replaces=earlier)
        record = json.dumps({"remote": earlier, "holds": item["holds"]})
        atomic.write(self._outbox.place / "sent" / f"{run_id}.json", record)

    def _known(self, experiment: str, run_id: str, holds: str) -> tuple[str, bool]:
        """The server's id of a run, or "", and whether it is whole and has these outcomes."""
        found = self._client.search_runs([experiment], f"tags.`{RUN}` = '{run_id}'")
        for each in found:
            if each.info.status == "FINISHED":
                return each.info.run_id, each.data.tags.get(HOLDS, "") == holds
            self._client.delete_run(each.info.run_id)  # cut short: nobody has its id
        return "", False

    def _experiment(self, name: str) -> str:
        if name not in self._experiments:
            self._experiments[name] = found_experiment(self._client, name)
        return self._experiments[name]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _read(item: Mapping[str, Any]) -> TrackedRun:
    curves = {name: (steps, values) for name, (steps, values) in item["curves"].items()}
    inputs = [DataInput(*each) for each in item["inputs"]]
    return TrackedRun(**{**item, "curves": curves, "inputs": inputs})


def require_answer(server: str) -> None:
    """Ask a server for a sign of life; MLflow itself would try for minutes.

    Raises:
        AwayError: there is none.
    """
    if not server.startswith(("http://", "https://")):
        return
    import requests

    try:
        status = requests.get(f"{server}/health", timeout=ANSWER_SECONDS).status_code
    except requests.RequestException as error:
        raise AwayError(type(error).__name__) from None
    if status in (502, 503, 504):
        raise AwayError(f"it answers {status}")


def outbox_of(folder: Path, server: str) -> Outbox | None:
    """The outbox for a server; None where none is named, or it is the project's own store.

    Raises:
        ConfigError: it is no address that MLflow knows.
    """
    from deepclaims.tracking.index import database

    if not server or server.endswith(str(database(folder).resolve())):
        return None
    if "://" not in server and not server.startswith("databricks"):
        raise ConfigError(
            f"tracking.uri={server} is no address of MLflow, as http://host:5000 or "
            "postgresql://user@host/mlflow is"
        )
    return Outbox(folder, server)
