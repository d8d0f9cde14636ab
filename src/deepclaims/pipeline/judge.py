"""Judge: from the tables of a claim to its statistics, verdict and figures. Never trains.

A claim whose tables, checks and code are what they were is not judged again, nor is a figure drawn
again; the correction over the catalogue is made anew each time, since it rests on all verdicts.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from deepclaims import atomic
from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.environment import cores, variables
from deepclaims.errors import StorageError
from deepclaims.evidence import record as records
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns
from deepclaims.evidence.second_look import SecondLook, confirm
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Finding, Verdict
from deepclaims.languages import LANGUAGES
from deepclaims.pipeline import entries
from deepclaims.pipeline.judging import Judged, Measured, draw_one, judge_one
from deepclaims.pipeline.kept import Kept
from deepclaims.pipeline.place import REHEARSAL, of_a_place, read_place
from deepclaims.project import Project
from deepclaims.sweep.worker import THREAD_VARIABLES

ENDINGS = ("svg", "png")
ARGUMENTS = of_a_place("judge")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims judge [claim=NAME [--rehearsal]]`.

    Raises:
        ConfigError: for any other word.
        StageError: when a claim has not been measured.
    """
    place = read_place(ARGUMENTS, words)
    judge(place.project, [place.claim] if place.claim else None)


def judge(project: Project, names: Sequence[str] | None = None) -> list[EvidenceRecord]:
    """Judge claims and write their evidence; returns that of these claims.

    Args:
        project: whose tables.
        names: of the claims; the whole catalogue when None. The others enter the correction with
            what they were last judged to be.
    """
    catalogue = claims.catalogue(project.conf)
    asked = catalogue if names is None else list(names)
    measured = {name: Measured.find(project, name) for name in asked}
    raw = _judge_and_draw(project, measured)
    for name in set(catalogue) - set(asked):
        if (kept := Kept.read(project.drawn(name))).key:
            raw[name] = kept.judged(Measured.find(project, name).claim)
    found = _settled(project, {name: raw[name] for name in catalogue if name in raw})
    news = _news(project, found)
    for record in found:
        atomic.update(project.record(record.name), atomic.json_text(record.to_dict()))
    for record in found:
        if record.name in asked:
            tell = entries.write_pilot if project.space == REHEARSAL else entries.write_look
            tell(project, raw[record.name], record.verdict)
    if names is None:
        _sweep(project, catalogue)
    _tag(project, news)
    for record in found:
        if record.name in asked:
            mark = " (post hoc)" if record.post_hoc else ""
            print(f"{record.verdict:>12}  {record.name}{mark}", file=sys.stderr)
    return [record for record in found if record.name in asked]


def judge_only(project: Project, names: Sequence[str]) -> list[Judged]:
    """Judge claims without a correction for their number, figures or evidence.

    Raises:
        StageError: when one has not been measured.
    """
    measured = [Measured.find(project, name) for name in names]
    with _pool(len(names)) as pool:
        return list(pool.map(judge_one, measured))


def _judge_and_draw(project: Project, measured: Mapping[str, Measured]) -> dict[str, Judged]:
    """The raw verdicts; what is kept of the last judging serves where nothing changed."""
    kept = {name: Kept.read(project.drawn(name)) for name in measured}
    keys = {name: each.judging_key() for name, each in measured.items()}
    figures = {
        name: {figure: each.drawing_key(figure) for figure in each.claim.text["figures"]}
        for name, each in measured.items()
    }
    stale = [name for name in measured if kept[name].key != keys[name]]
    undrawn = [
        (name, figure)
        for name in measured
        for figure, key in figures[name].items()
        if kept[name].figures.get(figure) != key or not _is_drawn(project.drawn(name), figure)
    ]
    found = {name: kept[name].judged(each.claim)
             for name, each in measured.items() if name not in stale}  # fmt: skip
    if stale or undrawn:
        with _pool(len(stale) + len(undrawn)) as pool:
            judged = {name: pool.submit(judge_one, measured[name]) for name in stale}
            drawn = [
                pool.submit(draw_one, measured[name], project.drawn(name), figure, language)
                for name, figure in undrawn
                for language in LANGUAGES
            ]
            found |= {name: each.result() for name, each in judged.items()}
            _await(drawn)
    for name in measured:
        Kept.of(keys[name], found[name], figures[name]).write(project.drawn(name))
    return found


def _await(futures: Iterable[Future[None]]) -> None:
    for each in futures:
        each.result()


def _is_drawn(folder: Path, figure: str) -> bool:
    return all(
        (folder / f"{figure}.{language}.{ending}").is_file()
        for language in LANGUAGES
        for ending in ENDINGS
    )


@contextmanager
def _pool(tasks: int) -> Iterator[ProcessPoolExecutor]:
    context = get_context("forkserver")
    context.set_forkserver_preload(["pandas", "scipy.stats", "matplotlib.figure"])
    with (
        variables(dict.fromkeys(THREAD_VARIABLES, "1")),
        ProcessPoolExecutor(min(cores(), tasks), mp_context=context) as pool,
    ):
        yield pool


def _settled(project: Project, judged: Mapping[str, Judged]) -> list[EvidenceRecord]:
    chapters = {each.name: each.title for each in claims.chapters(project.conf)}
    attempts = {name: entries.attempt(project, each) for name, each in judged.items()}
    settled = settle({name: each.verdict for name, each in judged.items()}, attempts)
    found = []
    for name, each in judged.items():
        looks = entries.second_looks(project, each)
        final = confirm(settled[name], [look for look, current in looks if current])
        record = _record(each, final, attempts[name], looks, entries.transfers(project, each))
        found.append(replace(record, chapter_title=chapters[each.claim.chapter]))
    return found


def _record(
    judged: Judged,
    settled: Verdict,
    attempt: int,
    looks: Sequence[tuple[SecondLook, bool]],
    transfers: Sequence[tuple[Transfer, bool]],
) -> EvidenceRecord:
    from deepclaims.sweep.cell import library_versions

    claim = judged.claim
    facts = judged.facts | {"mlflow": MlflowRuns(**judged.facts["mlflow"])}
    return EvidenceRecord(
        claim={key: value for key, value in claim.text.items() if key != "profiles"},
        verdict=str(settled.ruling),
        reason=settled.reason,
        findings=tuple(_finding(each) for each in settled.findings),
        figures=tuple(FigureNote(name, text) for name, text in claim.text["figures"].items()),
        p_value=settled.p,
        p_adjusted=settled.p_adjusted,
        attempt=attempt,
        second_looks=tuple({**look.to_dict(), "stale": not current} for look, current in looks),
        transfers=tuple({**each.to_dict(), "stale": not current} for each, current in transfers),
        post_hoc=settled.post_hoc,
        command=_command(claim),
        versions=library_versions(),
        **facts,
    )


def _news(project: Project, found: Sequence[EvidenceRecord]) -> list[EvidenceRecord]:
    """The records of which MLflow has not been told: a new verdict, or new runs."""

    def told(record: EvidenceRecord) -> tuple[object, ...]:
        return record.verdict, record.post_hoc, record.mlflow

    def is_new(record: EvidenceRecord) -> bool:
        try:
            return told(EvidenceRecord.read(project.record(record.name))) != told(record)
        except StorageError:
            return True

    return [each for each in found if is_new(each)]


def _command(claim: Claim) -> str:
    return f"deepclaims measure claim={claim.name} profile={claim.profile}"


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


def _sweep(project: Project, catalogue: Sequence[str]) -> None:
    """Remove the evidence of what is no longer a claim or a figure."""
    root = project.evidence
    known = {project.record(name) for name in catalogue}
    folders = {project.drawn(name) for name in catalogue}
    for file in root.glob("*/*.json"):
        if file not in known:
            file.unlink()
    for folder in root.glob("*/*/"):
        if folder not in folders:
            shutil.rmtree(folder)
            continue
        for file in folder.glob("*.*.*"):
            if file.name.split(".")[0] not in Kept.read(folder).figures:
                file.unlink()


def _tag(project: Project, changed: Sequence[EvidenceRecord]) -> None:
    """Tell MLflow the verdicts that changed, where it has the claims' runs."""
    from deepclaims.tracking.index import Index, database

    if not changed or not database(project.mlflow).is_file():
        return
    for chapter in dict.fromkeys(record.chapter for record in changed):
        known = {each.run_id for each in Index(project.mlflow, chapter).runs().values()}
        own = [each for each in changed if each.chapter == chapter and each.mlflow.parent in known]
        if not own:
            continue
        from deepclaims.tracking.store import Tracker

        tracker = Tracker(project.mlflow, chapter)
        for record in own:
            tags = {
                "deepclaims.verdict": record.verdict,
                "deepclaims.post_hoc": ", ".join(record.post_hoc),
            }
            tracker.tag(str(record.mlflow.parent), tags)
