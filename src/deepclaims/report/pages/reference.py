"""Every key of the configuration with its type, default and meaning, from the files themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, a tenth of the time
TYPES = {"int": "int", "float": "float", "bool": "bool", "str": "str", "null": "null"}
APART = ("conf/claim/", "conf/lectures/", "conf/bayes.yaml")
"""Content, which is no setting: claims, slides, published error rates."""


@dataclass(frozen=True)
class Setting:
    """A key of a file of the configuration.

    Args:
        key: dotted.
        type: of its default: int, float, bool, str, null, list.
        default: as written.
        means: what its comment says.
    """

    key: str
    type: str
    default: str
    means: str


@dataclass(frozen=True)
class Group:
    """A file of the configuration.

    Args:
        name: as it is chosen on the command line, `optimizer=adam`; the file's for one that is not.
        means: the comment at its head.
        settings: its keys, in their order.
    """

    name: str
    means: str
    settings: tuple[Setting, ...]


def groups(texts: Mapping[str, str]) -> list[Group]:
    """The files of the configuration among the texts of a project, by path."""
    found = [
        path
        for path in texts
        if path.startswith("conf/") and path.endswith(".yaml") and not path.startswith(APART)
    ]
    return [_group(path, texts[path]) for path in sorted(found, key=lambda p: (p.count("/"), p))]


def _group(path: str, text: str) -> Group:
    folder, _, file = path.removeprefix("conf/").rpartition("/")
    stem = file.removesuffix(".yaml")
    lines = text.splitlines()
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        if not line.startswith("# @"):
            head.append(line.lstrip("# "))
    root = yaml.compose(text, Loader=_LOADER)
    settings = tuple(_settings(root, lines)) if isinstance(root, yaml.MappingNode) else ()
    return Group(f"{folder}={stem}" if folder else file, " ".join(head), settings)


def _settings(node: yaml.MappingNode, lines: list[str], before: str = "") -> Iterator[Setting]:
    for key, value in node.value:
        name = f"{before}{key.value}"
        if name in ("defaults", "hydra"):
            continue
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            yield from _settings(value, lines, f"{name}.")
            continue
        tag = value.tag.rpartition(":")[2]
        kind = TYPES.get(tag, "list" if isinstance(value, yaml.SequenceNode) else "mapping")
        yield Setting(name, kind, _written(value, lines), _comment(value, lines))


def _written(node: yaml.Node, lines: list[str]) -> str:
    start, end = node.start_mark, node.end_mark
    if start.line == end.line:
        return lines[start.line][start.column : end.column].strip()
    return " ".join(line.strip() for line in lines[start.line : end.line]).partition(" #")[0]


def _comment(node: yaml.Node, lines: list[str]) -> str:
    """The comment after a value and on the lines below that only go on with it."""
    line = lines[node.start_mark.line]
    _, mark, said = line[node.start_mark.column :].partition("#")
    if not mark:
        return ""
    column = line.rindex("#" + said)
    for below in lines[node.start_mark.line + 1 :]:
        if below[:column].strip() or not below[column:].startswith("#"):
            break
        said += " " + below[column + 1 :].strip()
    return " ".join(said.split())
