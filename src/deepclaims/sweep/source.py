"""Modules of the package as they are written: read without being imported, name by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from deepclaims.errors import ConfigError

PACKAGE = "deepclaims"
Symbol = tuple[str, str]
"""A module's dotted name and a top-level name in it; "*" means the whole module, `TABLE[name]` an
entry of a table, and `TABLE[*]` all of them."""

TABLE = "Table"
"""The class of the tables, `groups.Table`."""


@dataclass(frozen=True)
class Module:
    """The top level of a module: what each name is defined by, and where imported ones come from.

    `definitions` maps a name to the statements that bind it; `imports` maps a name to the symbol
    it stands for; `effects` are statements that bind no name (registrations, assertions).
    """

    definitions: dict[str, list[ast.stmt]]
    imports: dict[str, Symbol]
    effects: list[ast.stmt]


def source_of(file: Path) -> str:
    """The text of a module."""
    return file.read_text(encoding="utf-8")


@cache
def parse(module_name: str) -> Module:
    """Read a module's top level without importing it.

    Raises:
        ConfigError: when the package has no such module.
    """
    file = file_of(module_name)
    if file is None:
        raise ConfigError(f"there is no module '{module_name}'")
    module = Module({}, {}, [])
    for statement in _flat(ast.parse(source_of(file)).body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module.imports.update(imports_of(statement))
            continue
        names = list(names_bound_by(statement))
        for name in names:
            module.definitions.setdefault(name, []).append(statement)
        if not names and not is_docstring(statement):
            module.effects.append(statement)
    return module


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Top-level statements, those under `if TYPE_CHECKING` and the like included."""
    for statement in body:
        if isinstance(statement, ast.If | ast.Try):
            yield from _flat([*statement.body, *statement.orelse])
        else:
            yield statement


def names_bound_by(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def imports_of(statement: ast.Import | ast.ImportFrom) -> dict[str, Symbol]:
    """Names a statement imports from this package; other packages enter by their version."""
    found: dict[str, Symbol] = {}
    if isinstance(statement, ast.ImportFrom):
        source = statement.module or ""
        if source.split(".")[0] == PACKAGE:
            for alias in statement.names:
                inner = f"{source}.{alias.name}"
                symbol = (inner, "*") if file_of(inner) else (source, alias.name)
                found[alias.asname or alias.name] = symbol
    else:
        for alias in statement.names:
            if alias.name.split(".")[0] == PACKAGE:
                found[alias.asname or alias.name] = (alias.name, "*")
    return found


@cache
def file_of(module_name: str) -> Path | None:
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


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is a constant on its own."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def code_of(statements: list[ast.stmt]) -> str:
    """Statements as code without comments, layout and docstrings."""
    return "\n".join(ast.unparse(bare(each)) for each in statements)


def bare(statement: ast.stmt) -> ast.stmt:
    """A copy without comments, layout and docstrings."""
    bare = _Bare().visit(ast.parse(ast.unparse(statement)).body[0])
    assert isinstance(bare, ast.stmt)
    return bare


class _Bare(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.body = [each for each in node.body if not is_docstring(each)] or [ast.Pass()]
        return node


@cache
def table_entries(module_name: str, name: str) -> dict[str, ast.expr] | None:
    """The entries of a table by name, or None if the symbol is none that can be read."""
    call = _call(module_name, name)
    if call is None or not isinstance(call.args[-1], ast.Dict):
        return None
    keys, values = call.args[-1].keys, call.args[-1].values
    entries = {
        key.value: value
        for key, value in zip(keys, values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    return entries if len(entries) == len(keys) else None


def _call(module_name: str, name: str) -> ast.Call | None:
    statements = parse(module_name).definitions.get(name, [])
    if len(statements) != 1 or not isinstance(statements[0], ast.Assign | ast.AnnAssign):
        return None
    call = statements[0].value
    made = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == TABLE
    return call if made and isinstance(call, ast.Call) and call.args else None


def without_entries(module_name: str, name: str) -> list[ast.stmt]:
    """The code of a table but for its entries."""
    call = _call(module_name, name)
    assert call is not None
    return [ast.Expr(ast.Call(call.func, call.args[:-1], call.keywords))]
