"""What a publication fixes: the hash of every file of the report, and the end of every ledger.

`reports/SHA256SUMS` is what `sha256sum -c SHA256SUMS` reads. `reports/ledgers.json` has how many
lines each ledger had and what the next line would be chained to, so that a line that is taken from
the end of a ledger is missed, Git or no Git.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from deepclaims import atomic
from deepclaims.errors import StageError, StorageError
from deepclaims.evidence import ledger

SUMS = "SHA256SUMS"
LEDGERS = "ledgers.json"
FOLDER = "tables"
"""Of a report: that of the deposits, chapter by chapter."""
FOREIGN = (".gitignore", "README.md")
"""Files of `reports/` that are not ours and outlive a publication."""


def ledgers(root: Path, names: Sequence[str]) -> str:
    """The ends of the ledgers of these claims, as `reports/ledgers.json` has them."""
    return atomic.json_text({name: _end(root, name) for name in names})


def ledgers_with(root: Path, reports: Path, name: str) -> str:
    """What a report says of the ends of ledgers, with that of `name` as it is now."""
    file = reports / LEDGERS
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return atomic.json_text(dict(sorted({**known, name: _end(root, name)}.items())))


def _end(root: Path, name: str) -> dict[str, int | str]:
    read = ledger.read(root, name)
    return {"lines": len(read.events), "head": read.head}


def sums(reports: Path) -> str:
    """The hash of every file of a report, a line each, sorted by path."""
    lines = (f"{_sha256(reports / path)}  {path}\n" for path in sorted(_paths(reports)))
    return "".join(lines)


def broken_sums(reports: Path, under: Collection[str] = ()) -> Iterator[str]:
    """The files that are not what was published, each with what is wrong.

    Args:
        reports: the report.
        under: beginnings of the paths to look at; all if empty.

    Raises:
        StageError: when the report has no sums.
        StorageError: when their file is damaged.
    """
    file = reports / SUMS
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise StageError(f"there is no {file}: {PUBLISH}") from None
    known = {path: told for told, _, path in (line.partition("  ") for line in lines)}
    if not all(known):
        raise StorageError(f"{file} is damaged: {RESTORE}")
    there = _paths(reports)
    for path in sorted(known.keys() | there):
        if under and not path.startswith(tuple(under)):
            continue
        if path not in there:
            yield f"{path} is missing"
        elif path not in known:
            yield f"{path} was not published"
        elif _sha256(reports / path) != known[path]:
            yield f"{path} was changed after it was published"


def broken_ledgers(root: Path, reports: Path, names: Sequence[str]) -> Iterator[str]:
    """The ledgers that do not go on from where they were when the report was published.

    Raises:
        StageError: when the report does not say where they were.
        StorageError: when it says it in a damaged file.
    """
    file = reports / LEDGERS
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        ends = {name: (int(each["lines"]), str(each["head"])) for name, each in known.items()}
    except FileNotFoundError:
        raise StageError(f"there is no {file}: {PUBLISH}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StorageError(f"{file} is damaged: {RESTORE}") from None
    for name in names:
        path = ledger.path(root, name)
        where = path.relative_to(root).as_posix()
        if name not in ends:
            yield f"{where}: the report does not say how long it was"
            continue
        count, head = ends[name]
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        try:
            then, _ = ledger.parse(name, lines[:count], where), ledger.parse(name, lines, where)
        except StorageError as error:
            yield str(error)
            continue
        if (len(then.events), then.head) != (count, head):
            yield (
                f"{where}: the report was published with {count} lines, and these are not its "
                f"first {count}: {RESTORE}"
            )


def _paths(reports: Path) -> set[str]:
    found = {file.relative_to(reports).as_posix() for file in reports.rglob("*") if file.is_file()}
    return found - {SUMS, *FOREIGN}


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


PUBLISH = "run `deepclaims judge` and `deepclaims publish`, or take a commit whose report has it"
RESTORE = "restore it from Git (`git checkout -- reports ledger`)"
