"""Judge: from the tables of a claim to its statistics, verdict and figures. Never trains.

A claim whose tables, checks and code are what they were is not judged again, nor is a figure drawn
or a cell diagnosed again; the correction over the catalogue is made anew each time, since it rests
on all verdicts.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from deepclaims import atomic
from deepclaims.claims import claim as claims
from deepclaims.errors import StageError, StorageError
from deepclaims.evidence.diagnosis import DiagnosedCell
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.pipeline import deposit, entries, seal
from deepclaims.pipeline.diagnosis_key import diagnosing_key
from deepclaims.pipeline.history import History, histories_of
from deepclaims.pipeline.judging import Judged, Measured, draw_one, judge_one
from deepclaims.pipeline.kept import Kept, figures_of
from deepclaims.pipeline.kept_operating import KeptOperating
from deepclaims.pipeline.kept_reading import KeptReading
from deepclaims.pipeline.place import of_a_place, read_place, rehearsed
from deepclaims.pipeline.pool import judging_pool
from deepclaims.pipeline.settling import evidence_of, settled
from deepclaims.project import Project
from deepclaims.report.figures import files_of
from deepclaims.report.summary import METRICS, metrics_of, metrics_path

ARGUMENTS = of_a_place("judge")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims judge [claim=NAME] [--rehearsal | space=rehearsal/NAME]`.

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

    Raises:
        StageError: when one has not been measured.
    """
    catalogue = claims.catalogue(project.conf)
    asked = catalogue if names is None else list(names)
    if names is None and not project.results.is_dir():
        raise StageError(
            "nothing has been measured here: `dvc repro judge` runs what comes before, `deepclaims "
            "restore` brings the published tables, and `dvc pull` those of a remote"
        )
    reading = KeptReading.of(project, "judge")
    measured = {name: _found(project, name, reading) for name in asked}
    if names is None:
        reading.write()
    raw = _judge_and_draw(project, measured)
    for name in set(catalogue) - set(asked):
        if (kept := Kept.read(project.drawn(name))).key:
            raw[name] = kept.judged(Measured.find(project, name).claim)
    _refuse_strange(project, measured, raw)
    judged = {name: raw[name] for name in catalogue if name in raw}
    histories = histories_of(project, judged.values())
    verdicts = settled(project, histories)
    operating = KeptOperating(project.evidence)
    found = [
        replace(each, diagnoses=Kept.read(project.drawn(each.name)).diagnoses())
        for each in evidence_of(project, histories, verdicts, operating)
    ]
    operating.write()
    files = {project.record(each.name): atomic.json_lines(each.to_dict()) for each in found}
    changed = [each for each in found if not _holds(project.record(each.name), files)]
    news = _news(project, changed)
    for file, content in files.items():
        atomic.update(file, content)
    for record in found:
        atomic.update(
            project.evidence / metrics_path(record.name), atomic.json_text(metrics_of(record))
        )
    for name in asked:
        if not rehearsed(project.space):
            entries.write_look(project, raw[name], verdicts[name])
        elif names is not None or entries.is_news(project, raw[name].claim):
            entries.write_pilot(project, raw[name], verdicts[name])
    if names is None:
        _sweep(project, catalogue)
    _tag(project, news)
    for record in found:
        if record.name in asked:
            mark = " (post hoc)" if record.post_hoc else ""
            print(f"{record.verdict:>12}  {record.name}{mark}", file=sys.stderr)
    return [record for record in found if record.name in asked]


def _found(project: Project, name: str, reading: KeptReading) -> Measured:
    """As `Measured.find`, which may read the same as the last time."""
    folder = project.tables(name)
    files = [project.conf / "claim" / f"{name}.yaml", folder / deposit.ABOUT]
    return reading.read(f"{name} in {folder}", files, partial(Measured.find, project, name))


def _refuse_strange(
    project: Project, measured: Mapping[str, Measured], raw: Mapping[str, Judged]
) -> None:
    """Refuse restored tables that show other numbers than any look at their attempt.

    Raises:
        StorageError: names the claim.
    """
    for name, each in measured.items():
        history = History.of(project, raw[name]) if each.about.get(deposit.RESTORED) else None
        if history and history.counts and history.same_attempt and not history.was_seen:
            raise StorageError(
                f"{name}: its tables, restored from the report, show numbers that no look of its "
                f"ledger saw: {seal.RESTORE}, or measure it"
            )


def judge_only(project: Project, names: Sequence[str]) -> list[Judged]:
    """Judge claims without a correction for their number, figures or evidence.

    Raises:
        StageError: when one has not been measured.
    """
    return judge_measured([Measured.find(project, name) for name in names])


def judge_measured(measured: Sequence[Measured]) -> list[Judged]:
    """The same of claims that are found already."""
    with judging_pool(len(measured)) as pool:
        return list(pool.map(judge_one, measured))


def _judge_and_draw(project: Project, measured: Mapping[str, Measured]) -> dict[str, Judged]:
    """The raw verdicts; what is kept of the last judging serves where nothing changed."""
    kept = {name: Kept.read(project.drawn(name)) for name in measured}
    keys = {name: each.judging_key() for name, each in measured.items()}
    figures = {
        name: {figure: each.drawing_key(figure) for figure in each.claim.text["figures"]}
        for name, each in measured.items()
    }
    stale = [
        name
        for name in measured
        if kept[name].key != keys[name] or not (project.deposit(name) / deposit.ABOUT).is_file()
    ]
    undrawn = [
        (name, figure)
        for name in measured
        for figure, key in figures[name].items()
        if kept[name].figures.get(figure) != key or not _is_drawn(project.drawn(name), figure)
    ]
    diagnosing = {name: diagnosing_key(each, project.conf) for name, each in measured.items()}
    undiagnosed = [name for name in measured if kept[name].diagnosed != diagnosing[name]]
    found = {name: kept[name].unchanged(each.claim)
             for name, each in measured.items() if name not in stale}  # fmt: skip
    cells = {name: kept[name].diagnoses() for name in measured if name not in undiagnosed}
    broken: list[str] = []
    with judging_pool(len(stale) + len(undrawn) + len(undiagnosed)) as pool:
        judged = {name: pool.submit(judge_one, measured[name], project.deposit(name))
                  for name in stale}  # fmt: skip
        diagnosed = {name: pool.submit(_diagnosed, measured[name], project.conf)
                     for name in undiagnosed}  # fmt: skip
        drawn = {
            (name, figure): pool.submit(draw_one, measured[name], project.drawn(name), figure)
            for name, figure in undrawn
        }
        found |= {name: each.result() for name, each in judged.items()}
        cells |= {name: each.result() for name, each in diagnosed.items()}
        changed = {*stale, *undiagnosed, *(name for name, _ in undrawn)}
        changed |= {name for name in measured if not kept[name].p_values}
        for name, each in measured.items():  # one by one: what is done is kept, come what may
            if name not in changed:
                continue
            good, bad = _drawn(name, figures[name], drawn)
            for figure in _as_published(project, each, bad):
                good[figure] = ""  # of no key, so that it is tried again
                del bad[figure]
            again = f": `deepclaims restore claim={name}` brings the published one back"
            hint = again if each.about.get(deposit.RESTORED) else ""
            broken += [f"{name}, {figure}: {_told(error)}{hint}" for figure, error in bad.items()]
            keep = Kept.of(keys[name], found[name], good, diagnosing[name], cells[name])
            # as it is read again, so that evidence has the same bytes however it was judged
            found[name] = keep.unchanged(each.claim)
            keep.told(found[name]).write(project.drawn(name))
    if broken:
        raise StageError("figures that could not be drawn:\n" + "\n".join(broken))
    return {name: found[name] for name in measured}


def _diagnosed(measured: Measured, conf: Path) -> tuple[DiagnosedCell, ...]:
    """The diagnosis of a claim's cells; runs in a worker process, which alone imports it."""
    from deepclaims.pipeline.diagnosing import diagnose_one

    return diagnose_one(measured, conf)


def _drawn(
    name: str, figures: Mapping[str, str], drawn: Mapping[tuple[str, str], Future[None]]
) -> tuple[dict[str, str], dict[str, BaseException]]:
    """Of a claim's figures, the keys of those that there are, and why others failed."""
    good, bad = dict(figures), {}
    for figure in figures:
        error = drawn[name, figure].exception() if (name, figure) in drawn else None
        if error is not None:
            del good[figure]
            bad[figure] = error
    return good, bad


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _as_published(
    project: Project, measured: Measured, bad: Mapping[str, BaseException]
) -> list[str]:
    """The figures of a restored claim that lack a table, and are there as published.

    Such a claim deposits less than its figures read.
    """
    if deposit.WHOLE not in measured.about:
        return []
    name = measured.claim.name
    there = [
        figure
        for figure, error in bad.items()
        if isinstance(error, LookupError) and _is_drawn(project.drawn(name), figure)
    ]
    for figure in there:
        print(
            f"{name}, {figure}: stays as published, since the report has not all of its tables "
            f"({_told(bad[figure])}); `deepclaims measure claim={name}` and `judge` draw it anew",
            file=sys.stderr,
        )
    return there


def _is_drawn(folder: Path, figure: str) -> bool:
    return all((folder / each).is_file() for each in files_of(figure))


def _holds(file: Path, contents: Mapping[Path, str]) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == contents[file]


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


def _sweep(project: Project, catalogue: Sequence[str]) -> None:
    """Remove the evidence of what is no longer a claim or a figure."""
    root = project.evidence
    known = {project.record(name) for name in catalogue}
    folders = {project.drawn(name) for name in catalogue}
    rows = {root / metrics_path(name) for name in catalogue}
    for file in (*root.glob("*/*.json"), *root.glob(f"{METRICS}/*/*.json")):
        if file not in known | rows:
            file.unlink()
    for folder in root.glob("*/*/"):
        if folder.parent.name == METRICS:
            continue
        if folder not in folders:
            shutil.rmtree(folder)
            continue
        figures = figures_of(folder)
        for file in (*folder.glob("*.*.*"), *folder.glob("*.csv")):
            if file.name.split(".")[0] not in figures:
                file.unlink()


def _tag(project: Project, changed: Sequence[EvidenceRecord]) -> None:
    """Tell MLflow the verdicts that changed, where it has the claims' runs."""
    if not changed:
        return
    from deepclaims.pipeline.notes import are_missed
    from deepclaims.tracking.tags import set_tags

    if are_missed(project, changed):
        print(
            f"MLflow's store {project.mlflow} is not there: `deepclaims measure` makes it again "
            "from .runs, and `deepclaims publish` writes the verdicts into it",
            file=sys.stderr,
        )

    told = {
        str(record.mlflow.parent): {
            "deepclaims.verdict": record.verdict,
            "deepclaims.post_hoc": ", ".join(record.post_hoc),
        }
        for record in changed
        if record.mlflow.parent
    }
    set_tags(project.mlflow, told)
