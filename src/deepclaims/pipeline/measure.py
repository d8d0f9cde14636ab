"""Measure: run what a claim's cells still lack, track them, and export their tables.

`measure chapter=…` fills `results/<chapter>/`, which the pipeline judges. `measure claim=…` runs
one claim, possibly changed on the command line, leaves the chapter's tables alone
(`results/single/…`), and says at once how the claim comes out.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import CHAPTERS, PROFILES, Claim
from deepclaims.data.prepared import read_meta
from deepclaims.errors import ClaimError, ConfigError, StorageError
from deepclaims.evidence.registration import Registration
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell, cells_of
from deepclaims.sweep.compose import Composer, parse, swept
from deepclaims.sweep.environment import commit, device
from deepclaims.sweep.executor import run_sweep
from deepclaims.sweep.progress import Progress
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.worker import Unit

KNOWN = ("chapter", "claim", "profile", "executor.workers", "claim.<key>")


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    names: tuple[str, ...]
    folder: Path
    profile: str = "laptop"
    workers: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    single: bool = False


@dataclass(frozen=True)
class Planned:
    """A cell with the claim it belongs to and the seeds it is wanted for."""

    claim: Claim
    cell: Cell
    seeds: tuple[int, ...]

    @property
    def identity(self) -> str:
        """What MLflow knows the cell's run by."""
        return f"{self.claim.name}/{self.cell.part}/{self.cell.arm}/{self.cell.key}"


def run(overrides: Sequence[str]) -> None:
    """Carry out `deepclaims measure …`.

    Raises:
        DeepclaimsError: for a request that cannot be met; SweepError when cells failed.
    """
    project = Project.here()
    request = read_request(overrides, project)
    for claim in measure(project, request):
        if request.single:
            _say(claim, request.folder / claim.id)


def measure(project: Project, request: Request) -> list[Claim]:
    """Run, track and export the claims of a request; returns them."""
    composer = Composer(project.conf)
    loaded = [claims.load(project.conf, name, request.profile, request.changes)
              for name in request.names]  # fmt: skip
    plan = [Planned(claim, cell, part.seeds)
            for claim in loaded for cell, part in cells_of(claim, composer, project)]  # fmt: skip
    title = request.names[0] if request.single else request.names[0].split("/")[0]
    _run(project, plan, title, request.workers)
    _export(project, loaded, plan, request.folder)
    return loaded


def read_request(overrides: Sequence[str], project: Project) -> Request:
    """Read `chapter=`, `claim=`, `profile=`, `executor.workers=` and `claim.<key>=`.

    Raises:
        ConfigError: for any other key, an unknown chapter or profile.
        ClaimError: for an unknown claim.
    """
    found: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for override in parse(overrides):
        key = override.key_or_group
        values = swept(override)
        if key.startswith("claim."):
            value: Any = values if key.startswith("claim.grid.") else values[0]
            changes[key.removeprefix("claim.")] = value
        elif key in KNOWN and len(values) == 1:
            found[key] = values[0]
        else:
            raise ConfigError(f"measure does not know '{override.input_line}'; "
                              f"known: {', '.join(f'{each}=' for each in KNOWN)}")  # fmt: skip
    profile = str(found.get("profile", "laptop"))
    if profile not in PROFILES:
        raise ConfigError(f"no profile '{profile}'; known: {', '.join(PROFILES)}")
    workers = found.get("executor.workers")
    if "claim" in found:
        name = claims.find(project.conf, str(found["claim"]))
        folder = project.root / "results" / "single" / name.split("/")[0]
        return Request((name,), folder, profile, workers, changes, single=True)
    if changes:
        raise ConfigError("claim.<key>= changes one claim: name it with claim=chapter/id")
    return _chapter_request(project, found, profile, workers)


def _chapter_request(
    project: Project, found: dict[str, Any], profile: str, workers: int | None
) -> Request:
    chapter = str(found.get("chapter", ""))
    if chapter not in CHAPTERS:
        asked = f"no chapter '{chapter}'" if chapter else "nothing to measure is named"
        raise ConfigError(
            f"{asked}: say chapter=NAME or claim=NAME; chapters: {', '.join(CHAPTERS)}"
        )
    names = tuple(name for name in claims.catalogue(project.conf) if name.startswith(f"{chapter}/"))
    if not names:
        raise ClaimError(f"chapter {chapter} has no claims yet")
    return Request(names, project.results(chapter), profile, workers)


def _run(project: Project, plan: Sequence[Planned], title: str, workers: int | None) -> None:
    store = RunStore(project.runs)
    shared = {"commit": commit(project.root), "device": device()}
    units = [Unit(planned.cell, seed, {**shared, **_about(project, planned)})
             for planned in plan for seed in planned.seeds]  # fmt: skip
    wanted = {(unit.cell.key, unit.seed) for unit in units}
    cached = sum(store.has(key, seed) for key, seed in wanted)
    if cached == len(wanted):
        print(f"{title}: all {cached} replicas are cached", file=sys.stderr)
        return
    with Progress(title, len(wanted), cached) as progress:
        tally = run_sweep(units, project.runs, workers, progress)
    tally.raise_if_failed()


def _about(project: Project, planned: Planned) -> dict[str, Any]:
    sources = {name: read_meta(project.prepared(name), name)["source"]
               for name in planned.cell.data}  # fmt: skip
    registration = Registration.of(planned.claim.written)
    return {"registration": str(registration), "sources": sources}


def _export(
    project: Project, loaded: Iterable[Claim], plan: Sequence[Planned], folder: Path
) -> None:
    """Track every cell, then write each claim's tables from what MLflow holds."""
    from deepclaims.sweep.table import tracked
    from deepclaims.tracking.store import Tracker

    store = RunStore(project.runs)
    trackers: dict[str, Tracker] = {}
    for claim in loaded:
        tracker = trackers.setdefault(claim.chapter, Tracker(project.mlflow, claim.chapter))
        parent = tracker.parent(claim.name, claim.id, {"deepclaims.claim": claim.name})
        own = [planned for planned in plan if planned.claim is claim]
        runs: dict[str, str] = {}
        for planned in own:
            replicas = [store.load(planned.cell.key, seed) for seed in planned.seeds]
            run = tracked(planned.cell, replicas, planned.identity)
            runs[planned.cell.key] = tracker.log(run, parent)
        about = {
            "claim": claim.name,
            "profile": claim.profile,
            "changed": list(claim.changed),
            "sources": _sources(project, own),
            "mlflow_parent": parent,
            "mlflow_runs": runs,
        }
        write_tables(folder, claim, [tracker.frames(each.identity) for each in own], about)


def write_tables(
    folder: Path, claim: Claim, frames: Sequence[dict[str, Any]], about: dict[str, Any]
) -> None:
    """Write a claim's tables: `<id>/replicas.parquet`, `<id>/<table>.parquet`, `<id>/about.json`.

    Raises:
        StorageError: when the folder cannot be written.
    """
    import pandas as pd

    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{claim.id}-", dir=folder))
        for name in sorted({name for each in frames for name in each}):
            parts = [each[name] for each in frames if name in each]
            table = pd.concat(parts, ignore_index=True)
            table.to_parquet(draft / f"{name}.parquet", index=False)
        (draft / "about.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")
        final = folder / claim.id
        if final.exists():
            shutil.rmtree(final)
        draft.chmod(0o755)
        draft.rename(final)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error


def _say(claim: Claim, folder: Path) -> None:
    """Print how a claim measured alone comes out, check by check."""
    from deepclaims.pipeline.judge import judge_tables

    verdict = judge_tables(claim, folder)
    for found in verdict.findings:
        check, estimate = found.check, found.estimate
        word = {True: "holds", False: "fails", None: "open"}[found.outcome]
        print(
            f"  {word:<6}{check.role:<8}{check.name}: {estimate.value:.4g} "
            f"[{estimate.low:.4g}, {estimate.high:.4g}] {check.relation} {check.bound}"
        )
    changed = f" (changed here: {', '.join(claim.changed)})" if claim.changed else ""
    print(f"{verdict.ruling}: {verdict.reason['en']}{changed}")
    print(f"tables: {folder}")


def _sources(project: Project, own: Sequence[Planned]) -> dict[str, str]:
    names = sorted({name for planned in own for name in planned.cell.data})
    return {name: read_meta(project.prepared(name), name)["source"] for name in names}
