"""What decides the results of code that is not the package's: modules of one's own, by content.

A `_target_` leads to a module; that module is read, and every module of one's own that it imports,
from file to file, without being run. What of the package it imports is part of the fingerprint as
everything of the package is (`fingerprint.py`), symbol by symbol; other packages enter by their
versions. An import under a name that is put together while it runs would escape this.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.sweep.source import PACKAGE, code_of
from deepclaims.training.targets import make_importable, targets


@dataclass
class OwnCode:
    """What a config reaches by its targets.

    Args:
        modules: of one's own, each with the hash of its code.
        libraries: other packages, each with its version.
        entries: of this package, each as `module:name`.
    """

    modules: dict[str, str] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)


def own_code(config: Mapping[str, Any]) -> OwnCode:
    """What the targets in a config reach; nothing where it has none.

    Raises:
        ConfigError: a module of one's own cannot be read.
    """
    found = OwnCode()
    named = sorted(set(targets(config)))
    if not named:
        return found
    make_importable()
    importlib.invalidate_caches()
    pending = [(target.rpartition(".")[0], target.rpartition(".")[2]) for target in named]
    while pending:
        module, name = pending.pop()
        pending += _follow(module, name, found)
    return found


def own_files(config: Mapping[str, Any]) -> list[Path]:
    """The files, or package folders, of the modules of one's own that a config reaches, sorted."""
    tops = {module.partition(".")[0] for module in own_code(config).modules}
    files = [file for top in tops if (file := _spot(top)) is not None]
    return sorted(file.parent if file.name == "__init__.py" else file for file in files)


def _follow(module: str, name: str, found: OwnCode) -> Iterator[tuple[str, str]]:
    """Take note of a module, and say which ones it leads to, each with a name in it or ""."""
    top = module.partition(".")[0]
    if not top or top in sys.stdlib_module_names:
        return
    if top == PACKAGE:
        found.entries.add(f"{module}:{name}" if name else module)
        return
    inner = f"{module}.{name}" if name else module
    if inner not in found.modules and _spot(inner) is not None:
        module = inner
    for place in _with_parents(module):
        file = _spot(place)
        if file is None:
            continue
        if _is_installed(file):
            found.libraries[top] = _version(top)
            return
        if place not in found.modules:
            tree = _read(file)
            found.modules[place] = hashlib.sha256(code_of(tree.body).encode()).hexdigest()[:20]
            yield from _imports(tree, place, is_package=file.name == "__init__.py")


def _with_parents(module: str) -> list[str]:
    """A module after the packages around it, whose `__init__` runs first."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _spot(module: str) -> Path | None:
    """The file of a module, found without importing anything; None if it has none."""
    paths: list[str] | None = None
    spec = None
    for part in _with_parents(module):
        spec = PathFinder.find_spec(part, paths)
        if spec is None:
            return None
        paths = list(spec.submodule_search_locations or [])
    if spec is None or spec.origin is None or not spec.has_location:
        return None
    return Path(spec.origin)


def _is_installed(file: Path) -> bool:
    """Whether a file belongs to an installed package, and not to somebody's folder."""
    folders = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    inside = any(file.resolve().is_relative_to(folder) for folder in folders)
    return inside or "site-packages" in file.parts or "dist-packages" in file.parts


def _version(top: str) -> str:
    names = _distributions().get(top, [top])
    try:
        return version(names[0])
    except PackageNotFoundError:
        return "unknown"


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _read(file: Path) -> ast.Module:
    if file.suffix != ".py":
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return ast.parse(f"COMPILED = {digest!r}")
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None


def _imports(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                up = parts[: len(parts) - node.level + is_package]
                base = ".".join([*up, base] if base else up)
            for alias in node.names:
                yield base, "" if alias.name == "*" else alias.name
