"""A claim as its YAML file states it, and the catalogue of them."""

from __future__ import annotations

import copy
import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from deepclaims.claims.tuning import Tune
from deepclaims.errors import ClaimError, ConfigError
from deepclaims.evidence.registration import Registration

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, a tenth of the time
PROFILES = ("smoke", "laptop", "full")
REGISTERED = 1000
"""Seeds from here on are for what is published; those below are for trying things out."""
CHAPTER = "_chapter.yaml"
"""The file that says a chapter's title and its place in the order of the lectures."""
REQUIRED = (
    "title", "statement", "formula", "source", "question",
    "criterion", "control", "data", "seeds", "grid", "parts", "profiles", "figures",
)  # fmt: skip
OPTIONAL = (
    "sentences", "literature", "notes", "tune", "transfer", "quantities", "deciding", "limits",
)  # fmt: skip
MEASURED = ("data", "seeds", "grid", "parts", "tune")
"""Entries that decide what is measured; they may refer to one another, as `${claim.seeds}`."""
PART_KEYS = ("task", "base", "arms", "params", "grid", "seeds", "data", "tune")


@dataclass(frozen=True)
class Part:
    """One experiment of a claim: a task crossed over arms, axes and seeds.

    Args:
        name: the part's name within its claim.
        task: `train` for the Lightning training task, else a function of the claim's `measure.py`.
        base: Hydra overrides every cell of a `train` part starts from.
        arms: overrides that change together, by name; one unnamed arm when the part has none.
        params: constants of the config of a part with its own task.
        grid: axis -> values.
        seeds: the seeds of every cell's replicas; those that report, where something is tuned.
        data: the prepared data sets the task reads.
        tune: how some of the axes are tuned, if they are.
    """

    name: str
    task: str
    base: tuple[str, ...]
    arms: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Any]
    grid: Mapping[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    data: tuple[str, ...]
    tune: Tune | None = None

    def points(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every (arm, axis values) of the part, in the order of the file."""
        for arm in self.arms:
            for values in itertools.product(*self.grid.values()):
                yield arm, dict(zip(self.grid, values, strict=True))

    def untuned(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every (arm, axis values) of the axes that are not tuned."""
        tuned = self.tune.axes if self.tune else ()
        grid = {axis: values for axis, values in self.grid.items() if axis not in tuned}
        yield from replace(self, grid=grid).points()


@dataclass(frozen=True)
class Claim:
    """One lecture statement with its question, criterion, control and experiments.

    `text` is the YAML file's content with the profile merged in, and its `chapter` and `id`;
    `written` is the file's content as it stands, which is what registration hashes. `shift` is
    what was added to every seed of its parts; `space` is the folder of the rehearsal that it is
    measured in, "" for none.
    """

    name: str
    profile: str
    text: Mapping[str, Any]
    written: Mapping[str, Any]
    parts: tuple[Part, ...]
    changed: tuple[str, ...] = ()
    shift: int = 0
    space: str = ""

    @property
    def id(self) -> str:
        """The slug of the catalogue."""
        return self.name.split("/")[1]

    @property
    def chapter(self) -> str:
        """The chapter's name."""
        return self.name.split("/")[0]

    @cached_property
    def registered(self) -> Registration:
        """Hashes of what its file asks, how it decides and what it measures."""
        return Registration.of(self.written)

    @property
    def grid(self) -> Mapping[str, Any]:
        """The named axes, as this profile has them."""
        return self.text["grid"]

    @property
    def checks(self) -> Mapping[str, Mapping[str, Any]]:
        """The registered checks by name: role, relation, bound, says."""
        return self.text["criterion"]["checks"]

    @property
    def pilot(self) -> str:
        """Why this is a pilot, which must not see a test split; "" where it is none."""
        if self.profile == "smoke":
            return "profile=smoke"
        if self.changed:
            return f"claim.{self.changed[0]} was changed"
        if self.space:
            return f"in {self.space}"
        if any(seed < REGISTERED for part in self.parts for seed in part.seeds):
            return f"seeds below {REGISTERED}"
        return ""

    @property
    def package(self) -> str:
        """The dotted name of the folder with `measure.py`, `judge.py` and `figures.py`."""
        return package(self.name)

    def part(self, name: str) -> Part:
        """The part of that name.

        Raises:
            ClaimError: when there is none.
        """
        for part in self.parts:
            if part.name == name:
                return part
        raise ClaimError(f"{self.name}: no part '{name}'")


@dataclass(frozen=True)
class Chapter:
    """A folder of claims.

    Args:
        name: the folder's.
        order: its place among the chapters.
        title: in both languages.
    """

    name: str
    order: float
    title: Mapping[str, str]


def package(name: str) -> str:
    """The dotted name of the folder of a claim's code, by the claim's name."""
    return f"deepclaims.claims.{name.replace('/', '.').replace('-', '_')}"


def chapters(conf: Path) -> list[Chapter]:
    """The chapters, in the order that their files ask for.

    Raises:
        ClaimError: for a chapter's file that is no such.
    """
    files = (conf / "claim").glob(f"*/{CHAPTER}")
    return sorted(map(_chapter, files), key=lambda each: (each.order, each.name))


def _chapter(file: Path) -> Chapter:
    written = _yaml(file)
    try:
        return Chapter(file.parent.name, float(written["order"]), dict(written["title"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ClaimError(f"{file}: a chapter has an order and a title ({error})") from None


def catalogue(conf: Path) -> list[str]:
    """Names (`chapter/id`) of all claims with a file, chapter by chapter.

    Within a chapter the order is alphabetical.
    """
    return [
        f"{chapter.name}/{file.stem}"
        for chapter in chapters(conf)
        for file in sorted((conf / "claim" / chapter.name).glob("*.yaml"))
        if file.name != CHAPTER
    ]


def find(conf: Path, name: str) -> str:
    """The full name of a claim given as `chapter/id` or as its id alone.

    Raises:
        ClaimError: when there is no such claim; names those that come near, or the verb that lists.
    """
    if _is_written(conf, name):
        return name
    known = catalogue(conf)
    matches = [full for full in known if name in (full, full.split("/")[1])]
    if len(matches) != 1:
        ids = {each: full for full in known for each in (full, full.split("/")[1])}
        near = dict.fromkeys(ids[each] for each in difflib.get_close_matches(name, ids, n=3))
        meant = f"did you mean {', '.join(near)}? " if near else ""
        raise ClaimError(f"no claim '{name}'; {meant}`deepclaims list` names all {len(known)}")
    return matches[0]


def _is_written(conf: Path, name: str) -> bool:
    """Whether `name` is a full name: a shorter way than through the catalogue."""
    folder, _, id_ = name.partition("/")
    chapter = conf / "claim" / folder
    return bool(id_) and (chapter / CHAPTER).is_file() and (chapter / f"{id_}.yaml").is_file()


def load(
    conf: Path,
    name: str,
    profile: str = "laptop",
    changes: Mapping[str, Any] | None = None,
) -> Claim:
    """Read a claim, merge its profile, and apply changes made on the command line.

    Args:
        conf: the folder of configs.
        name: `chapter/id` or id.
        profile: smoke, laptop or full.
        changes: dotted keys below `claim` with new values, e.g. {"grid.lr": [0.1, 0.01]}.

    Raises:
        ClaimError: for an unknown claim or a file that contradicts itself.
        ConfigError: for an unknown profile or a changed key the claim does not have.
    """
    if profile not in PROFILES:
        raise ConfigError(f"no profile '{profile}'; known profiles: {', '.join(PROFILES)}")
    full = find(conf, name)
    written = read(conf, full)
    measured = _measured(full, written, profile, changes or {})
    text = {key: measured.get(key, value) for key, value in written.items()}
    return Claim(
        name=full,
        profile=profile,
        text={"chapter": full.split("/")[0], "id": full.split("/")[1], **text},
        written=written,
        parts=tuple(_part(full, text, key, part) for key, part in text["parts"].items()),
        changed=tuple(changes or {}),
    )


def _measured(
    name: str, written: Mapping[str, Any], profile: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The entries that a profile or a change may touch, as they are then, nothing referred to.

    The texts are not among them.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from deepclaims.claims import references

    adopted = (written.get("profiles") or {}).get(profile) or {}
    touched = {*MEASURED, *adopted, *(key.partition(".")[0] for key in changes)}
    content = {key: written[key] for key in written if key in touched}
    try:
        if not changes:
            return references.filled(content, adopted)
        merged = OmegaConf.merge({"claim": content}, {"claim": adopted})
        for key, value in changes.items():
            _change(merged, name, key, value)
        return references.by_omegaconf(merged)
    except OmegaConfBaseException as error:
        raise ClaimError(f"{name}: {str(error).splitlines()[0]}") from None


def shifted(claim: Claim, shift: int) -> Claim:
    """The same claim with `shift` added to every seed of its parts, however they came by them."""

    def moved(seeds: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(seed + shift for seed in seeds)

    parts = (
        replace(
            part,
            seeds=moved(part.seeds),
            tune=part.tune and replace(part.tune, seeds=moved(part.tune.seeds)),
        )
        for part in claim.parts
    )
    return replace(claim, parts=tuple(parts), shift=claim.shift + shift)


def _yaml(file: Path) -> dict[str, Any]:
    try:
        content = _parsed(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ClaimError(f"{file} is not valid YAML: {problem}") from None
    if not isinstance(content, dict):
        raise ClaimError(f"{file} holds no keys")
    return copy.deepcopy(content)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    return yaml.load(text, Loader=_LOADER)


def read(conf: Path, name: str) -> dict[str, Any]:
    """The content of a claim's file as it stands.

    Args:
        conf: the folder of configs.
        name: `chapter/id`.

    Raises:
        ClaimError: when it is no claim's, or lacks or does not know an entry.
    """
    return _read(conf / "claim" / f"{name}.yaml", name)


def _read(file: Path, name: str) -> dict[str, Any]:
    content = _yaml(file)
    missing = [key for key in REQUIRED if key not in content]
    unknown = [key for key in content if key not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise ClaimError(
            f"claim {name}: "
            + "; ".join(
                f"{what} {', '.join(keys)}"
                for what, keys in (("lacks", missing), ("does not know", unknown))
                if keys
            )
        )
    return content


def _change(merged: Any, name: str, key: str, value: Any) -> None:
    node = merged.claim
    for step in key.split(".")[:-1]:
        node = node.get(step) if step in node else None
        if node is None:
            raise ConfigError(f"claim {name} has no '{key}'")
    last = key.split(".")[-1]
    if last not in node:
        raise ConfigError(f"claim {name} has no '{key}'; known: {', '.join(map(str, node))}")
    if key.startswith("grid.") and not isinstance(value, list):
        value = [value]
    node[last] = value


def _part(name: str, text: Mapping[str, Any], key: str, part: Mapping[str, Any]) -> Part:
    unknown = [word for word in part if word not in PART_KEYS]
    if unknown:
        raise ClaimError(
            f"claim {name}, part {key}: does not know {', '.join(unknown)}; "
            f"known: {', '.join(PART_KEYS)}"
        )
    seeds = part.get("seeds") or text["seeds"]
    grid = {str(axis): _values(values) for axis, values in (part.get("grid") or {}).items()}
    tune = part.get("tune")
    return Part(
        name=key,
        task=str(part["task"]),
        base=tuple(part.get("base") or ()),
        arms={arm: tuple(changes or ()) for arm, changes in (part.get("arms") or {"": ()}).items()},
        params=dict(part.get("params") or {}),
        grid=grid,
        seeds=tuple(range(seeds["first"], seeds["first"] + seeds["count"])),
        data=tuple(part.get("data", text["data"]) or ()),
        tune=Tune.read(f"claim {name}, part {key}", tune) if tune else None,
    )


def _values(values: Any) -> tuple[Any, ...]:
    return (
        tuple(values) if isinstance(values, Sequence) and not isinstance(values, str) else (values,)
    )
