"""What this machine and this project have and lack, and what to do about what is lacking."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deepclaims.arguments import Arguments
from deepclaims.environment import cores, device
from deepclaims.errors import DeepclaimsError
from deepclaims.project import Project

LIBRARIES = ("torch", "pytorch-lightning", "hydra-core", "dvc", "mlflow", "wfdb", "ray", "submitit")
OPTIONAL = {"ray": "pip install 'deepclaims[ray]'", "submitit": "pip install 'deepclaims[slurm]'"}
ROOM = 2 * 2**30

ARGUMENTS = Arguments("doctor")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims doctor`.

    Raises:
        ConfigError: it takes no words.
    """
    ARGUMENTS.read(words)
    project = Project.here()
    for good, subject, finding in [*_machine(project), *_libraries(), *_data(project)]:
        print(f"  {'ok ' if good else ' - '} {subject:<20} {finding}")


def _machine(project: Project) -> Iterator[tuple[bool, str, str]]:
    import torch

    yield True, "python", platform.python_version()
    yield True, "processor", f"{device()}, {cores()} cores"
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            yield True, f"gpu {index}", torch.cuda.get_device_name(index)
    else:
        yield True, "gpu", "none: everything runs on the processor (trainer=cpu)"
    free = shutil.disk_usage(project.root).free
    yield free > ROOM, "disk", f"{free / 2**30:.0f} GiB free below {project.root}"
    why = _unwritable(project.root)
    yield not why, "rights", f"{project.root} {why or 'can be written'}"


def _unwritable(folder: Path) -> str:
    """Why nothing can be written to a folder; "" if something can."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return f"cannot be written ({error.strerror}): copy the project to a folder that can"
    return ""


def _libraries() -> Iterator[tuple[bool, str, str]]:
    for name in LIBRARIES:
        try:
            yield True, name, version(name)
        except PackageNotFoundError:
            yield False, name, OPTIONAL.get(name, "missing: run `make setup`")


def _data(project: Project) -> Iterator[tuple[bool, str, str]]:
    from deepclaims.data.prepared import read_meta

    mirror = os.environ.get("DEEPCLAIMS_MIRROR")
    yield bool(mirror), "DEEPCLAIMS_MIRROR", mirror or "not set: official hosts, else stand-ins"
    for name in ("mnist", "ecg", "fashion_mnist"):
        try:
            source = str(read_meta(project.prepared(name), name)["source"])
            yield source != "embedded", name, f"prepared, {source}"
        except DeepclaimsError as error:
            yield False, name, str(error)
    yield project.mlflow.is_dir(), "runs", str(project.mlflow)
