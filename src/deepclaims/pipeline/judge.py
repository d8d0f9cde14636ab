"""Judge: from the tables of a claim to its statistics, verdict and figures. Never trains."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.arguments import Arguments, Key
from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim
from deepclaims.errors import ClaimError, StageError, StorageError
from deepclaims.evidence import record as records
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns
from deepclaims.evidence.registration import Registration, post_hoc
from deepclaims.evidence.second_look import SecondLook, confirm
from deepclaims.evidence.second_look import read as read_looks
from deepclaims.evidence.verdict import Finding, Verdict, findings, verdict
from deepclaims.pipeline import judgement
from deepclaims.project import Project
from deepclaims.report.figures import file_name
from deepclaims.report.files import write
from deepclaims.report.words import LANGUAGES
from deepclaims.sweep.environment import cores, variables
from deepclaims.sweep.worker import THREAD_VARIABLES

if TYPE_CHECKING:
    from deepclaims.claims.results import Results


@dataclass(frozen=True)
class Judged:
    """A claim with its raw verdict, before the correction over the catalogue."""

    claim: Claim
    verdict: Verdict
    facts: dict[str, Any]


ARGUMENTS = Arguments(
    "judge", {"claim": Key("CHAPTER/ID", says="one claim alone; all that were measured without")}
)


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims judge`: from `results/` to `evidence/`, what changed since.

    Raises:
        ConfigError: for what it does not take.
        ClaimError: for an unknown claim.
        StageError: when a claim has not been measured.
    """
    given = ARGUMENTS.read(words)
    project = Project.here()
    judge(project, [claims.find(project.conf, given["claim"])] if given["claim"] else None)


def judge(project: Project, names: Sequence[str] | None = None) -> list[EvidenceRecord]:
    """Judge claims and write their evidence; what did not change is not judged or drawn again.

    Args:
        project: whose tables.
        names: of the claims; None for the whole catalogue. The correction for the number of
            claims is over all that are judged, so that the evidence of others may change too.

    Raises:
        StageError: when a claim has not been measured.
    """
    asked = claims.catalogue(project.conf) if names is None else list(names)
    loaded = {name: _loaded(project, name) for name in asked}
    fresh = [claim for claim in loaded.values() if not _is_judged(project, claim)]
    stale = [claim for claim in loaded.values() if not _is_drawn(project, claim)]
    if fresh or stale:
        _in_parallel(project, fresh, stale)
    judged = _known(project, loaded)
    looks = _looks(project, judged)
    settled = {
        name: confirm(verdict, looks.get(name))
        for name, verdict in settle({each.claim.name: each.verdict for each in judged}).items()
    }
    found = [_record(each, settled[each.claim.name], looks.get(each.claim.name)) for each in judged]
    changed = [record for record in found if _written(project, record)]
    _tag(project, changed)
    for record in found:
        if record in changed or record.name in asked:
            mark = " (post hoc)" if record.post_hoc else ""
            print(f"{record.verdict:>12}  {record.name}{mark}", file=sys.stderr)
    print(
        f"judged {len(fresh)}, drew {len(stale)} of {len(loaded)} claims; the others are as they "
        "were",
        file=sys.stderr,
    )
    return found


def _loaded(project: Project, name: str) -> Claim:
    """A claim as it was measured: with that profile, and those seeds.

    Raises:
        StageError: when it has not been measured.
    """
    about = _about(project, name)  # a missing stage is said before anything is computed
    claim = claims.load(project.conf, name, about["profile"])
    pattern.check(claim)
    return claims.shifted(claim, about["shift"])


def _folder(project: Project, claim: Claim) -> Path:
    return project.evidence(claim.chapter) / claim.id


def _tables(project: Project, claim: Claim, folder: str = "") -> Path:
    return project.results(folder) / claim.name


def _is_judged(project: Project, claim: Claim) -> bool:
    kept, _ = judgement.keys(_folder(project, claim))
    return kept == judgement.verdict_key(claim, _tables(project, claim))


def _is_drawn(project: Project, claim: Claim) -> bool:
    folder = _folder(project, claim)
    _, kept = judgement.keys(folder)
    key = judgement.figures_key(claim, _tables(project, claim))
    return kept == dict.fromkeys(claim.text["figures"], key) and all(
        (folder / file_name(figure, language, ending)).is_file()
        for figure in kept
        for language in LANGUAGES
        for ending in ("svg", "png")
    )


def _in_parallel(project: Project, fresh: Sequence[Claim], stale: Sequence[Claim]) -> None:
    """Judge the one and draw the other, each claim as soon as a process is free."""
    with _pool(len(fresh) + len(stale) * len(LANGUAGES)) as pool:
        judged = [pool.submit(_judge_and_keep, project, claim) for claim in fresh]
        drawn = [
            pool.submit(_draw_one, project, claim, language)
            for claim in stale
            for language in LANGUAGES
        ]
        for each in [*judged, *drawn]:
            each.result()
    for claim in stale:
        _keep_figures(project, claim)


def _judge_and_keep(project: Project, claim: Claim) -> None:
    """Judge one claim and keep its judgement; runs in a worker process."""
    tables = _tables(project, claim)
    results = read_results(claim, tables)
    about = _about(project, claim.name)
    _, figures = judgement.keys(_folder(project, claim))
    judgement.Judgement(
        judgement.verdict_key(claim, tables),
        _verdict(claim, results),
        _facts(results, about),
        figures,
    ).write(_folder(project, claim))


def _keep_figures(project: Project, claim: Claim) -> None:
    """Note what was drawn from what, and take away what the claim's file lists no more."""
    folder = _folder(project, claim)
    known = judgement.read(folder, claim.checks)
    assert known is not None
    key = judgement.figures_key(claim, _tables(project, claim))
    known.with_figures(dict.fromkeys(claim.text["figures"], key)).write(folder)
    for file in folder.glob("*.*"):
        if file.name != judgement.FILE and file.name.split(".")[0] not in claim.text["figures"]:
            file.unlink()


def _known(project: Project, loaded: Mapping[str, Claim]) -> list[Judged]:
    """Every claim of the catalogue that has a judgement, in its order; those of `loaded` have."""
    found = []
    for name in claims.catalogue(project.conf):
        claim = loaded.get(name)
        if claim is None:
            if not (project.results("") / name / "about.json").is_file():
                continue
            claim = _loaded(project, name)
        known = judgement.read(_folder(project, claim), claim.checks)
        if known is not None:
            found.append(Judged(claim, known.verdict, dict(known.facts)))
    return found


def _written(project: Project, record: EvidenceRecord) -> bool:
    """Write a record unless it is there as it is; whether it was written."""
    file = project.evidence(record.chapter) / f"{record.id}.json"
    text = json.dumps(record.to_dict(), indent=1, ensure_ascii=False) + "\n"
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    write(file, text)
    return True


def judge_only(project: Project, names: Sequence[str], results: str = "") -> list[Judged]:
    """Judge claims without a correction for their number, figures or evidence.

    Args:
        project: whose tables.
        names: of the claims.
        results: the folder below `results/` that has the chapters' folders.

    Raises:
        StageError: when one has not been measured.
    """
    for name in names:
        _about(project, name, results)
    with _pool(len(names)) as pool:
        return list(
            pool.map(_judge_one, *zip(*((project, n, results) for n in names), strict=True))
        )


def judge_tables(claim: Claim, folder: Path) -> Verdict:
    """The raw verdict of one claim from a folder of its tables."""
    return _verdict(claim, read_results(claim, folder))


def read_results(claim: Claim, folder: Path) -> Results:
    """The tables of a claim as measure left them.

    Raises:
        StageError: when they are not there.
        StorageError: when one is damaged.
    """
    import pandas as pd

    from deepclaims.claims.results import Results

    tables = {}
    for file in sorted(folder.glob("*.parquet")):
        try:
            tables[file.stem] = pd.read_parquet(file)
        except (OSError, ValueError) as error:
            raise StorageError(f"{file} is damaged ({error}): delete it, measure again") from None
    if "replicas" not in tables:
        raise StageError(f"{claim.name} has no tables in {folder}: "
                         f"run `deepclaims measure chapter={claim.chapter}` first")  # fmt: skip
    return Results(judgement.registered(claim), tables.pop("replicas"), tables)


@contextmanager
def _pool(tasks: int) -> Iterator[ProcessPoolExecutor]:
    context = get_context("forkserver")
    context.set_forkserver_preload(["pandas", "scipy.stats", "matplotlib.figure"])
    with (
        variables(dict.fromkeys(THREAD_VARIABLES, "1")),
        ProcessPoolExecutor(min(cores(), tasks), mp_context=context) as pool,
    ):
        yield pool


def _judge_one(project: Project, name: str, folder: str = "") -> Judged:
    """Judge one claim; runs in a worker process."""
    claim, results, about = _measured(project, name, folder)
    return Judged(claim, _verdict(claim, results), _facts(results, about))


def _draw_one(project: Project, claim: Claim, language: str) -> None:
    """Draw one claim in one language; runs in a worker process."""
    results = read_results(claim, _tables(project, claim))
    _draw(claim, results, _folder(project, claim), language)


def _measured(
    project: Project, name: str, folder: str = ""
) -> tuple[Claim, Results, dict[str, Any]]:
    about = _about(project, name, folder)
    claim = claims.shifted(claims.load(project.conf, name, about["profile"]), about["shift"])
    return claim, read_results(claim, project.results(folder) / name), about


def _verdict(claim: Claim, results: Results) -> Verdict:
    with _same_grid(claim, results):
        found = findings(claim.checks, pattern.judge(results))
        return verdict(found, results.void()).marked(_changed(claim, results))


def _changed(claim: Claim, results: Results) -> tuple[str, ...]:
    """What of the registration differs from the one that the rows were run under."""
    measured = [Registration.read(word) for word in results.metrics["registration"].unique()]
    return post_hoc(Registration.of(claim.written), measured)


@contextmanager
def _same_grid(claim: Claim, results: Results) -> Iterator[None]:
    """Where rows are missing because the file asks for others now, say what to do."""
    try:
        yield
    except ClaimError as error:
        if "grid" not in _changed(claim, results):
            raise
        raise StageError(
            f"{claim.name} was measured with another grid than its file has now ({error}): "
            f"run `deepclaims measure chapter={claim.chapter}` first"
        ) from None


def _draw(claim: Claim, results: Results, folder: Path, language: str) -> None:
    from deepclaims.report.figures import save

    for name in claim.text["figures"]:
        with _same_grid(claim, results):
            drawing = pattern.draw(results, name, language)
        save(drawing.figure, folder, name, language)


def _facts(results: Results, about: dict[str, Any]) -> dict[str, Any]:
    """What the page says about how the numbers came to be."""
    rows = results.metrics.drop_duplicates(["key", "seed"])
    return {
        "seeds": tuple(sorted({int(seed) for seed in rows["seed"]})),
        "n_runs": int(rows["key"].nunique()),
        "n_replicas": len(rows),
        "keys": tuple(sorted(rows["key"].unique())),
        "data_sources": about["sources"],
        "device": ", ".join(sorted(rows["volatile_device"].unique())),
        "seconds": float(rows["volatile_seconds"].sum()),
        "commit": ", ".join(sorted(rows["volatile_commit"].unique())),
        "mlflow": {"parent": about["mlflow_parent"], "cells": about["mlflow_runs"]},
        "profile": about["profile"],
    }


def _looks(project: Project, judged: Sequence[Judged]) -> dict[str, SecondLook]:
    """The second looks that were at the claims as they are now, on the data of this measurement."""
    looks = read_looks(project.conf / "recheck.json")
    return {
        each.claim.name: looks[each.claim.name]
        for each in judged
        if each.claim.name in looks
        and looks[each.claim.name].is_of(
            str(Registration.of(each.claim.written)),
            each.claim.profile,
            each.facts["data_sources"],
        )
    }


def _record(judged: Judged, settled: Verdict, look: SecondLook | None) -> EvidenceRecord:
    from deepclaims.sweep.cell import library_versions

    claim = judged.claim
    return EvidenceRecord(
        claim={key: value for key, value in claim.text.items() if key != "profiles"},
        verdict=str(settled.ruling),
        reason=settled.reason,
        findings=tuple(_finding(each) for each in settled.findings),
        figures=tuple(FigureNote(name, text) for name, text in claim.text["figures"].items()),
        p_value=settled.p,
        p_adjusted=settled.p_adjusted,
        second_look=asdict(look) if look else None,
        post_hoc=settled.post_hoc,
        command=f"deepclaims measure claim={claim.name} profile={claim.profile}",
        versions=library_versions(),
        **{**judged.facts, "mlflow": MlflowRuns(**judged.facts["mlflow"])},
    )


def _finding(found: Finding) -> records.Finding:
    bound = found.check.bound
    return records.Finding(
        check=found.check.name,
        role=str(found.check.role),
        relation=str(found.check.relation),
        bound=(float(bound[0]), float(bound[1])) if isinstance(bound, Sequence) else float(bound),
        says=found.check.says,
        estimate=found.estimate,
        outcome=found.outcome,
        p_value=found.p,
    )


def _about(project: Project, name: str, folder: str = "") -> dict[str, Any]:
    chapter = name.split("/")[0]
    file = project.results(folder) / name / "about.json"
    try:
        about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError(
            f"{name} has not been measured: run `deepclaims measure chapter={chapter}` first, "
            "or `dvc repro` for everything"
        ) from None
    except json.JSONDecodeError:
        raise StorageError(f"{file} is damaged: delete it and measure again") from None
    return about


def _tag(project: Project, found: Sequence[EvidenceRecord]) -> None:
    from deepclaims.tracking.store import Tracker

    trackers: dict[str, Tracker] = {}
    for record in found:
        tracker = trackers.setdefault(record.chapter, Tracker(project.mlflow, record.chapter))
        if record.mlflow.parent:
            tags = {
                "deepclaims.verdict": record.verdict,
                "deepclaims.post_hoc": ", ".join(record.post_hoc),
            }
            tracker.tag(record.mlflow.parent, tags)
