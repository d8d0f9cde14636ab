"""The catalogue on the terminal: every claim, its question, and its verdict if there is one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from deepclaims.arguments import Arguments
from deepclaims.claims import claim as claims
from deepclaims.errors import StorageError
from deepclaims.project import Project

ARGUMENTS = Arguments("list")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims list`.

    Raises:
        ConfigError: it takes no words.
        StorageError: for a report that is damaged.
    """
    ARGUMENTS.read(words)
    project = Project.here()
    verdicts = published(project)
    for chapter, names in groupby(claims.catalogue(project.conf), lambda name: name.split("/")[0]):
        print(f"\n{chapter}")
        for name in names:
            claim, title = name.split("/")[1], claims.read(project.conf, name)["title"]["en"]
            print(f"  {verdicts.get(claim, 'not judged'):<14}{claim:<32}{title}")


def published(project: Project) -> dict[str, str]:
    """The verdict of each published claim by its id; empty before the first publication."""
    try:
        claims = json.loads((project.reports / "claims.json").read_text(encoding="utf-8"))
        return {name: str(claim["verdict"]) for name, claim in claims.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        raise StorageError(
            f"{project.reports / 'claims.json'} is damaged: run `deepclaims publish` again"
        ) from None
