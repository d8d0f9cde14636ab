"""The ledgers of claims that were there before ledgers: read out of Git's history, marked as such.

    python benchmarks/ledger_from_git.py

Every committed version of a claim's file that promised something else is a registration, every
committed `reports/claims.json` with other numbers a look, every entry of `conf/recheck.json` a
second look. What was never committed cannot be seen: runs thrown away, pilots, looks between two
commits. It writes only ledgers that do not exist yet.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from deepclaims.claims.claim import catalogue
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.looks import Look, attempt_of, looks
from deepclaims.evidence.registration import Registration
from deepclaims.pipeline.entries import content_hash
from deepclaims.project import Project

CLAIMS, RECHECK = "reports/claims.json", "conf/recheck.json"


def main() -> None:
    """Write the ledger of each claim that has none."""
    project = Project.here()
    history = list(commits(project.root))
    for name in catalogue(project.conf):
        if ledger.path(project.root, name).exists():
            continue
        found = ledger.append(project.root, name, events(project.root, name, history))
        print(f"{name}: {len(found.events)} events, {len(found.attempts)} attempts")


def commits(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Every commit that touched a claim, the report or a second look: hash, day, files."""
    log = git(root, "log", "--reverse", "--date=short", "--format=@%h %ad", "--name-only", "--",
              "conf/claim", CLAIMS, RECHECK)  # fmt: skip
    for block in log.split("@")[1:]:
        head, *files = [line for line in block.splitlines() if line]
        commit, day = head.split()
        yield commit, day, files


def events(root: Path, name: str, history: list[tuple[str, str, list[str]]]) -> list[Event]:
    """What Git knows of a claim, oldest first."""
    id_ = name.split("/")[1]
    found = Ledger(name, (), "")
    told: dict[str, str] = {}
    seen: list[dict[str, Any]] = []
    for commit, day, files in history:
        for file in files:
            if file.startswith("conf/claim/") and Path(file).stem == id_:
                content = yaml_at(root, commit, file)
                if content is not None and promised(content) != told:
                    told = promised(content)
                    found = grown(found, Event(Kind.REGISTRATION, day, commit, told, True))
            elif file == CLAIMS:
                entry = json_at(root, commit, file).get(id_)
                if entry and told:
                    found = with_look(found, entry, told, day, commit)
            elif file == RECHECK:
                entry = json_at(root, commit, file).get(name)
                if entry and entry not in seen:
                    seen.append(entry)
                    content = {**entry, "series": 1}
                    found = grown(found, Event(Kind.SECOND_LOOK, day, commit, content, True))
    return list(found.events)


def with_look(
    found: Ledger, entry: dict[str, Any], told: dict[str, str], day: str, commit: str
) -> Ledger:
    """The ledger with a committed report's look, unless it saw the same before."""
    look = Look(
        attempt=ledger.word_of(told),
        seeds=(len(entry["seeds"]), min(entry["seeds"]), max(entry["seeds"])),
        profile=entry["profile"],
        sources=entry["data_sources"],
        ruling=entry["verdict"],
        checks={
            name: {key: check[key]
                   for key in ("relation", "bound", "value", "low", "high", "n", "outcome")}
            for name, check in entry["checks"].items()
        },
    )  # fmt: skip
    look = replace(look, attempt=attempt_of(found, look))
    if any(look.repeats(each) for each in looks(found)):
        return found
    return grown(found, Event(Kind.LOOK, day, commit, look.to_dict(), True))


def grown(found: Ledger, event: Event) -> Ledger:
    """The ledger with one more event."""
    return replace(found, events=(*found.events, event))


def promised(content: dict[str, Any]) -> dict[str, str]:
    """What a version of a claim's file promised; the code that judged then is not told."""
    told = Registration.of(content)
    return {
        "question": told.question,
        "criterion": told.criterion,
        "grid": told.grid,
        "seeds": content_hash({key: content.get(key) for key in ("seeds", "parts", "tune")}),
    }


def yaml_at(root: Path, commit: str, file: str) -> dict[str, Any] | None:
    """A YAML file as it was at a commit; None where it was not, or was no mapping."""
    try:
        content = yaml.safe_load(git(root, "show", f"{commit}:{file}"))
    except yaml.YAMLError:
        return None
    return content if isinstance(content, dict) and "criterion" in content else None


def json_at(root: Path, commit: str, file: str) -> dict[str, Any]:
    """A JSON file as it was at a commit; empty where it was not."""
    text = git(root, "show", f"{commit}:{file}")
    content: dict[str, Any] = json.loads(text) if text else {}
    return content


def git(root: Path, *words: str) -> str:
    """What Git prints; empty where it fails."""
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
