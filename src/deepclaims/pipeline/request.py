"""What `measure` and `runs` are asked for on the command line, and the cells it comes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from deepclaims.arguments import Arguments, Key
from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import PROFILES, Claim
from deepclaims.data.alike import ALIKE
from deepclaims.errors import ClaimError, ConfigError
from deepclaims.pipeline.place import REHEARSAL, SPACE, space_key
from deepclaims.project import Project
from deepclaims.sweep.cell import TRAIN
from deepclaims.sweep.compose import Composer, as_plain, parse, swept
from deepclaims.sweep.options import LocalOptions, Options, read_executor
from deepclaims.tracking.settings import Tracking, read_tracking

RETRY = "--retry-failed"
ALL = "all"
PUBLISHED = "laptop"
AXIS = re.compile(r"(parts\.[^.]+\.)?grid\.")
"""What a key of a claim begins with that has a list of values: an axis of its grid, or a part's."""


SERIES, DATA = "series", "data"


def arguments(verb: str) -> Arguments:
    """What the verbs take that run claims: `measure`, `recheck`, and `runs --why`."""
    other = {
        SERIES: Key("N", read=_series, says="which series of other seeds; without it the next one"),
        DATA: Key(choices=tuple(ALIKE), default="", says="in MNIST's place, with the same seeds"),
    }
    return Arguments(
        verb,
        {
            "chapter": Key("NAME|all", says="the claims of a chapter, or of all"),
            "claim": Key("CHAPTER/ID", says="one claim; its id alone will do"),
            "profile": Key(
                choices=PROFILES,
                says="smoke: seconds; laptop: as published; full: paper-sized",
            ),
            **(other if verb == "recheck" else {SPACE: space_key()}),
        },
        flags=(RETRY,),
        prefixes={
            "claim": "claim.KEY=VALUE",
            "executor": "executor=local|ray|slurm executor.KEY=VALUE",
            "tracking": "tracking=project|server tracking.KEY=VALUE",
        },
    )


def _series(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


@dataclass(frozen=True)
class Request:
    """What the command line asks for: claims by name, and the folder their tables go to.

    `shift` is added to every seed; `series` is the number of a series of other seeds, 0 if none is
    named; `dataset` is what stands in the place of the data set it is alike to. A rehearsal
    measures a claim as the pipeline does not: changed, with another profile, or in a
    `space` of its own.
    """

    names: tuple[str, ...]
    folder: Path
    profile: str = "laptop"
    options: Options = field(default_factory=LocalOptions)
    changes: dict[str, Any] = field(default_factory=dict)
    single: bool = False
    rehearsal: bool = False
    shift: int = 0
    series: int = 0
    dataset: str = ""
    space: str = ""
    tracking: Tracking = field(default_factory=Tracking)

    @property
    def title(self) -> str:
        """The claim's name, the chapter's, or that it is all of them."""
        chapters = {name.split("/")[0] for name in self.names}
        if len(chapters) > 1:
            return "the catalogue"
        return self.names[0] if self.single else chapters.pop()

    def tables(self, claim: Claim) -> Path:
        """The folder of a claim's tables."""
        return self.folder / claim.chapter / claim.id

    def load(self, project: Project) -> list[Claim]:
        """The claims, with their profile and changes.

        Raises:
            ClaimError: for a claim whose file contradicts itself.
        """
        loaded = [claims.load(project.conf, n, self.profile, self.changes) for n in self.names]
        return [claims.shifted(replace(each, space=self.space), self.shift) for each in loaded]

    def tasks(self, project: Project) -> set[str]:
        """What the claims run, each as `module:function`."""
        parts = [(claim, part.task) for claim in self.load(project) for part in claim.parts]
        return {TRAIN if task == pattern.TRAIN else pattern.task(claim, task)
                for claim, task in parts}  # fmt: skip


def read_request(words: Sequence[str], project: Project, verb: str = "measure") -> Request:
    """Read `chapter=`, `claim=`, `profile=`, `executor…=`, `claim.<key>=` and `--retry-failed`.

    Raises:
        ConfigError: for any other key, an unknown chapter, profile or executor.
        ClaimError: for an unknown claim.
    """
    given = arguments(verb).read(words)
    around = [word for word in given.passed if word.startswith(("executor", "tracking"))]
    changes = _changes([word for word in given.passed if word not in around])
    if RETRY in given.flags:
        around.append("executor.retry_failed=true")
    options, tracking = _around(around, project)
    usual = usual_profile(project)
    series, dataset = given.values.get(SERIES) or 0, given.values.get(DATA) or ""
    profile = given["profile"] or usual
    space = given.values.get(SPACE) or ""
    rehearsal = bool(changes or space) or profile != usual
    aside = space or (REHEARSAL if rehearsal else "")
    folder = project.aside(aside).results
    if given["claim"]:
        name = claims.find(project.conf, given["claim"])
        return Request(
            (name,), folder, profile, options, changes, True, rehearsal,
            series=series, dataset=dataset, space=space, tracking=tracking,
        )  # fmt: skip
    if changes:
        raise ConfigError("claim.<key>= changes one claim: name it with claim=chapter/id")
    names = _of_chapter(given["chapter"] or "", project)
    return Request(
        names, folder, profile, options, rehearsal=rehearsal,
        series=series, dataset=dataset, space=space, tracking=tracking,
    )  # fmt: skip


def _changes(words: Sequence[str]) -> dict[str, Any]:
    """`claim.<key>=…` as key -> value; the axes of a grid get lists."""
    found: dict[str, Any] = {}
    for override in parse(words):
        key = override.key_or_group.removeprefix("claim.")
        if AXIS.match(key):
            found[key] = swept(override)
        elif override.is_sweep_override():
            raise ConfigError(
                f"claim.{key}= takes one value, not several: a grid has these, as "
                "claim.grid.AXIS=a,b or claim.parts.PART.grid.AXIS=a,b"
            )
        else:
            found[key] = as_plain(override.value())
    return found


def usual_profile(project: Project) -> str:
    """The profile that is published: that of `params.yaml`, unless it says to rehearse."""
    file = project.root / "params.yaml"
    if not file.is_file():
        return PUBLISHED
    told = OmegaConf.load(file)
    if OmegaConf.select(told, "place.folder"):
        return PUBLISHED
    return str(OmegaConf.select(told, "profile") or PUBLISHED)


def _around(overrides: Sequence[str], project: Project) -> tuple[Options, Tracking]:
    """What is around the trainings: what runs them, and how they are tracked."""
    if not overrides:
        return LocalOptions(), Tracking()
    composed = Composer(project.conf).config(overrides)
    return read_executor(composed["executor"]), read_tracking(composed["tracking"])


def _of_chapter(chapter: str, project: Project) -> tuple[str, ...]:
    catalogue = tuple(claims.catalogue(project.conf))
    if chapter == ALL:
        return catalogue
    chapters = [each.name for each in claims.chapters(project.conf)]
    if chapter not in chapters:
        asked = f"no chapter '{chapter}'" if chapter else "nothing to measure is named"
        raise ConfigError(
            f"{asked}: say chapter=NAME or claim=NAME; chapters: {', '.join((*chapters, ALL))}"
        )
    names = tuple(name for name in catalogue if name.startswith(f"{chapter}/"))
    if not names:
        raise ClaimError(f"chapter {chapter} has no claims yet")
    return names
