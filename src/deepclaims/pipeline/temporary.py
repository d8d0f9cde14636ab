"""A copy of the project that DVC made for an experiment (`dvc exp run --temp`, `--queue`).

What is finished is not trained again there: the copy gets the run cache of its project.
"""

from __future__ import annotations

from pathlib import Path

from deepclaims.project import Project


def share_runs(project: Project) -> None:
    """Link the run cache of the project that this one is a temporary copy of; else do nothing."""
    origin = origin_of(project.root)
    if origin and not project.runs.exists():
        (origin / project.runs.name).mkdir(exist_ok=True)
        project.runs.symlink_to(origin / project.runs.name, target_is_directory=True)


def origin_of(root: Path) -> Path | None:
    """The project that DVC copied into `<project>/.dvc/tmp/exps/<name>`; None for no such copy."""
    for folder in root.parents:
        if folder.parts[-3:] == (".dvc", "tmp", "exps"):
            origin = folder.parents[2]
            return origin if (origin / "dvc.yaml").is_file() else None
    return None
