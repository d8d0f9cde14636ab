"""The catalogue on the terminal: every claim, its question, and its verdict if there is one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError, StorageError
from deepclaims.project import Project


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims list`.

    Raises:
        ConfigError: it takes no words.
        StorageError: for evidence that is damaged.
    """
    if words:
        raise ConfigError(f"list takes no '{words[0]}'")
    project = Project.here()
    for chapter, names in groupby(claims.catalogue(project.conf), lambda name: name.split("/")[0]):
        print(f"\n{chapter}")
        for name in names:
            title = claims.read(project.conf, name)["title"]["en"]
            print(f"  {_verdict(project, name):<14}{name.split('/')[1]:<32}{title}")


def _verdict(project: Project, name: str) -> str:
    file = project.record(name)
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["verdict"])
    except FileNotFoundError:
        return "not judged"
    except (ValueError, KeyError, TypeError):
        raise StorageError(f"{file} is damaged: run `deepclaims judge` again") from None
