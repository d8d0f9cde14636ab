"""Measure: run what a claim's cells still lack, track them, and export their tables.

`measure chapter=…` (or `all`) fills `results/<chapter>/`, which the pipeline judges. `measure
claim=…` runs one claim and says at once how it comes out. Changed on the command line, or with
another profile than the published one, it is a rehearsal: its tables go to `rehearsal/results/`,
where `judge` and `publish` find them with `--rehearsal`; with `space=rehearsal/NAME` to
`rehearsal/NAME/results/`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims import atomic
from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim
from deepclaims.claims.tuning import WIDENED
from deepclaims.data.prepared import read_meta
from deepclaims.environment import commit
from deepclaims.errors import StorageError
from deepclaims.evidence.check import OUTCOMES
from deepclaims.lectures.reading import of_checkout as inventory
from deepclaims.pipeline import deposit, entries, measured, shown
from deepclaims.pipeline.place import REHEARSED, SPACE
from deepclaims.pipeline.planning import Planned, Planner, merged
from deepclaims.pipeline.request import Request, read_request
from deepclaims.pipeline.temporary import share_runs
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell, library_versions
from deepclaims.sweep.executors.local import warm_up
from deepclaims.sweep.logbook import Logbook, LogEntry
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.session import run_session
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit
from deepclaims.tracking.index import Logged

if TYPE_CHECKING:
    import pandas as pd


def run(overrides: Sequence[str]) -> None:
    """Carry out `deepclaims measure …`.

    Raises:
        DeepclaimsError: for a request that cannot be met; SweepError when cells failed.
    """
    project = Project.here()
    share_runs(project)
    request = read_request(overrides, project)
    if isinstance(request.options, LocalOptions) and request.options.workers != 0:
        warm_up(request.tasks(project))  # it imports while this process composes
    loaded = measure(project, request)
    shown.tell(project, request, loaded)
    if not request.single:
        measured.write(request.folder)
        return
    for claim in loaded:
        _say(claim, request)


def measure(project: Project, request: Request) -> list[Claim]:
    """Run, track and export the claims of a request; returns them.

    Raises:
        SweepError: when replicas failed, now or before; the others are saved and tracked, and the
            tables are left as they were.
    """
    loaded = request.load(project)
    lectures = inventory(project.conf)
    for claim in loaded:
        pattern.check(claim, lectures)
        _announce(project, claim)
    plan, books = _measured(project, request, loaded)
    for claim in loaded:
        own = [each for each in plan if each.claim is claim]
        _export(project, claim, own, books, request)
    return loaded


def _announce(project: Project, claim: Claim) -> None:
    """Say that a pilot is one; what is no pilot is registered before it is run."""
    if not claim.pilot:
        entries.write_registration(project, claim)
    elif any(part.data for part in claim.parts):
        print(
            f"{claim.name}: a pilot ({claim.pilot}): test splits stay locked, and a part of "
            "validation takes their place",
            file=sys.stderr,
        )


def _measured(
    project: Project, request: Request, loaded: Sequence[Claim]
) -> tuple[list[Planned], list[Logbook]]:
    """Run all goes; what was run, and the logbooks that know its MLflow runs."""
    planner = Planner(project, RunStore(project.runs), request.options.stack, request.dataset)
    plan = planner.first(loaded)
    settled = [each for each in plan if each.part.tune is None]
    books = [_go(project, request, request.title, plan, settled)]
    for _ in range(WIDENED):
        if not (wider := planner.wider(plan)):
            break
        books.append(_go(project, request, f"{request.title}, wider grids", wider, []))
        plan += wider
    if second := planner.second(plan):
        plan = merged([*plan, *second])
        tuned = [each for each in plan if each.part.tune is not None]
        books.append(_go(project, request, f"{request.title}, as chosen", second, tuned))
    return plan, books


def _go(
    project: Project,
    request: Request,
    title: str,
    plan: Sequence[Planned],
    settled: Sequence[Planned],
) -> Logbook:
    """Run some cells, and log those that no later go adds seeds to."""
    logged = [each.entry for each in settled]
    session = run_session(
        title, _units(project, plan), logged, project, request.options, request.tracking
    )
    session.tally.raise_if_failed()
    return session.logbook


def _units(project: Project, plan: Sequence[Planned]) -> list[Unit]:
    registrations = _registrations(plan)
    sources = {name: read_meta(project.prepared(name), name)["source"]
               for name in {name for each in plan for name in each.cell.data}}  # fmt: skip
    return [
        Unit(
            each.cell,
            seed,
            {
                "commit": commit(project.root),
                "registration": registrations[each.cell.key, seed],
                "sources": {name: sources[name] for name in each.cell.data},
            },
        )
        for each in plan
        for seed in each.seeds
    ]


def _registrations(plan: Sequence[Planned]) -> dict[tuple[str, int], dict[str, str]]:
    """For each replica, claim -> registration of every claim that asks for it."""
    words = {each.claim.name: str(each.claim.registered) for each in plan}
    found: dict[tuple[str, int], dict[str, str]] = {}
    for each in plan:
        for seed in each.seeds:
            found.setdefault((each.cell.key, seed), {})[each.claim.name] = words[each.claim.name]
    return found


def _export(
    project: Project,
    claim: Claim,
    own: Sequence[Planned],
    books: Sequence[Logbook],
    request: Request,
) -> None:
    """Write a claim's tables from what MLflow holds."""
    logged = [(each, _logged(books, each.entry)) for each in own]
    frames = [entry.frames() if entry else {} for _, entry in logged]
    for (each, _), found in zip(logged, frames, strict=True):
        if not found:
            raise StorageError(
                f"MLflow has no tables of '{each.entry.identity}': delete .mlflow, and the same "
                "command makes it again from .runs"
            )
    frames = _in_place([each.cell for each in own], frames)
    about = {
        "claim": claim.name,
        "profile": claim.profile,
        "changes": dict(request.changes),
        "shift": claim.shift,
        **({"space": claim.space} if claim.space else {}),
        "sources": _sources(project, own),
        "mlflow_parent": _parent(books, own[0].entry) if own else "",
        "mlflow_runs": {each.cell.key: entry.run_id for each, entry in logged if entry},
    }
    write_tables(request.tables(claim).parent, claim, frames, about)


def _in_place(
    cells: Sequence[Cell], frames: Sequence[dict[str, pd.DataFrame]]
) -> list[dict[str, pd.DataFrame]]:
    """The tables of cells that share a config, and so a run, each at its own coordinates."""
    from deepclaims.sweep.table import located

    of_config = Counter((cell.part, cell.arm, cell.key) for cell in cells)
    return [
        {name: located(cell, rows) for name, rows in found.items()}
        if of_config[cell.part, cell.arm, cell.key] > 1
        else found
        for cell, found in zip(cells, frames, strict=True)
    ]


def _logged(books: Sequence[Logbook], entry: LogEntry) -> Logged | None:
    return next((found for book in reversed(books) if (found := book.run(entry))), None)


def _parent(books: Sequence[Logbook], entry: LogEntry) -> str:
    return next((found for book in books if (found := book.parent(entry))), "")


def write_tables(
    folder: Path, claim: Claim, frames: Sequence[dict[str, Any]], about: dict[str, Any]
) -> None:
    """Write a claim's tables: `<id>/replicas.parquet`, `<id>/<table>.parquet`, `<id>/about.json`.

    What differs from run to run is in `about.json` alone.

    Raises:
        StorageError: when the folder cannot be written.
    """
    import pandas as pd

    tables = {
        name: pd.concat([each[name] for each in frames if name in each], ignore_index=True)
        for name in sorted({name for each in frames for name in each})
    }
    replicas = tables.pop(deposit.REPLICAS)
    told = {**about, deposit.COMPUTED: _computed(replicas)}
    with atomic.folder(folder / claim.id) as draft:
        for name, content in deposit.files(replicas, tables).items():
            atomic.write(draft / name, content)
        atomic.write(draft / deposit.ABOUT, atomic.json_text(told))


def _computed(rows: pd.DataFrame) -> dict[str, Any]:
    """Where some replicas were computed, their CPU seconds together, and by which versions."""
    each = rows.drop_duplicates(["key", "seed"])
    return {
        "device": ", ".join(sorted(each["volatile_device"].unique())),
        "seconds": float(each["volatile_seconds"].sum()),
        "commit": ", ".join(sorted(each["volatile_commit"].unique())),
        "versions": library_versions(),
    }


def _say(claim: Claim, request: Request) -> None:
    """Print how a claim measured alone comes out, check by check."""
    from deepclaims.pipeline.judging import read_results, verdict_of

    folder = request.tables(claim)
    verdict = verdict_of(read_results(claim, folder))
    for found in verdict.findings:
        check, estimate = found.check, found.estimate
        print(
            f"  {OUTCOMES[found.outcome]:<6}{check.role:<10}{check.name}: {estimate.value:.4g} "
            f"[{estimate.low:.4g}, {estimate.high:.4g}] {check.relation} {check.bound}"
        )
    changed = f" (changed here: {', '.join(claim.changed)})" if claim.changed else ""
    print(f"{verdict.ruling}: {verdict.reason['en']}{changed}")
    print(f"tables: {folder}")
    words = f"claim={claim.name}"
    if request.rehearsal:
        words += f" {SPACE}={request.space}" if request.space else f" {REHEARSED}"
    print(f"go on with: deepclaims judge {words} && deepclaims publish {words}")


def _sources(project: Project, own: Sequence[Planned]) -> dict[str, str]:
    names = sorted({name for planned in own for name in planned.cell.data})
    return {name: read_meta(project.prepared(name), name)["source"] for name in names}
