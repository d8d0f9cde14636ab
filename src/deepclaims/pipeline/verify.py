"""Verify: the published report judged again from the tables beside it, without a training.

Needs a checkout and nothing else: no data, runs, results or evidence. Words and outcomes must be
the same, and numbers up to the last digits, in which processors differ.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepclaims import atomic
from deepclaims.arguments import Arguments, Key
from deepclaims.claims import claim as claims
from deepclaims.errors import DeepclaimsError, StageError, StorageError, VerificationError
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.pipeline import ledger, seal
from deepclaims.pipeline.history import History, histories_of
from deepclaims.pipeline.judging import Judged, Measured, judge_one
from deepclaims.pipeline.pool import JUDGING, judging_pool
from deepclaims.pipeline.settling import evidence_of, settled
from deepclaims.project import Project
from deepclaims.report import summary

ARGUMENTS = Arguments(
    "verify", {"claim": Key("CHAPTER/ID", says="say what differs of one claim alone")}
)
SAME = 1e-9
"""Relative difference up to which a published number is the one found.

Sums of the same values in another order, as other processors make them, differ by some 1e-13; a
number that means anything else differs by more than 1e-9.
"""
SHOWN = 4
"""Differences of one claim that are shown."""

Published = Mapping[str, Mapping[str, Any]]
"""`reports/claims.json`: what was published of every claim, by id."""


@dataclass(frozen=True)
class Verified:
    """What was verified, and what is not as published: a line a claim, and one a file."""

    claims: int
    checks: int
    differences: tuple[str, ...]


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims verify [claim=NAME]`.

    Raises:
        ConfigError: for any other word.
        ClaimError: for an unknown claim.
        StageError: when there is no report, or one without tables.
        VerificationError: when anything is not as published.
    """
    given = ARGUMENTS.read(words)
    project = Project.here()
    name = claims.find(project.conf, given["claim"]) if given["claim"] else ""
    found = verify(project, name)
    for line in found.differences:
        print(line, file=sys.stderr)
    if found.differences:
        raise VerificationError(
            f"{len(found.differences)} differences between the report and what its tables, this "
            "code and the ledgers give; if the code or a ledger is newer than the report, run "
            "`deepclaims judge` and `deepclaims publish`"
        )
    many = f"{found.claims} claims" if found.claims != 1 else "1 claim"
    print(f"{many} verified: verdicts, {found.checks} checks, ledgers")


def verify(project: Project, name: str = "") -> Verified:
    """Judge the published tables again and set the outcome against the published report.

    Every claim is judged in any case: a verdict is corrected for the number of all of them.

    Args:
        project: whose report.
        name: of the claim whose differences are asked for; of all when empty.

    Raises:
        StageError: when there is no report, or one without tables.
        StorageError: when what it says of itself is damaged.
    """
    catalogue = claims.catalogue(project.conf)
    asked = [name] if name else catalogue
    published = _read(project.reports / "claims.json")
    files = (f"{seal.FOLDER}/{name}/", "claims.json", seal.LEDGERS) if name else ()
    lines = list(seal.broken_sums(project.reports, files))
    lines += seal.broken_ledgers(project.root, project.reports, asked)
    if not lines:
        lines += _broken_history(project)
    judged, broken = _judge(project, catalogue)
    lines += broken
    if broken:
        return Verified(0, 0, (*lines, "without them the catalogue cannot be corrected anew"))
    try:
        histories = histories_of(project, judged.values())
        verdicts = settled(project, histories)
        records = evidence_of(project, histories, verdicts)
    except StorageError as error:  # a ledger, of which a line tells already unless it is another's
        return Verified(0, 0, tuple(dict.fromkeys([*lines, str(error)])))
    for record in records:
        if record.name not in asked:
            continue
        found = _compare(record, published)
        history = History.of(project, judged[record.name])
        if history.counts and not history.tells_of(verdicts[record.name]):
            found.append("its ledger tells of no look at these seeds with these outcomes")
        if found:
            more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
            lines.append(f"{record.name}: {'; '.join(found[:SHOWN] + more)}")
    if not name:
        lines += _of_all(project, records, published)
    checks = sum(len(record.findings) for record in records if record.name in asked)
    return Verified(len(asked), checks, tuple(lines))


def differences(published: Any, found: Any, where: str = "") -> Iterator[str]:
    """What differs between two pieces of plain data, each by its path.

    Numbers are the same up to `SAME`, everything else must be equal.
    """
    if isinstance(published, Mapping) and isinstance(found, Mapping):
        for key in [*published, *(key for key in found if key not in published)]:
            path = f"{where}.{key}" if where else str(key)
            if key not in found:
                yield f"{path} is published and not found"
            elif key not in published:
                yield f"{path} is found and not published"
            else:
                yield from differences(published[key], found[key], path)
    elif isinstance(published, list) and isinstance(found, list) and len(published) == len(found):
        for number, (one, other) in enumerate(zip(published, found, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif not _same(published, found):
        yield f"{where} published {published!r}, found {found!r}"


def _same(one: Any, other: Any) -> bool:
    numbers = all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other)
    )
    if not numbers:
        return type(one) is type(other) and bool(one == other)
    return math.isclose(one, other, rel_tol=SAME, abs_tol=0.0)


def _judge(project: Project, names: Sequence[str]) -> tuple[dict[str, Judged], list[str]]:
    """The raw verdicts of the published tables, and why there is none of a claim."""
    measured = {name: _find(project, name) for name in names}
    judged, broken = {}, []
    with judging_pool(len(names), JUDGING) as pool:
        futures: dict[str, Future[Judged]] = {
            name: pool.submit(judge_one, each) for name, each in measured.items()
        }
        for name, future in futures.items():
            try:
                judged[name] = future.result()
            except (DeepclaimsError, LookupError, ValueError, TypeError) as error:
                broken.append(f"{name}: its tables cannot be judged ({error})")
    return judged, broken


def _find(project: Project, name: str) -> Measured:
    folder = project.published_tables(name)
    if not folder.is_dir():
        raise StageError(f"the report has no tables of {name} in {folder}: {seal.PUBLISH}")
    return Measured.at(project, name, folder)


def _compare(record: EvidenceRecord, published: Published) -> list[str]:
    """What of a claim is not as published."""
    if record.id not in published:
        return [f"it is not in claims.json; {seal.PUBLISH}"]
    (found,) = _plain(summary.claims([record])).values()
    return sorted(
        differences(published[record.id], found), key=lambda line: not line.startswith("verdict ")
    )


def _of_all(
    project: Project, records: Sequence[EvidenceRecord], published: Published
) -> Iterator[str]:
    """What differs besides the claims of the catalogue one by one."""
    known = {record.id for record in records}
    yield from (f"{each}: published, but no claim" for each in published if each not in known)
    metrics = _plain(summary.metrics(records))
    found = list(differences(_read(project.reports / "metrics.json"), metrics))
    if found:
        yield f"metrics.json: {'; '.join(found[:SHOWN])}"


def _broken_history(project: Project) -> Iterator[str]:
    try:
        ledger.verify(project)
    except StorageError as error:
        yield str(error)


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError(f"there is no {file}: {seal.PUBLISH}") from None
    except ValueError:
        raise StorageError(f"{file} is damaged: {seal.RESTORE}") from None
    if not isinstance(content, dict):
        raise StorageError(f"{file} is damaged: {seal.RESTORE}")
    return content


def _plain(content: Any) -> Any:
    """As it is once it was written and read again."""
    return json.loads(atomic.json_text(content))
