"""Judge: from the tables of a claim to its statistics, verdict and figures. Never trains."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim
from deepclaims.errors import ClaimError, ConfigError, StageError, StorageError
from deepclaims.evidence import record as records
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns
from deepclaims.evidence.registration import Registration, post_hoc
from deepclaims.evidence.second_look import SecondLook, confirm
from deepclaims.evidence.second_look import read as read_looks
from deepclaims.evidence.verdict import Finding, Verdict, findings, verdict
from deepclaims.project import Project
from deepclaims.sweep.environment import cores, variables
from deepclaims.sweep.worker import THREAD_VARIABLES

if TYPE_CHECKING:
    from deepclaims.claims.results import Results

LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class Judged:
    """A claim with its raw verdict, before the correction over the catalogue."""

    claim: Claim
    verdict: Verdict
    facts: dict[str, Any]


def run(overrides: Sequence[str]) -> None:
    """Carry out `deepclaims judge`: the whole catalogue, from `results/` to `evidence/`.

    Raises:
        ConfigError: judge takes no overrides.
        StageError: when a chapter has not been measured.
    """
    if overrides:
        raise ConfigError(f"judge takes no '{overrides[0]}': it judges all that was measured")
    judge(Project.here())


def judge(project: Project) -> list[EvidenceRecord]:
    """Judge every claim of the catalogue and write its evidence."""
    names = claims.catalogue(project.conf)
    for name in names:
        _about(project, name)  # a missing stage is said before anything is computed
    draft = _draft(project)
    try:
        judged = _judge_all(project, names, draft)
        looks = _looks(project, judged)
        settled = {
            name: confirm(verdict, looks.get(name))
            for name, verdict in settle({each.claim.name: each.verdict for each in judged}).items()
        }
        found = [_record(each, settled[each.claim.name], looks.get(each.claim.name))
                 for each in judged]  # fmt: skip
        for record in found:
            file = draft / record.chapter / f"{record.id}.json"
            file.write_text(json.dumps(record.to_dict(), indent=1, ensure_ascii=False) + "\n")
        _replace(draft, project.root / "evidence")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _tag(project, found)
    for record in found:
        mark = " (post hoc)" if record.post_hoc else ""
        print(f"{record.verdict:>12}  {record.name}{mark}", file=sys.stderr)
    return found


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
    return Results(claim, tables.pop("replicas"), tables)


def _judge_all(project: Project, names: Sequence[str], draft: Path) -> list[Judged]:
    with _pool(len(names)) as pool:
        judged = [pool.submit(_judge_one, project, name) for name in names]
        drawn = [
            pool.submit(_draw_one, project, name, draft, language)
            for name in names
            for language in LANGUAGES
        ]
        for each in drawn:
            each.result()
        return [each.result() for each in judged]


@contextmanager
def _pool(tasks: int) -> Iterator[ProcessPoolExecutor]:
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "pandas", "scipy.stats", "matplotlib.figure"])
    with (
        variables(dict.fromkeys(THREAD_VARIABLES, "1")),
        ProcessPoolExecutor(min(cores(), tasks), mp_context=context) as pool,
    ):
        yield pool


def _judge_one(project: Project, name: str, folder: str = "") -> Judged:
    """Judge one claim; runs in a worker process."""
    claim, results, about = _measured(project, name, folder)
    return Judged(claim, _verdict(claim, results), _facts(results, about))


def _draw_one(project: Project, name: str, draft: Path, language: str) -> None:
    """Draw one claim in one language; runs in a worker process."""
    claim, results, _ = _measured(project, name)
    _draw(claim, results, draft / claim.chapter / claim.id, language)


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
        "mlflow": MlflowRuns(about["mlflow_parent"], about["mlflow_runs"]),
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
        **judged.facts,
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


def _draft(project: Project) -> Path:
    folder = project.root / "evidence"
    try:
        draft = Path(tempfile.mkdtemp(prefix=".evidence-", dir=project.root))
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error
    for chapter in claims.chapters(project.conf):
        (draft / chapter.name).mkdir()
    return draft


def _replace(draft: Path, final: Path) -> None:
    draft.chmod(0o755)
    if final.exists():
        shutil.rmtree(final)
    draft.rename(final)


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
