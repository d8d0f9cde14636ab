"""Whose evidence a verb is asked for: one claim's or all, the published one or a rehearsal's.

It needs nothing of Hydra, which takes a third of a second to import, so `judge` and `publish` start
at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from deepclaims.arguments import Arguments, Given, Key
from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.project import Project

REHEARSAL = "rehearsal"
"""The folder of what was measured otherwise than the pipeline does."""
REHEARSED = "--rehearsal"
SPACE = "space"


@dataclass(frozen=True)
class Place:
    """The project, or that of its rehearsals; the claim, or "" for all; and what else was given."""

    project: Project
    claim: str
    given: Given


def space_key() -> Key:
    """`space=`: a folder of a rehearsal's own; with nothing behind it, what is published."""
    return Key(
        f"{REHEARSAL}/NAME",
        default="",
        read=_space,
        empty=True,
        says="a folder of its own for results, evidence and reports; the published ones without",
    )


def _space(text: str) -> str:
    """A folder below the one of rehearsals.

    Raises:
        ValueError: for any other.
    """
    if not text:
        return ""
    path = PurePosixPath(text)
    if path.parts[:1] != (REHEARSAL,) or len(path.parts) < 2 or ".." in path.parts:
        raise ValueError(text)
    return path.as_posix()


def rehearsed(space: str) -> bool:
    """Whether a space is that of a rehearsal."""
    return space == REHEARSAL or space.startswith(f"{REHEARSAL}/")


def of_a_place(verb: str, **more: Key) -> Arguments:
    """What the verbs take that judge and publish."""
    claim = Key("CHAPTER/ID", says="one claim alone; all of the catalogue without")
    return Arguments(verb, {"claim": claim, SPACE: space_key(), **more}, flags=(REHEARSED,))


def read_place(arguments: Arguments, words: Sequence[str]) -> Place:
    """Read `claim=NAME`, `--rehearsal`, `space=` and what else a verb takes.

    Raises:
        ConfigError: for any other word, or a rehearsal of no claim.
        ClaimError: for an unknown claim.
    """
    given = arguments.read(words)
    project = Project.here()
    name = claims.find(project.conf, given["claim"]) if given["claim"] else ""
    if REHEARSED in given.flags:
        if not name:
            raise ConfigError(f"{REHEARSED} is of one claim: name it with claim=chapter/id")
        project = project.aside(REHEARSAL)
    elif given[SPACE]:
        project = project.aside(given[SPACE])
    return Place(project, name, given)
