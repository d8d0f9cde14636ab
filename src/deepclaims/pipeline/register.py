"""Register: one file of everything that decides what is measured, and nothing that does not.

`measure` depends on it in the pipeline, not on the claims' files: a changed text, criterion or
figure leaves it as it was, and nothing is measured. It also says, before anything is trained, what
the author of a claim forgot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deepclaims.arguments import Arguments
from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import MEASURED
from deepclaims.errors import ClaimError
from deepclaims.project import Project
from deepclaims.report.files import json_text, write
from deepclaims.sweep.fingerprint import code_fingerprint

ARGUMENTS = Arguments("register")
MEASURING = (
    "deepclaims.pipeline.measure:run",
    "deepclaims.training.task:train",
    "deepclaims.training.replicas:train_in_stack",
)
"""The code that measures every claim; its own tasks are each claim's."""
TEXTS = ("claim", "recheck.json", "annotate.yaml", "reproduce.yaml")
"""What of `conf/` is no part of a training's config."""


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims register`.

    Raises:
        ClaimError: for claims that lack something; names all of it.
    """
    ARGUMENTS.read(words)
    project = Project.here()
    count = register(project)
    print(f"{count} claims: {project.registered.relative_to(project.root)}")


def register(project: Project) -> int:
    """Check every claim and write what decides what is measured; returns how many there are.

    Raises:
        ClaimError: for claims that lack something; names all of it.
        StorageError: when the file cannot be written.
    """
    names = claims.catalogue(project.conf)
    loaded = [claims.load(project.conf, name) for name in names]
    if found := [f"{each.name}: {line}" for each in loaded for line in pattern.problems(each)]:
        raise ClaimError("; ".join(found))
    content = {
        "claims": {claim.name: _measured(claim) for claim in loaded},
        "code": code_fingerprint(MEASURING),
        "configs": _configs(project.conf),
    }
    write(project.registered, json_text(content))
    return len(names)


def _measured(claim: claims.Claim) -> dict[str, Any]:
    kept = {key: claim.written[key] for key in (*MEASURED, "profiles") if key in claim.written}
    tasks = sorted({part.task for part in claim.parts} - {pattern.TRAIN})
    return {
        **kept,
        "code": code_fingerprint(pattern.task(claim, task) for task in tasks),
    }


def _configs(conf: Path) -> dict[str, str]:
    files = (file for file in sorted(conf.rglob("*.yaml"))
             if file.relative_to(conf).parts[0] not in TEXTS)  # fmt: skip
    return {
        str(file.relative_to(conf)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }
