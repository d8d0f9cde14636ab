"""Which source files stand behind a module: what it imports of the package, and so on.

Coarser than a fingerprint (a comment counts) and far quicker; it decides what is judged and drawn
again, which costs seconds, where a fingerprint decides what is trained again.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "deepclaims"


def behind(modules: Iterable[str]) -> list[str]:
    """The modules themselves and all of the package that they import, inside functions too."""
    pending, found = list(modules), set[str]()
    while pending:
        module = pending.pop()
        if module not in found and file_of(module) is not None:
            found.add(module)
            pending += imports(module)
    return sorted(found)


def digest(modules: Iterable[str]) -> str:
    """A hash of the source files behind some modules."""
    total = hashlib.sha256()
    for module in behind(modules):
        total.update(f"{module} {_sha256(module)}\n".encode())
    return total.hexdigest()


@cache
def imports(module: str) -> tuple[str, ...]:
    """The package's modules that a module imports, but for types alone."""
    file = file_of(module)
    assert file is not None
    return tuple(sorted(_imported(ast.parse(file.read_text(encoding="utf-8")))))


@cache
def file_of(module: str) -> Path | None:
    """The file of a module of the package, found without importing it; None if there is none."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None or module.split(".")[0] != PACKAGE:
        return None
    inner = Path(spec.origin).parent.joinpath(*module.split(".")[1:])
    return next((f for f in (inner.with_suffix(".py"), inner / "__init__.py") if f.is_file()), None)


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {each for each in inner if file_of(each)} | {node.module}
        pending += ast.iter_child_nodes(node)
    return {name for name in found if name.split(".")[0] == PACKAGE and file_of(name)}


@cache
def _sha256(module: str) -> str:
    file = file_of(module)
    assert file is not None
    return hashlib.sha256(file.read_bytes()).hexdigest()
