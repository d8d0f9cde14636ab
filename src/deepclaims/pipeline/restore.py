"""Restore: the tables and drawings of the report back to where `judge` and `publish` look for them.

A clone has the report and nothing it was made of. With this a changed text, criterion or figure is
judged, drawn and published without a training, in a clone that never had one. What was measured
here is left alone; what was restored is restored again where drawings of it are gone.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from deepclaims import atomic
from deepclaims.arguments import Arguments, Key
from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.errors import StageError, StorageError
from deepclaims.pipeline import deposit, seal
from deepclaims.pipeline.judging import read_about
from deepclaims.pipeline.kept import DRAWN, Kept, figures_of
from deepclaims.project import Project
from deepclaims.report.figures import FOLDER, files_of

ARGUMENTS = Arguments("restore", {"claim": Key("CHAPTER/ID", says="one claim alone")})
PROVENANCE = "provenance.json"


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims restore [claim=NAME]`.

    Raises:
        ConfigError: for any other word.
        ClaimError: for an unknown claim.
        StageError: when there is no report, or it lacks a claim.
        StorageError: when a file of it is not what was published.
    """
    given = ARGUMENTS.read(words)
    project = Project.here()
    known = claims.catalogue(project.conf)
    names = [claims.find(project.conf, given["claim"])] if given["claim"] else known
    made = restore(project, names)
    for name in made:
        print(f"restored  {name}", file=sys.stderr)
    left = len(names) - len(made)
    there = f"; what was measured or restored here stays as it is ({left})" if left else ""
    print(f"{len(made)} of {len(names)} claims restored from {project.reports}{there}")
    verbs = ("judge", "publish")
    one = (f"deepclaims {verb} claim={names[0]}" for verb in verbs)
    both = one if given["claim"] else (f"dvc repro --single-item {verb}" for verb in verbs)
    print(f"go on with: {' && '.join(both)}")


def restore(project: Project, names: Sequence[str]) -> list[str]:
    """Restore claims that lack tables or drawings here, each whole or not at all; their names.

    Args:
        project: whose report.
        names: of the claims.

    Raises:
        StageError: when there is no report, or it lacks one of them.
        StorageError: when a file of it is not what was published.
    """
    wanted = [name for name in names if _lacks(project, name)]
    folders = [folder for name in wanted for folder in (_deposited(name), _drawings(name))]
    if wanted and (broken := list(seal.broken_sums(project.reports, (*folders, PROVENANCE)))):
        raise StorageError(f"{'; '.join(broken)} ({project.reports}): {seal.RESTORE}")
    where = _provenance(project) if wanted else {}
    for name in wanted:
        claim = claims.load(project.conf, name)
        about = read_about(project.published_tables(name), name)
        _draw(project, claim)
        told = {**about, **_computed(where.get(claim.id, {})), deposit.RESTORED: True}
        _lay(project, claim, told)
    return wanted


def _lacks(project: Project, name: str) -> bool:
    """Whether a claim has no tables here, or has lost drawings that came with restored ones."""
    if not (project.tables(name) / deposit.ABOUT).is_file():
        return True
    if not read_about(project.tables(name), name).get(deposit.RESTORED):
        return False
    published, here = project.reports / _drawings(name), project.drawn(name)
    return not set(figures_of(published)) <= set(figures_of(here))


def _lay(project: Project, claim: Claim, about: Mapping[str, Any]) -> None:
    """The tables, last: with them the claim counts as restored."""
    with atomic.folder(project.tables(claim.name)) as draft:
        for file in project.published_tables(claim.name).glob("*.parquet"):
            shutil.copyfile(file, draft / file.name)
        atomic.write(draft / deposit.ABOUT, atomic.json_text(about))


def _draw(project: Project, claim: Claim) -> None:
    """The drawings with what decided them, so that `judge` draws none that is as it would be."""
    source = project.reports / _drawings(claim.name)
    try:
        keys = json.loads((source / DRAWN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except ValueError:
        raise StorageError(f"{source / DRAWN} is damaged: {seal.RESTORE}") from None
    with atomic.folder(project.drawn(claim.name)) as draft:
        for name in itertools.chain.from_iterable(map(files_of, keys)):
            if (file := source / name).is_file():
                shutil.copyfile(file, draft / file.name)
        Kept(figures=keys).write(draft)


def _computed(told: Mapping[str, Any]) -> dict[str, Any]:
    """What `measure` would have left in `about.json` of where a claim was computed."""
    if not told:
        return {}
    return {
        deposit.COMPUTED: {key: told[key] for key in ("device", "seconds", "commit", "versions")},
        "mlflow_parent": told["mlflow"]["parent"],
        "mlflow_runs": told["mlflow"]["cells"],
    }


def _provenance(project: Project) -> dict[str, Any]:
    file = project.reports / PROVENANCE
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError(f"there is no {file}: {seal.PUBLISH}") from None
    except ValueError:
        raise StorageError(f"{file} is damaged: {seal.RESTORE}") from None
    return content


def _deposited(name: str) -> str:
    return f"{seal.FOLDER}/{name}/"


def _drawings(name: str) -> str:
    return f"{FOLDER}/{name}/"
