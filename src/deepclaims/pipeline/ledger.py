"""The ledgers on the terminal, and whether they are whole."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from deepclaims.arguments import Arguments, Key
from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError, StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import SEEN, Event, Kind, Ledger
from deepclaims.project import Project

VERIFY = "--verify"
ARGUMENTS = Arguments(
    "ledger",
    {"claim": Key("CHAPTER/ID", says="its history; a line for each claim without")},
    flags=(VERIFY,),
)


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims ledger [claim=NAME] [--verify]`.

    Raises:
        ConfigError: for any other word.
        ClaimError: for an unknown claim.
        StorageError: for a ledger that was tampered with.
    """
    given = ARGUMENTS.read(words)
    project = Project.here()
    if VERIFY in given.flags:
        if given["claim"]:
            raise ConfigError(f"{VERIFY} is of all ledgers: leave claim= out")
        print(verify(project))
    elif given["claim"]:
        _tell(ledger.read(project.root, claims.find(project.conf, given["claim"])))
    else:
        for name in claims.catalogue(project.conf):
            print(_line(ledger.read(project.root, name)))


def verify(project: Project) -> str:
    """Check each chain, and against Git's history that no ledger ever lost a line.

    Returns:
        What was checked, in a line.

    Raises:
        StorageError: names the first line that does not fit.
    """
    folder = project.root / ledger.FOLDER
    files = sorted(folder.glob("*/*.jsonl"))
    for file in files:
        ledger.read(project.root, file.relative_to(folder).with_suffix("").as_posix())
    versions = 0
    for file, commit, text in _history(project):
        versions += 1
        now = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not ledger.extends(text, now):
            raise StorageError(
                f"{file} lacks lines that it had at commit {commit}: a ledger only grows; "
                f"`git diff {commit} -- {file.relative_to(project.root)}` shows them"
            )
    lines = sum(file.read_text(encoding="utf-8").count("\n") for file in files)
    return (
        f"{len(files)} ledgers, {lines} lines: every chain holds, and no line of {versions} "
        "committed versions is missing"
    )


def _history(project: Project) -> Iterator[tuple[Path, str, str]]:
    """Every committed version of every ledger, of branches too that a merge kept nothing of.

    Nothing outside of Git.
    """
    shown = ("--full-history", "--format=%h", "--name-only")
    log = _git(project.root, "log", *shown, "--", ledger.FOLDER)
    commit = ""
    for line in filter(None, log.splitlines()):
        if not line.startswith(f"{ledger.FOLDER}/"):
            commit = line
        elif (text := _git(project.root, "show", f"{commit}:./{line}")) or commit:
            yield project.root / line, commit, text


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def _line(found: Ledger) -> str:
    second = len(found.of(Kind.SECOND_LOOK))
    looks = len(found.of(Kind.LOOK))
    return (
        f"  {found.claim:<48}{len(found.attempts):>2} attempts {looks:>3} looks "
        f"{second:>3} second looks {len(found.of(Kind.TRANSFER)):>3} transfers "
        f"{len(found.of(Kind.PILOT)):>3} pilots"
    )


def _tell(found: Ledger) -> None:
    print(f"{found.claim}: {len(found.events)} events, {len(found.attempts)} attempts")
    for event in found.events:
        mark = " (from Git's history)" if event.reconstructed else ""
        print(f"  {event.when}  {event.commit:<13} {event.kind:<13}{_content(event, found)}{mark}")


def _content(event: Event, found: Ledger) -> str:
    told = event.content
    if event.kind is Kind.REGISTRATION:
        return " ".join(f"{key} {value}" for key, value in told.items())
    if "found" in told:  # tried outside the commands, and put in by hand
        tried = f"recipe {told['recipe']}" if "recipe" in told else told["tried"]
        return f"{tried}: {told['found']} ({told['seeds_told']})"
    seeds = "{} seeds {} to {}".format(*told["seeds"]) if "seeds" in told else ""
    number = f"attempt {found.attempt(told['attempt'])}: " if event.kind in SEEN else ""
    where = f"on {told['dataset']} " if event.kind is Kind.TRANSFER else ""
    under = f"{seeds}, {told.get('profile', '')}"
    return f"{number}{where}" + (f"{told['ruling']} ({under})" if "ruling" in told else under)
