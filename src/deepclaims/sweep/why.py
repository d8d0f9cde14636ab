"""Why a cell is not in the run cache: what of its key is another in the nearest cell that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepclaims.sweep.cell import TRAININGS, Cell, flat
from deepclaims.sweep.fingerprint import symbol_hashes
from deepclaims.sweep.inventory import Entry
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import last_line, named

SHOWN = 8
"""So many symbols of a change in the code are named."""


def explain(cell: Cell, seeds: Sequence[int], entries: Sequence[Entry], store: RunStore) -> str:
    """Which replicas of a cell are missing, and why, as a few lines without the cell's name.

    Args:
        cell: the cell asked for.
        seeds: the replicas asked for.
        entries: what the cache holds.
        store: the cache, for the symbols of code it knows.
    """
    finished = set(store.seeds(cell.key))
    failed = [seed for seed in seeds if seed not in finished and store.failure(cell.key, seed)]
    missing = [seed for seed in seeds if seed not in finished and seed not in failed]
    lines = [
        f"seed {seed} failed: {last_line(store.failure(cell.key, seed))} (--retry-failed runs it "
        "again)"
        for seed in failed
    ]
    if not missing and not failed:
        return "cached"
    if missing and finished:
        lines.append(f"no replica yet of {named(missing)}; cached are {named(sorted(finished))}")
    elif missing:
        lines += _against_the_nearest(cell, entries, store)
    return "\n".join(lines)


def _against_the_nearest(cell: Cell, entries: Sequence[Entry], store: RunStore) -> Iterator[str]:
    near = nearest(cell, entries)
    if near is None:
        yield "not cached: nothing with this task is"
        return
    yield f"not cached; the nearest that is, {near.key} ({near.label}), differs in"
    yield from (f"  {line}" for line in differences(cell, near, store))


def nearest(cell: Cell, entries: Sequence[Entry]) -> Entry | None:
    """The cached cell of the same task whose key has least in it that differs; the newest of those.

    Where it is one key of the config or the code, it is the code: the same cell, of before.
    """
    tasks = TRAININGS if cell.task in TRAININGS else {cell.task: ""}
    candidates = [each for each in entries if each.parts["task"] in tasks and each.seeds]
    mine = flat(cell.key_parts["config"])

    def distance(entry: Entry) -> tuple[int, int, float]:
        config = len(_changed(entry.flat, mine))
        rest = sum(entry.parts.get(part) != cell.key_parts.get(part) for part in _REST)
        return config + rest, config, -entry.written

    return min(candidates, key=distance, default=None)


def differences(cell: Cell, entry: Entry, store: RunStore) -> list[str]:
    """What differs between the key of a cached cell and that of `cell`, old first."""
    old, new = entry.parts, cell.key_parts
    lines = []
    if old["task"] != cell.task:
        lines.append(f"training: {TRAININGS[old['task']]} -> {TRAININGS[cell.task]}")
    lines += [
        f"config {key}: {_value(before)} -> {_value(after)}"
        for key, (before, after) in _changed(entry.flat, flat(new["config"])).items()
    ]
    lines += [
        f"data {name}: fingerprint {str(before)[:8]} -> {str(after)[:8]}"
        for name, (before, after) in _changed(old["data"], new["data"]).items()
    ]
    if old["code"] != new["code"] and old["task"] == cell.task:
        lines.append(_code(store.code(old["code"]), symbol_hashes(cell.entries, new["config"])))
    lines += [
        f"own code: {name} {before[:8]} -> {after[:8]}"
        for name, (before, after) in _changed(old.get("own", {}), new.get("own", {})).items()
    ]
    lines += [
        f"library {name}: {before} -> {after}"
        for name, (before, after) in _changed(old["libraries"], new["libraries"]).items()
    ]
    return lines


_REST = ("task", "data", "code", "own", "libraries")
_ABSENT = "absent"


def _code(old: Mapping[str, str] | None, new: Mapping[str, str]) -> str:
    if old is None:
        return "code: other than now (which symbols was not recorded then)"
    groups = (
        ("changed", [name for name in new if name in old and old[name] != new[name]]),
        ("new", [name for name in new if name not in old]),
        ("gone", [name for name in old if name not in new]),
    )
    return "code: " + "; ".join(f"{word} {_some(names)}" for word, names in groups if names)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        key: (old.get(key, _ABSENT), new.get(key, _ABSENT))
        for key in sorted({*old, *new})
        if key not in old or key not in new or old[key] != new[key]
    }


def _value(value: Any) -> str:
    return "null" if value is None else str(value)
