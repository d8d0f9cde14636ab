"""Whose evidence a verb is asked for: one claim's or all, the published one or a rehearsal's.

It needs nothing of Hydra, which takes a third of a second to import, so `judge` and `publish` start
at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepclaims.arguments import Arguments, Given, Key
from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.project import Project

REHEARSAL = "rehearsal"
"""The folder of what was measured otherwise than the pipeline does."""
REHEARSED = "--rehearsal"


@dataclass(frozen=True)
class Place:
    """The project, or that of its rehearsals; the claim, or "" for all; and what else was given."""

    project: Project
    claim: str
    given: Given


def of_a_place(verb: str, **more: Key) -> Arguments:
    """What the verbs take that judge and publish."""
    claim = Key("CHAPTER/ID", says="one claim alone; all of the catalogue without")
    return Arguments(verb, {"claim": claim, **more}, flags=(REHEARSED,))


def read_place(arguments: Arguments, words: Sequence[str]) -> Place:
    """Read `claim=NAME`, `--rehearsal` and what else a verb takes.

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
    return Place(project, name, given)
