"""The plan of the house: imports run downwards from floor to floor, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "deepclaims"
FLOORS = (
    ("cli",),
    ("pipeline",),
    ("ecg",),
    ("sweep",),
    ("claims", "training"),
    ("tracking", "evidence", "data", "nn", "optim", "report", "lectures"),
    ("arguments", "atomic", "environment", "errors", "groups", "languages", "project"),
)
"""From top to bottom, as docs/architecture.md draws them."""


def modules(source: Path) -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for file in sorted((source / PACKAGE).rglob("*.py")):
        parts = file.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports(file: Path, known: dict[str, Path]) -> set[str]:
    """The package's modules that a file imports anywhere but for its types alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in inner if name in known} or {node.module}
    return found & set(known)


def floor(module: str) -> int:
    room = module.split(".")[1] if "." in module else "errors"
    return next(height for height, rooms in enumerate(FLOORS) if room in rooms)


@pytest.fixture(scope="module")
def arrows(checkout):
    known = modules(checkout / "src")
    return {name: imports(file, known) - {PACKAGE} for name, file in known.items()}


def test_no_module_stands_in_a_circle(arrows):
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_arrows_run_downwards(arrows):
    wrong = [f"{a} -> {b}" for a, found in arrows.items() for b in found if floor(b) < floor(a)]
    assert not wrong


def test_no_claim_looks_into_another(arrows):
    def own(module):
        parts = module.split(".")
        is_folder = f"{'.'.join(parts[:4])}.judge" in arrows
        return ".".join(parts[:4]) if parts[1:2] == ["claims"] and is_folder else ""

    wrong = [
        f"{a} -> {b}" for a, found in arrows.items() for b in found if own(b) and own(a) != own(b)
    ]
    assert not wrong


def test_a_circle_and_an_arrow_upwards_are_found(tmp_path):
    room = tmp_path / PACKAGE / "data"
    room.mkdir(parents=True)
    (room / "a.py").write_text("def f():\n    from deepclaims.data import b\n")
    (room / "b.py").write_text("import deepclaims.data.a\nfrom deepclaims.cli import main\n")
    (tmp_path / PACKAGE / "cli.py").write_text("main = None\n")
    known = modules(tmp_path)
    found = {name: imports(file, known) for name, file in known.items()}
    with pytest.raises(CycleError):
        list(TopologicalSorter(found).static_order())
    assert floor("deepclaims.cli") < floor("deepclaims.data.b")
    assert "deepclaims.cli" in found["deepclaims.data.b"]
