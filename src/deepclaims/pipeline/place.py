"""Whose evidence `judge` and `publish` are asked for on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.project import Project

REHEARSAL = "rehearsal"
"""The folder of what was measured otherwise than the pipeline does."""
REHEARSED = "--rehearsal"


@dataclass(frozen=True)
class Place:
    """Whose evidence is asked for: one claim's or all, the published one or a rehearsal's."""

    project: Project
    claim: str = ""


def read_place(verb: str, words: Sequence[str]) -> Place:
    """Read `claim=NAME` and `--rehearsal`.

    Raises:
        ConfigError: for any other word, or a rehearsal of no claim.
        ClaimError: for an unknown claim.
    """
    project, name = Project.here(), ""
    for word in words:
        key, _, value = word.partition("=")
        if key == "claim" and value:
            name = claims.find(project.conf, value)
        elif word != REHEARSED:
            raise ConfigError(f"{verb} does not know '{word}'; known: claim=, {REHEARSED}")
    if REHEARSED in words:
        if not name:
            raise ConfigError(f"{REHEARSED} is of one claim: name it with claim=chapter/id")
        project = project.aside(REHEARSAL)
    return Place(project, name)
