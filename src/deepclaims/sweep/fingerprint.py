"""The fingerprint of the code a task can reach, symbol by symbol.

A change to a claim's figure or judging, to a comment, a docstring or the layout of a file must not
retrain anything; a change to whatever the task calls must. So the fingerprint follows names: from
the task's function to every top-level definition it mentions, through the imports, and on.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from deepclaims.errors import ConfigError

PACKAGE = "deepclaims"
Symbol = tuple[str, str]
"""A module's dotted name and a top-level name in it; "*" means the whole module."""


@dataclass(frozen=True)
class Module:
    """The top level of a module: what each name is defined by, and where imported ones come from.

    `definitions` maps a name to the statements that bind it; `imports` maps a name to the symbol
    it stands for; `effects` are statements that bind no name (registrations, assertions).
    """

    definitions: dict[str, list[ast.stmt]]
    imports: dict[str, Symbol]
    effects: list[ast.stmt]


def code_fingerprint(entries: Iterable[str]) -> str:
    """Hash of all code reachable from `module:function` entries within the package.

    Raises:
        ConfigError: when an entry's module or function does not exist.
    """
    digest = hashlib.sha256()
    for symbol, source in sorted(_closure(entries).items()):
        digest.update(f"{symbol[0]}:{symbol[1]}\n{source}\n".encode())
    return digest.hexdigest()


def symbol_hashes(entries: Iterable[str]) -> dict[str, str]:
    """Each symbol a fingerprint covers, as `module:name`, with a short hash of its code."""
    return {
        f"{module}:{name}": hashlib.sha256(source.encode()).hexdigest()[:12]
        for (module, name), source in sorted(_closure(entries).items())
    }


def reachable(entries: Iterable[str]) -> list[Symbol]:
    """The symbols a fingerprint covers, sorted."""
    return sorted(_closure(entries))


def _closure(entries: Iterable[str]) -> dict[Symbol, str]:
    pending: list[Symbol] = []
    for entry in entries:
        module, _, name = entry.partition(":")
        if name and name not in parse(module).definitions and name not in parse(module).imports:
            raise ConfigError(f"{module} has no '{name}'")
        pending.append((module, name or "*"))
    found: dict[Symbol, str] = {}
    while pending:
        symbol = pending.pop()
        if symbol in found:
            continue
        found[symbol], mentioned = _resolve(symbol)
        pending.extend(mentioned)
    return found


@cache
def _resolve(symbol: Symbol) -> tuple[str, tuple[Symbol, ...]]:
    """The normalised source of a symbol and the package symbols it mentions."""
    module_name, name = symbol
    module = parse(module_name)
    if name == "*":
        names = (*module.definitions, *module.imports)
        return _source(module.effects), tuple((module_name, each) for each in names)
    if name in module.imports:
        return f"= {module.imports[name]}", (module.imports[name],)
    statements = module.definitions.get(name)
    if statements is None:
        submodule = f"{module_name}.{name}"
        return "", (((submodule, "*"),) if _file(submodule) else ())
    mentioned = {found for each in statements for found in _mentions(each, module_name, module)}
    # What a module does while it is imported counts for every symbol taken from it.
    effects = {found for each in module.effects for found in _mentions(each, module_name, module)}
    return _source([*statements, *module.effects]), tuple(sorted(mentioned | effects))


def _mentions(statement: ast.stmt, module_name: str, module: Module) -> Iterator[Symbol]:
    local: dict[str, Symbol] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = _imports(node)
            local |= imported
            yield from imported.values()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            origin = local.get(node.value.id) or module.imports.get(node.value.id)
            if origin:
                yield (origin[0], node.attr) if origin[1] == "*" else origin
        elif isinstance(node, ast.Name):
            if node.id in module.definitions:
                yield (module_name, node.id)
            elif (origin := module.imports.get(node.id)) and origin[1] != "*":
                yield origin


@cache
def parse(module_name: str) -> Module:
    """Read a module's top level without importing it.

    Raises:
        ConfigError: when the package has no such module.
    """
    file = _file(module_name)
    if file is None:
        raise ConfigError(f"there is no module '{module_name}'")
    module = Module({}, {}, [])
    for statement in _flat(ast.parse(file.read_text(encoding="utf-8")).body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module.imports.update(_imports(statement))
            continue
        names = list(_bound(statement))
        for name in names:
            module.definitions.setdefault(name, []).append(statement)
        if not names and not _is_docstring(statement):
            module.effects.append(statement)
    return module


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Top-level statements, those under `if TYPE_CHECKING` and the like included."""
    for statement in body:
        if isinstance(statement, ast.If | ast.Try):
            yield from _flat([*statement.body, *statement.orelse])
        else:
            yield statement


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _imports(statement: ast.Import | ast.ImportFrom) -> dict[str, Symbol]:
    """Names a statement imports from this package; other packages enter by their version."""
    found: dict[str, Symbol] = {}
    if isinstance(statement, ast.ImportFrom):
        source = statement.module or ""
        if source.split(".")[0] == PACKAGE:
            for alias in statement.names:
                inner = f"{source}.{alias.name}"
                symbol = (inner, "*") if _file(inner) else (source, alias.name)
                found[alias.asname or alias.name] = symbol
    else:
        for alias in statement.names:
            if alias.name.split(".")[0] == PACKAGE:
                found[alias.asname or alias.name] = (alias.name, "*")
    return found


@cache
def _file(module_name: str) -> Path | None:
    """The file of a module, found without importing its parents."""
    top, *rest = module_name.split(".")
    spec = find_spec(top)
    if spec is None or spec.origin is None:
        return None
    if not rest:
        return Path(spec.origin)
    inner = Path(spec.origin).parent.joinpath(*rest)
    for file in (inner.with_suffix(".py"), inner / "__init__.py"):
        if file.is_file():
            return file
    return None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _source(statements: list[ast.stmt]) -> str:
    """Code without comments, layout and docstrings."""
    return "\n".join(ast.unparse(_Bare().visit(_copy(each))) for each in statements)


def _copy(statement: ast.stmt) -> ast.stmt:
    return ast.parse(ast.unparse(statement)).body[0]


class _Bare(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.body = [each for each in node.body if not _is_docstring(each)] or [ast.Pass()]
        return node
