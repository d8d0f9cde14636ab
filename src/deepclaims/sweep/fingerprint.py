"""The fingerprint of the code a task can reach with its config, symbol by symbol.

A change to a claim's figure or judging, to a comment, a docstring or the layout of a file must not
retrain anything; a change to whatever the task calls must. So the fingerprint follows names: from
the task's function to every top-level definition it mentions, through the imports, and on.

Of a `Table` (groups.py) it follows the entries that can be meant: those whose name is a string
somewhere in the config, or a value in the code that is reached (a default, an index). Where a table
is used in another way than by `choose`, `named` or a literal index, all its entries count. A name
put together from pieces would escape this; `tests/sweep/test_key_covers.py` runs a cell of every
part of every claim to see that nothing does.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.sweep import source
from deepclaims.sweep.remembered import memory
from deepclaims.sweep.source import (
    Module,
    Symbol,
    bare,
    code_of,
    file_of,
    imports_of,
    parse,
    table_entries,
    without_entries,
)

BY_NAME = ("choose", "named")
"""Methods of a table that use the entry a config names, and no other."""


@dataclass(frozen=True)
class Resolved:
    """A symbol's code without comments, layout and docstrings, and what it mentions.

    Args:
        source: the code; of a table, without its entries.
        mentions: symbols of the package.
        words: strings that may name an entry of a table.
        entries: of a table, their names.
    """

    source: str
    mentions: tuple[Symbol, ...] = ()
    words: frozenset[str] = frozenset()
    entries: tuple[str, ...] = ()


def code_fingerprint(entries: Iterable[str], config: Mapping[str, Any] | None = None) -> str:
    """Hash of all code reachable from `module:function` entries within the package.

    Args:
        entries: where to begin.
        config: what the entries are called with; None for any.

    Raises:
        ConfigError: when an entry's module or function does not exist.
    """
    entries = tuple(entries)
    inside = all(entry.split(":")[0].split(".")[0] == source.PACKAGE for entry in entries)
    ask = memory().ask if inside else _found_anew
    names: list[str] | None = None
    if config is not None:
        tables = ask(f"tables {entries}", lambda: json.dumps(sorted(_table_names(entries))))
        names = sorted(set(json.loads(tables)).intersection(strings(config)))
    meant = None if names is None else frozenset(names)
    return ask(f"code {entries} {names}", lambda: _fingerprint(entries, meant))


def _found_anew(question: str, answer: Callable[[], str]) -> str:
    return answer()


def symbol_hashes(
    entries: Iterable[str], config: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Each symbol a fingerprint covers, as `module:name`, with a short hash of its code."""
    return {
        f"{module}:{name}": hashlib.sha256(code.encode()).hexdigest()[:12]
        for (module, name), code in sorted(_reached(entries, config).items())
    }


def reachable(entries: Iterable[str], config: Mapping[str, Any] | None = None) -> list[Symbol]:
    """The symbols a fingerprint covers, sorted."""
    return sorted(_reached(entries, config))


def strings(value: Any) -> Iterator[str]:
    """Every key and every value in a config, as a string."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
    else:
        yield str(value)


def forget() -> None:
    """Read every module anew: for tests that change one."""
    for known in (parse, file_of, table_entries, _resolve, _table_names, _fingerprint, memory):
        known.cache_clear()


@cache
def _fingerprint(entries: tuple[str, ...], names: frozenset[str] | None) -> str:
    digest = hashlib.sha256()
    for symbol, code in sorted(_closure(entries, names).items()):
        digest.update(f"{symbol[0]}:{symbol[1]}\n{code}\n".encode())
    return digest.hexdigest()


def _reached(entries: Iterable[str], config: Mapping[str, Any] | None) -> dict[Symbol, str]:
    entries = tuple(entries)
    return _closure(entries, _names(entries, config))


def _names(entries: tuple[str, ...], config: Mapping[str, Any] | None) -> frozenset[str] | None:
    """The strings in a config that name an entry of some table within reach."""
    return None if config is None else _table_names(entries).intersection(strings(config))


@cache
def _table_names(entries: tuple[str, ...]) -> frozenset[str]:
    symbols = _closure(entries, None)
    return frozenset(name for symbol in symbols for name in _resolve(symbol).entries)


def _closure(entries: Iterable[str], names: frozenset[str] | None) -> dict[Symbol, str]:
    """The symbols within reach if tables are asked for these names only (None: for any)."""
    start: list[Symbol] = []
    for entry in entries:
        module, _, name = entry.partition(":")
        if name and name not in parse(module).definitions and name not in parse(module).imports:
            raise ConfigError(f"{module} has no '{name}'")
        start.append((module, name or "*"))
    while True:
        found = _walk(start, names)
        words = frozenset().union(*(each.words for each in found.values()))
        if names is None or words <= names:
            return {symbol: each.source for symbol, each in found.items()}
        names |= words


def _walk(start: Sequence[Symbol], names: frozenset[str] | None) -> dict[Symbol, Resolved]:
    pending, found = list(start), dict[Symbol, Resolved]()
    while pending:
        symbol = pending.pop()
        if symbol in found:
            continue
        found[symbol] = resolved = _resolve(symbol)
        pending.extend(resolved.mentions)
        meant = [each for each in resolved.entries if names is None or each in names]
        pending.extend((symbol[0], f"{symbol[1]}[{each}]") for each in meant)
    return found


@cache
def _resolve(symbol: Symbol) -> Resolved:
    module_name, name = symbol
    module = parse(module_name)
    if name == "*":
        names = (*module.definitions, *module.imports)
        mentions = [_whole((module_name, each)) for each in names]
        return Resolved(code_of(module.effects), tuple(mentions))
    name, _, entry = name.partition("[")
    if name in module.imports:
        origin = module.imports[name]
        inner = (origin[0], f"{origin[1]}[{entry}") if entry else origin
        return Resolved(f"= {origin}", (inner,))
    statements = module.definitions.get(name)
    if statements is None:
        submodule = f"{module_name}.{name}"
        return Resolved("", ((submodule, "*"),) if file_of(submodule) else ())
    table = table_entries(module_name, name)
    if table is not None:
        return _resolve_table(symbol, table)
    # What a module does while it is imported counts for every symbol taken from it.
    return _resolved([*statements, *module.effects], module_name)


def _resolve_table(symbol: Symbol, table: Mapping[str, ast.expr]) -> Resolved:
    module_name, (name, _, entry) = symbol[0], symbol[1].partition("[")
    if entry == "*]":
        every = [(module_name, name), *((module_name, f"{name}[{each}]") for each in table)]
        return Resolved("", tuple(every), frozenset(table))
    if entry:
        value = table.get(entry.removesuffix("]"))
        return Resolved("") if value is None else _resolved([ast.Expr(value)], module_name)
    effects = parse(module_name).effects
    beside = _resolved([*without_entries(module_name, name), *effects], module_name)
    return replace(beside, entries=tuple(table))


def _resolved(statements: list[ast.stmt], module_name: str) -> Resolved:
    stripped = [bare(each) for each in statements]
    module = parse(module_name)
    mentions = {found for each in stripped for found in _mentions(each, module_name, module)}
    words = frozenset(word for each in stripped for word in _words(each))
    return Resolved("\n".join(map(ast.unparse, stripped)), tuple(sorted(mentions)), words)


def _is_table(symbol: Symbol) -> bool:
    """Whether a symbol is a table, perhaps through imports."""
    module_name, name = symbol
    if name == "*" or file_of(module_name) is None:
        return False
    origin = parse(module_name).imports.get(name)
    return _is_table(origin) if origin else table_entries(module_name, name) is not None


def _whole(symbol: Symbol) -> Symbol:
    return (symbol[0], f"{symbol[1]}[*]") if _is_table(symbol) else symbol


def _mentions(statement: ast.stmt, module_name: str, module: Module) -> Iterator[Symbol]:
    local: dict[str, Symbol] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = imports_of(node)
            local |= imported
            yield from imported.values()
    by_name = {id(node): entry for node, entry in _by_name(statement)}
    for node in ast.walk(statement):
        symbol: Symbol | None = None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            origin = local.get(node.value.id) or module.imports.get(node.value.id)
            if origin:
                symbol = (origin[0], node.attr) if origin[1] == "*" else None
        elif isinstance(node, ast.Name):
            if node.id in local and local[node.id][1] != "*":
                symbol = local[node.id]
            elif node.id in module.definitions:
                symbol = (module_name, node.id)
            elif (origin := module.imports.get(node.id)) and origin[1] != "*":
                symbol = origin
        if symbol:
            yield symbol if id(node) in by_name else _whole(symbol)
            if (entry := by_name.get(id(node))) and _is_table(symbol):
                yield symbol[0], f"{symbol[1]}[{entry}]"


def _by_name(statement: ast.stmt) -> Iterator[tuple[ast.expr, str]]:
    """Where something is asked for one entry, and which if the code says so.

    By `X.choose(…)`, `X.named(…)`, `X["name"]` or `name in X`.
    """
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value=table, attr=attribute) if attribute in BY_NAME:
                yield table, ""
            case ast.Subscript(value=table, slice=ast.Constant(value=index)):
                yield table, str(index)
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[table]):
                yield table, ""


def _words(statement: ast.stmt) -> Iterator[str]:
    """The strings of a statement that may name something.

    Those that something is only compared with, or looked up by in a dict, do not.
    """
    others: set[int] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Dict(keys=keys):
                others |= {id(key) for key in keys}
            case ast.Compare(left=left, comparators=comparators):
                others |= {id(each) for each in (left, *comparators)}
            case ast.MatchValue(value=value) | ast.Subscript(slice=value):
                others.add(id(value))
            case ast.Constant(value=str(word)) if id(node) not in others:
                yield word
