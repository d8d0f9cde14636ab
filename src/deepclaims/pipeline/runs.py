"""Runs: what the run cache holds, why a cell is not in it, and what of it can go."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.pipeline.planning import Planner, as_far_as_known
from deepclaims.pipeline.request import Request, read_request
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.compose import Composer
from deepclaims.sweep.inventory import Entry, inventory, remove, remove_unused_code, stale
from deepclaims.sweep.progress import counted
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.training_sweep import TrainingSweep
from deepclaims.sweep.unit import last_line
from deepclaims.sweep.why import explain

WHY, PRUNE, YES = "--why", "--prune", "--yes"
NONE = "none"
STATES: dict[str, Callable[[Entry], bool]] = {
    "finished": lambda entry: bool(entry.seeds),
    "failed": lambda entry: bool(entry.failed),
}
SORTS: dict[str, Callable[[Entry], Any]] = {
    "age": lambda entry: -entry.written,
    "seconds": lambda entry: entry.seconds,
    "size": lambda entry: entry.size,
    "label": lambda entry: entry.label,
}
FILTERS = ("claim", "key", "label", "state", "older")
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims runs …`.

    Raises:
        ConfigError: for a word it does not know, or a cell that does not compose.
        StageError: when data are not prepared that a claim's cells are known by.
    """
    project = Project.here()
    rest = [word for word in words if word not in (WHY, PRUNE, YES)]
    if WHY in words:
        why(project, rest)
    elif PRUNE in words:
        prune(project, rest, for_good=YES in words)
    else:
        show(project, rest)


def show(project: Project, words: Sequence[str]) -> None:
    """Print a line for each cell, and the reason of each failure."""
    store = RunStore(project.runs)
    entries, sort = _selected(store, words)
    entries = sorted(entries, key=SORTS[sort])
    print(f"{'key':<20}  {'seeds':>9}  {'time':>7}  {'age':>6}  {'size':>8}  cell")
    for entry in entries:
        failed = f"+{len(entry.failed)}!" if entry.failed else ""
        print(
            f"{entry.key:<20}  {f'{len(entry.seeds)}{failed}':>9}  {_time(entry.seconds):>7}  "
            f"{_time(time.time() - entry.written):>6}  {_size(entry.size):>8}  {_name(entry)}"
        )
        for seed in entry.failed:
            reason = last_line(store.failure(entry.key, seed))
            print(f"{'':<20}  seed {seed}: {reason} ({store.failure_file(entry.key, seed)})")
    print(_sum(entries))


def why(project: Project, words: Sequence[str]) -> None:
    """Print why cells are not cached, cells with the same reason together."""
    store = RunStore(project.runs)
    entries = list(inventory(store))
    reasons: dict[str, list[str]] = defaultdict(list)
    for cell, seeds in _asked(project, words):
        reasons[explain(cell, seeds, entries, store)].append(cell.label or cell.key)
    for reason, labels in reasons.items():
        count = f"{len(labels)} cells, e.g. " if len(labels) > 1 else ""
        print(f"{count}{labels[0]}:")
        print("\n".join(f"  {line}" for line in reason.splitlines()))


def prune(project: Project, words: Sequence[str], *, for_good: bool) -> None:
    """Delete what nobody needs any more; only say so, unless it is for good."""
    store = RunStore(project.runs)
    entries, _ = _selected(store, words)
    wanted = _wanted(project) if any(entry.claim for entry in entries) else set()
    reasons = stale(entries, wanted)
    going = [entry for entry in entries if entry.key in reasons]
    for entry in going:
        kept = for_good and not remove(store, entry.key)
        busy = " (kept: a sweep is at it)" if kept else ""
        print(f"{entry.key}  {_size(entry.size):>8}  {reasons[entry.key]}: {_name(entry)}{busy}")
    if for_good:
        remove_unused_code(store)
        print(f"deleted: {_sum(going)}; what MLflow holds of them stays there")
    else:
        print(f"to be deleted: {_sum(going)}" + ("; say --yes to do it" if going else ""))


def _asked(project: Project, words: Sequence[str]) -> list[tuple[Cell, list[int]]]:
    """The cells that a claim or a training's overrides come to, each with its seeds."""
    if any(word.startswith(("claim=", "chapter=")) for word in words):
        request = read_request(words, project)
        planner = Planner(project, RunStore(project.runs), request.options.stack)
        plan = as_far_as_known(planner, request.load(project))
        return [(each.cell, list(each.seeds)) for each in plan]
    unit = TrainingSweep(project, Composer(project.conf)).units([words])[0]
    return [(unit.cell, [unit.seed])]


def _wanted(project: Project) -> set[str]:
    """The keys of every claim's cells, in every profile."""
    names = tuple(claims.catalogue(project.conf))
    planner = Planner(project, RunStore(project.runs))
    return {
        each.cell.key
        for profile in claims.PROFILES
        for each in as_far_as_known(planner, Request(names, project.root, profile).load(project))
    }


def _selected(store: RunStore, words: Sequence[str]) -> tuple[list[Entry], str]:
    """The cells that pass every filter, and what they are to be sorted by."""
    asked = {"sort": "age"}
    for word in words:
        key, _, value = word.partition("=")
        if key not in (*FILTERS, "sort") or not value:
            known = ", ".join(f"{each}=" for each in (*FILTERS, "sort"))
            raise ConfigError(f"runs does not know '{word}'; known: {known} {WHY}, {PRUNE}, {YES}")
        asked[key] = value
    sort = asked.pop("sort")
    if sort not in SORTS:
        raise ConfigError(f"no sort '{sort}'; known: {', '.join(SORTS)}")
    tests = [_test(key, value) for key, value in asked.items()]
    return [entry for entry in inventory(store) if all(test(entry) for test in tests)], sort


def _test(key: str, value: str) -> Callable[[Entry], bool]:
    if key == "state":
        if value not in STATES:
            raise ConfigError(f"no state '{value}'; known: {', '.join(STATES)}")
        return STATES[value]
    if key == "older":
        seconds = _seconds(value)
        return lambda entry: time.time() - entry.written > seconds
    if key == "key":
        return lambda entry: entry.key.startswith(value)
    if key == "claim":
        names = ("",) if value == NONE else (value,)
        return lambda entry: entry.claim in names or entry.claim.split("/")[-1] in names
    return lambda entry: value in entry.label


def _seconds(text: str) -> float:
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.replace(".", "", 1).isdigit():
        raise ConfigError(f"older={text} is no age; e.g. older=36h or older=7d")
    return float(number) * UNITS[unit]


def _sum(entries: Iterable[Entry]) -> str:
    entries = list(entries)
    replicas = sum(len(entry.seeds) for entry in entries)
    seconds, size = sum(e.seconds for e in entries), sum(e.size for e in entries)
    return ", ".join(
        (
            counted(len(entries), "cell"),
            counted(replicas, "replica"),
            _time(seconds),
            _size(size),
        )
    )


def _name(entry: Entry) -> str:
    chapter = f"{entry.claim.split('/')[0]}/" if entry.claim else ""
    return f"{chapter}{entry.label}" if entry.label else "(all defaults)"


def _time(seconds: float) -> str:
    for unit, length in reversed(UNITS.items()):
        if seconds >= 2 * length:
            return (
                f"{seconds / length:.0f} {unit}in"
                if unit == "m"
                else f"{seconds / length:.0f} {unit}"
            )
    return f"{seconds:.1f} s"


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
