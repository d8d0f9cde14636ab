"""What decides the pages of the claims, as hashes of all the files that they are made from."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import deepclaims
from deepclaims.claims.claim import package
from deepclaims.evidence import ledger
from deepclaims.project import Project
from deepclaims.report import citing
from deepclaims.report.kept import Pages

PACKAGE = Path(str(deepclaims.__file__)).parent
LIBRARIES = ("jinja2", "markupsafe", "numpy", "scipy")
"""What fills the templates, besides this package; what pandoc makes of formulas is looked at."""
TOLD = ".published.json"
"""The file beside a report that tells what decided its pages."""


def pages_of(project: Project, names: Sequence[str]) -> Pages:
    """The published pages of claims, with what decides them now.

    To be asked before anything of it is read: what changes in between then decides the next time.
    """
    stamps = {name: _stamp(project, name) for name in names}
    told = project.root / project.space / TOLD
    return Pages(project.reports, told, stamps, code_of(PACKAGE))


def sources_of(project: Project, name: str) -> Iterator[tuple[str, str]]:
    """What defines and judges a claim, by path in the report; code as plain text."""
    written = project.conf / "claim" / f"{name}.yaml"
    if written.is_file():
        yield citing.source_path(name, "claim.yaml"), written.read_text(encoding="utf-8")
    folder = project.root.joinpath("src", *package(name).split("."))
    for file in sorted(folder.glob("*.py")):
        if file.stem in citing.KINDS:
            text = file.read_text(encoding="utf-8")
            yield citing.source_path(name, f"{file.name}.txt"), text


def _stamp(project: Project, name: str) -> str:
    """Its evidence, all that lies beside its figures, its ledger, and the files that define it."""
    files = [project.record(name), ledger.path(project.root, name)]
    files += sorted(file for file in project.drawn(name).glob("*") if file.is_file())
    digest = _digest(project.root, (file for file in files if file.is_file()))
    digest.update(repr(sorted(sources_of(project, name))).encode())
    return digest.hexdigest()


def code_of(root: Path) -> str:
    """A hash of all files of a package, and of the versions of what fills its templates."""
    files = (file for file in sorted(root.rglob("*")) if file.is_file())
    digest = _digest(root, (file for file in files if "__pycache__" not in file.parts))
    digest.update(repr([sys.version, *map(version, LIBRARIES)]).encode())
    return digest.hexdigest()


def _digest(root: Path, files: Iterator[Path]) -> hashlib._Hash:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest
