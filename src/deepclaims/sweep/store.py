"""The run cache: one folder a key, one folder a replica in it, each written whole or not at all.

.runs/<key>/cell.json                     what the key is the hash of, and the cell's name
.runs/<key>/<seed>/outcome.json           metrics and curves
.runs/<key>/<seed>/<table>.parquet        structured results
.runs/<key>/<seed>/weights.pt             the network, where it was asked for
.runs/<key>/<seed>/weights.json           the marker of that: its sha256
.runs/<key>/<seed>/done.json              the marker: sha256 of the others, registration, time
.runs/<key>/<seed>.failed.json            the traceback of a replica that raised or died
.runs/.code/<fingerprint>.json            the symbols that a code fingerprint covers, each hashed
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepclaims import atomic
from deepclaims.errors import StorageError
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.sweep.cell import Cell

DONE = "done.json"
CODE = ".code"
WEIGHTS, KEPT = "weights.pt", "weights.json"


@dataclass(frozen=True)
class Replica:
    """A finished replica: its outcome, and how it came about.

    `about` holds what is recorded beside the result and does not decide it: registration,
    seconds (of CPU, and by the clock), device, commit, data sources.
    """

    seed: int
    outcome: Outcome
    about: Mapping[str, Any] = field(default_factory=dict)
    finished: float = 0.0
    """When it was written, in seconds since the epoch."""


@dataclass(frozen=True)
class RunStore:
    """The run cache below `folder`."""

    folder: Path

    def has(self, key: str, seed: int) -> bool:
        """Whether the replica is finished."""
        return (self._replica(key, seed) / DONE).is_file()

    def save(self, cell: Cell, seed: int, outcome: Outcome, about: Mapping[str, Any]) -> None:
        """Write a finished replica; the last step makes all of it visible at once.

        Raises:
            StorageError: when the folder cannot be written.
        """
        final = self._replica(cell.key, seed)
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            self._describe(cell)
            draft = Path(tempfile.mkdtemp(prefix=f".{seed}-", dir=final.parent))
            try:
                _write_json(draft / "outcome.json", _plain(outcome))
                for name, table in outcome.tables.items():
                    table.to_parquet(draft / f"{name}.parquet", index=False)
                sums = {file.name: _sha256(file) for file in sorted(draft.iterdir())}
                _write_json(draft / DONE, {"sha256": sums, "about": dict(about)})
                if final.exists() and not (final / DONE).is_file():
                    shutil.rmtree(final)
                draft.rename(final)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            self.failure_file(cell.key, seed).unlink(missing_ok=True)
        except OSError as error:
            if self.has(cell.key, seed):  # another sweep finished the same replica first
                return
            raise StorageError(f"cannot write {final}: {error.strerror or error}") from error

    def load(self, key: str, seed: int) -> Replica:
        """Read a finished replica back.

        Raises:
            StorageError: when it is not there or not what was written; names the file.
        """
        folder = self._replica(key, seed)
        done = _read_json(folder / DONE)
        for name, digest in done["sha256"].items():
            if not (folder / name).is_file() or _sha256(folder / name) != digest:
                raise _damaged(folder / name)
        finished = (folder / DONE).stat().st_mtime
        return Replica(seed, self._outcome(folder), done["about"], finished)

    def metrics(self, key: str, seed: int) -> dict[str, float]:
        """The scalars of a finished replica, without reading anything else of it.

        Raises:
            StorageError: when they are not there or not what was written; names the file.
        """
        folder = self._replica(key, seed)
        name = "outcome.json"
        if _sha256(folder / name) != _read_json(folder / DONE)["sha256"][name]:
            raise _damaged(folder / name)
        return dict(_read_json(folder / name)["metrics"])

    def held(self, key: str, seeds: Sequence[int]) -> str:
        """A hash of the outcomes of these replicas, 16 digits; "" for none.

        Raises:
            StorageError: when one is not there; names the file.
        """
        if not seeds:
            return ""
        sums = {seed: _read_json(self._replica(key, seed) / DONE)["sha256"] for seed in seeds}
        return hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()[:16]

    def has_weights(self, key: str, seed: int) -> bool:
        """Whether the network of a finished replica is kept."""
        return self.has(key, seed) and (self._replica(key, seed) / KEPT).is_file()

    def keep_weights(self, key: str, seed: int, content: bytes) -> None:
        """Keep the network of a finished replica beside it, whole or not at all.

        Raises:
            StorageError: when the folder cannot be written.
        """
        folder = self._replica(key, seed)
        atomic.write(folder / WEIGHTS, content, sync=True)
        _write_json(folder / KEPT, {"sha256": hashlib.sha256(content).hexdigest()})

    def weights(self, key: str, seed: int) -> bytes:
        """The network of a replica, as it was kept.

        Raises:
            StorageError: when it is not there or not what was written; names the file.
        """
        folder = self._replica(key, seed)
        if _sha256(folder / WEIGHTS) != _read_json(folder / KEPT)["sha256"]:
            raise _damaged(folder / WEIGHTS)
        return (folder / WEIGHTS).read_bytes()

    def fail(self, cell: Cell, seed: int, traceback: str) -> None:
        """Record why a replica did not finish.

        Raises:
            StorageError: when the folder cannot be written.
        """
        file = self.failure_file(cell.key, seed)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._describe(cell)
            _write_json(file, {"traceback": traceback})
        except OSError as error:
            raise StorageError(f"cannot write {file}: {error.strerror or error}") from error

    def failure(self, key: str, seed: int) -> str:
        """The traceback of a replica that failed and has not been finished since, or ""."""
        file = self.failure_file(key, seed)
        return str(_read_json(file)["traceback"]) if file.is_file() else ""

    def failures(self, key: str) -> list[int]:
        """The seeds of a key that failed, sorted."""
        files = (self.folder / key).glob("[0-9]*.failed.json")
        return sorted(int(file.name.partition(".")[0]) for file in files)

    def keep_code(self, fingerprint: str, symbols: Mapping[str, str]) -> None:
        """Remember which symbols a code fingerprint is made of, for `deepclaims runs --why`.

        Raises:
            StorageError: when the folder cannot be written.
        """
        file = self.folder / CODE / f"{fingerprint}.json"
        if file.is_file():
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_json(file, dict(symbols))
        except OSError as error:
            raise StorageError(f"cannot write {file}: {error.strerror or error}") from error

    def code(self, fingerprint: str) -> dict[str, str] | None:
        """The symbols of a code fingerprint, each with its hash; None if they are not known."""
        file = self.folder / CODE / f"{fingerprint}.json"
        return _read_json(file) if file.is_file() else None

    def sweep_up(self, key: str, seed: int) -> None:
        """Remove what a killed process left of a replica; call it with the replica's lock held."""
        for draft in (self.folder / key).glob(f".{seed}-*"):
            shutil.rmtree(draft, ignore_errors=True)

    def failure_file(self, key: str, seed: int) -> Path:
        """Where the traceback of a failed replica is kept."""
        return self.folder / key / f"{seed}.failed.json"

    def keys(self) -> list[str]:
        """All keys in the cache, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(file.parent.name for file in self.folder.glob("*/cell.json"))

    def seeds(self, key: str) -> list[int]:
        """The finished seeds of a key, sorted."""
        done = (self.folder / key).glob(f"[0-9]*/{DONE}")
        return sorted(int(file.parent.name) for file in done)

    def describe(self, key: str) -> dict[str, Any]:
        """What the key is the hash of, and the label of the cell."""
        return _read_json(self.folder / key / "cell.json")

    def _describe(self, cell: Cell) -> None:
        file = self.folder / cell.key / "cell.json"
        if not file.is_file():
            about = {"label": cell.label, "claim": cell.claim, "part": cell.part, "arm": cell.arm}
            _write_json(file, {**about, "axes": dict(cell.axes), "parts": cell.key_parts})

    def _replica(self, key: str, seed: int) -> Path:
        return self.folder / key / str(seed)

    def _outcome(self, folder: Path) -> Outcome:
        import pandas as pd

        plain = _read_json(folder / "outcome.json")
        tables = {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}
        curves = {name: Curve(*pair) for name, pair in plain["curves"].items()}
        return Outcome(plain["metrics"], curves, tables)


def _plain(outcome: Outcome) -> dict[str, Any]:
    """Metrics and curves as JSON; Python prints floats so that they are read back bit for bit."""
    return {
        "metrics": {name: float(value) for name, value in outcome.metrics.items()},
        "curves": {
            name: ([int(step) for step in curve.steps], [float(value) for value in curve.values])
            for name, curve in outcome.curves.items()
        },
    }


def _write_json(file: Path, content: Any) -> None:
    """Write a JSON file so that it is there whole or not at all."""
    atomic.write(file, json.dumps(content, sort_keys=True), sync=True)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StorageError(f"{file} is missing") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise _damaged(file) from None
    return content


def _damaged(file: Path) -> StorageError:
    return StorageError(f"{file} is damaged: delete {file.parent} and run the same command again")


def _sha256(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise StorageError(f"{file} is missing") from None
