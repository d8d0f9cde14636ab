"""Register: check every claim, and write down all that decides what is measured.

`measure` depends on this one file and on the data, so that a changed text, criterion, figure or
judge never makes it run, and what an author forgot is said before anything is trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from deepclaims import atomic
from deepclaims.arguments import Arguments
from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import CHAPTER, Claim
from deepclaims.errors import ClaimError
from deepclaims.lectures.reading import of_checkout as inventory
from deepclaims.pipeline import entries
from deepclaims.pipeline.kept_reading import KeptReading
from deepclaims.pipeline.place import SPACE, space_key
from deepclaims.project import Project
from deepclaims.sweep.cell import STACKED, TRAIN
from deepclaims.sweep.fingerprint import code_fingerprint

ARGUMENTS = Arguments("register", {SPACE: space_key()})
GRID = ("data", "seeds", "grid", "parts", "profiles", "tune")
"""Entries of a claim's file that decide what is measured."""
ENGINE = (
    "deepclaims.pipeline.measure:measure",
    "deepclaims.pipeline.request:read_request",
    "deepclaims.sweep.worker",
    "deepclaims.ecg.trained_labeller",
    TRAIN,
    STACKED,
)
"""Where the code that measures any claim is entered."""


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims register [space=rehearsal/NAME]`.

    Raises:
        ConfigError: for any word but `space=`.
        ClaimError: names all that is missing, of all claims.
    """
    space = ARGUMENTS.read(words)[SPACE]
    project = Project.here()
    kept = KeptReading.of(project.aside(space), "register")
    loaded = _catalogue(project, kept)
    found = registration(project, loaded, kept)
    if not space:  # what is rehearsed promises nothing
        for claim in loaded:
            entries.write_registration(project, claim)
    file = project.root / space / project.registered.relative_to(project.root)
    atomic.update(file, atomic.json_text(found))
    kept.write()
    print(f"{len(found['claims'])} claims registered: {file}")


def registration(
    project: Project, loaded: Sequence[Claim] | None = None, kept: KeptReading | None = None
) -> dict[str, Any]:
    """What decides what is measured: each claim's grid, the configs, the code that runs.

    Args:
        project: whose configs.
        loaded: the claims of its catalogue; read from their files when None.
        kept: what was read of them before.

    Raises:
        ClaimError: names all that is missing, of all claims.
    """
    kept = kept or KeptReading.of(project, "register")
    if loaded is None:
        loaded = _catalogue(project, kept)
    lectures = inventory(project.conf)
    forgotten = [
        f"claim {claim.name}: {problem}"
        for claim in loaded
        for problem in kept.follow(
            f"problems of {claim.name}",
            (claim, lectures),
            partial(pattern.problems, claim, lectures),
        )
    ]
    if forgotten:
        raise ClaimError("\n".join(forgotten))
    return {
        "claims": {
            claim.name: {
                **{key: claim.written[key] for key in GRID if key in claim.written},
                "code": code_fingerprint(tasks_of(claim)),
            }
            for claim in loaded
        },
        "configs": _configs(project.conf),
        "engine": code_fingerprint(ENGINE),
    }


def _catalogue(project: Project, kept: KeptReading) -> list[Claim]:
    return [
        kept.read(name, [_file(project, name)], partial(claims.load, project.conf, name))
        for name in claims.catalogue(project.conf)
    ]


def _file(project: Project, claim: str) -> Path:
    return project.conf / "claim" / f"{claim}.yaml"


def tasks_of(claim: Claim) -> list[str]:
    """The claim's own tasks as `module:function`."""
    own = {part.task for part in claim.parts} - {pattern.TRAIN}
    return [pattern.task(claim, name) for name in sorted(own)]


def _configs(conf: Path) -> dict[str, str]:
    """The Hydra groups a training is composed from, each hashed without comments and layout."""
    files = [conf / "train.yaml", *sorted(conf.glob("*/*.yaml"))]
    outside = ("claim", "executor", "experiment", "lectures", "tracking")
    return {
        file.relative_to(conf).as_posix(): _hash(file)
        for file in files
        if file.parent.name not in outside and file.name != CHAPTER
    }


def _hash(file: Path) -> str:
    # A group's `# @package` line decides and is a comment.
    text = file.read_text(encoding="utf-8")
    package = [line for line in text.splitlines() if line.startswith("# @package")]
    content = json.dumps([package, yaml.safe_load(text)], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
