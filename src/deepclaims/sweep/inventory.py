"""What the run cache holds, cell by cell, and what of it nobody needs any more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from deepclaims.errors import ConfigError
from deepclaims.sweep.cell import flat, library_versions
from deepclaims.sweep.fingerprint import code_fingerprint
from deepclaims.sweep.store import CODE, DONE, RunStore


@dataclass(frozen=True)
class Entry:
    """A cell in the run cache.

    Args:
        key: its key.
        label: its name for people.
        claim: the claim it was first run for, or "" for a training of the user's.
        parts: what the key is the hash of.
        seeds: its finished replicas.
        failed: its failed replicas.
        seconds: of CPU that the finished ones took, in all.
        written: when the last of them was written, in seconds since the epoch.
        size: bytes on disk.
    """

    key: str
    label: str
    claim: str
    parts: Mapping[str, Any]
    seeds: tuple[int, ...]
    failed: tuple[int, ...]
    seconds: float
    written: float
    size: int

    @cached_property
    def flat(self) -> dict[str, Any]:
        """Its config with dotted keys."""
        return flat(self.parts["config"])


def inventory(store: RunStore) -> Iterator[Entry]:
    """Every cell in the run cache, in the order of the keys.

    Raises:
        StorageError: when a cell's description is damaged; names the file.
    """
    for key in store.keys():  # noqa: SIM118  not a dict
        about = store.describe(key)
        seeds = store.seeds(key)
        files = [file for file in (store.folder / key).rglob("*") if file.is_file()]
        done = [store.folder / key / str(seed) / DONE for seed in seeds]
        yield Entry(
            key=key,
            label=about["label"],
            claim=about["claim"],
            parts=about["parts"],
            seeds=tuple(seeds),
            failed=tuple(store.failures(key)),
            seconds=sum(map(_seconds, done)),
            written=max(file.stat().st_mtime for file in files),
            size=sum(file.stat().st_size for file in files),
        )


def stale(entries: Sequence[Entry], wanted: Collection[str]) -> dict[str, str]:
    """The keys nobody needs any more, each with the reason.

    Args:
        entries: what the cache holds.
        wanted: the keys of every cell of every claim, as they are now.

    Returns:
        Cells of claims that are not among `wanted`; and trainings of the user's that no command
        can find any more, since their code or libraries are others now.
    """
    unwanted = [entry for entry in entries if entry.key not in wanted]
    return {entry.key: reason for entry in unwanted if (reason := _reason(entry))}


def remove(store: RunStore, key: str) -> bool:
    """Delete a cell with all its replicas; false if a sweep has one of them in hand."""
    folder = store.folder / key
    with ExitStack() as locks:
        for file in folder.glob(".*.lock"):
            try:
                locks.enter_context(FileLock(file, timeout=0))
            except Timeout:
                return False
        shutil.rmtree(folder)
    return True


def remove_unused_code(store: RunStore) -> None:
    """Delete the symbol lists that no cell refers to any more."""
    used = {str(store.describe(key)["parts"]["code"]) for key in store.keys()}  # noqa: SIM118
    for file in (store.folder / CODE).glob("*.json"):
        if file.stem not in used:
            file.unlink(missing_ok=True)


def _reason(entry: Entry) -> str:
    code = _code(entry)
    if not code:
        return "its task is gone"
    if entry.parts["code"] != code:
        return "older code"
    if entry.parts["libraries"] != library_versions():
        return "other library versions"
    return "no claim needs it" if entry.claim else ""


def _code(entry: Entry) -> str:
    """The fingerprint of its task's code as it is now, or "" if there is no such task any more."""
    try:
        return code_fingerprint([entry.parts["task"]], entry.parts["config"])
    except ConfigError:
        return ""


def _seconds(file: Path) -> float:
    about = json.loads(file.read_text(encoding="utf-8")).get("about", {})
    return float(about.get("seconds", 0.0))
