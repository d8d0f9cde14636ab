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
from deepclaims.evidence.check import Finding
from deepclaims.evidence.multiplicity import at_stake, settle
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.record import EvidenceRecord, FigureNote, MlflowRuns, SentenceNote
from deepclaims.evidence.second_look import confirm
from deepclaims.evidence.sentence import STUDY, Ruled
from deepclaims.evidence.verdict import Verdict
from deepclaims.languages import LANGUAGES
from deepclaims.lectures.inventory import Lectures
from deepclaims.lectures.reading import of_checkout as inventory
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
    judged = {name: raw[name] for name in catalogue if name in raw}
    verdicts = settled(project, judged)
    found = _records(project, judged, verdicts)
    news = _news(project, found)
    for record in found:
        atomic.update(project.record(record.name), atomic.json_text(record.to_dict()))
    for record in found:
        if record.name in asked:
            tell = entries.write_pilot if project.space == REHEARSAL else entries.write_look
            tell(project, raw[record.name], verdicts[record.name])
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


def settled(project: Project, judged: Mapping[str, Judged]) -> dict[str, Verdict]:
    """The verdicts, corrected for all sentences and attempts, and confirmed by second looks."""
    attempts = {name: entries.attempt(project, each) for name, each in judged.items()}
    verdicts = {name: each.verdict for name, each in judged.items()}
    corrected = settle(verdicts, attempts, entries.family(project))
    return {
        name: confirm(
            corrected[name],
            [look for look, current in entries.second_looks(project, each) if current],
        )
        for name, each in judged.items()
    }


def _records(
    project: Project, judged: Mapping[str, Judged], verdicts: Mapping[str, Verdict]
) -> list[EvidenceRecord]:
    chapters = {each.name: each.title for each in claims.chapters(project.conf)}
    lectures = inventory(project.conf)
    stake = at_stake(each.verdict for each in judged.values())
    attempts = {name: entries.attempt(project, each) for name, each in judged.items()}
    return [
        replace(
            _record(each, verdicts[name], lectures),
            findings=_findings(project, name, verdicts[name], attempts[name], stake),
            attempt=attempts[name],
            second_looks=tuple(
                {**look.to_dict(), "stale": not current}
                for look, current in entries.second_looks(project, each)
            ),
            transfers=tuple(
                {**seen.to_dict(), "stale": not current}
                for seen, current in entries.transfers(project, each)
            ),
            chapter_title=chapters[each.claim.chapter],
        )
        for name, each in judged.items()
    ]


def _record(judged: Judged, verdict: Verdict, lectures: Lectures | None) -> EvidenceRecord:
    from deepclaims.sweep.cell import library_versions

    claim = judged.claim
    facts = judged.facts | {"mlflow": MlflowRuns(**judged.facts["mlflow"])}
    return EvidenceRecord(
        claim={key: value for key, value in claim.text.items() if key != "profiles"},
        verdict=str(verdict.ruling),
        reason=verdict.reason,
        sentences=tuple(_sentence(each, claim, lectures) for each in verdict.sentences),
        figures=tuple(FigureNote(name, text) for name, text in claim.text["figures"].items()),
        p_value=verdict.p,
        p_adjusted=verdict.p_adjusted,
        post_hoc=verdict.post_hoc,
        command=_command(claim),
        versions=library_versions(),
        **facts,
    )


def _sentence(ruled: Ruled, claim: Claim, lectures: Lectures | None) -> SentenceNote:
    sentence = ruled.sentence
    item = lectures.sentence(sentence.id) if lectures and sentence.id != STUDY else None
    return SentenceNote(
        id=sentence.id,
        ruling=str(ruled.ruling),
        reason=ruled.reason,
        reading=str(sentence.reading),
        checks=tuple(each.check.name for each in ruled.findings),
        quotation=item.in_both if item else claim.text["question"],
        means=sentence.means,
        repair=sentence.repair,
        doubt=(item.doubt or None) if item else None,
        p_value=ruled.p,
        p_adjusted=ruled.p_adjusted,
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


def _findings(
    project: Project, name: str, verdict: Verdict, attempt: int, stake: int
) -> tuple[records.Finding, ...]:
    """The findings as a record has them; what is known of their power is not computed again."""
    try:
        earlier = {each.check: each for each in EvidenceRecord.read(project.record(name)).findings}
    except StorageError:
        earlier = {}
    return tuple(
        replace(
            _finding(each), operating=_operating(each, earlier.get(each.check.name), attempt, stake)
        )
        for each in verdict.findings
    )


def _operating(
    found: Finding, earlier: records.Finding | None, attempt: int, stake: int
) -> Operating | None:
    known = earlier.operating if earlier else None
    if known and earlier and earlier.estimate:
        known = known if known.is_of(found, earlier.estimate, attempt, stake) else None
    return known or Operating.of(found, attempt, stake)


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
        fails=found.check.fails,
        sentences=found.check.sentences,
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
        figures = Kept.read(folder).figures
        for file in folder.glob("*.*.*"):
            if file.name.split(".")[0] not in figures:
                file.unlink()


def _tag(project: Project, changed: Sequence[EvidenceRecord]) -> None:
    """Tell MLflow the verdicts that changed, where it has the claims' runs."""
    from deepclaims.tracking.tags import set_tags

    told = {
        str(record.mlflow.parent): {
            "deepclaims.verdict": record.verdict,
            "deepclaims.post_hoc": ", ".join(record.post_hoc),
        }
        for record in changed
        if record.mlflow.parent
    }
    set_tags(project.mlflow, told)
