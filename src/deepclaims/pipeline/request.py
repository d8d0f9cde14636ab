"""What `measure` and `runs` are asked for on the command line, and the cells it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import PROFILES, Claim
from deepclaims.errors import ClaimError, ConfigError
from deepclaims.pipeline.place import REHEARSAL
from deepclaims.project import Project
from deepclaims.sweep.compose import Composer, parse, swept
from deepclaims.sweep.options import LocalOptions, Options, read_executor

KNOWN = ("chapter", "claim", "profile")
LISTED = "chapter=, claim=, profile=, executor=, executor.<key>=, claim.<key>=, --retry-failed"
RETRY = "--retry-failed"
ALL = "all"


@dataclass(frozen=True)
class Request:
    """What the command line asks for: claims by name, and the folder their tables go to.

    `shift` is added to every seed. A rehearsal
    measures a claim as the pipeline does not: changed, or with another profile.
    """

    names: tuple[str, ...]
    folder: Path
    profile: str = "laptop"
    options: Options = field(default_factory=LocalOptions)
    changes: dict[str, Any] = field(default_factory=dict)
    single: bool = False
    rehearsal: bool = False
    shift: int = 0

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
        return [claims.shifted(claim, self.shift) for claim in loaded]


def read_request(words: Sequence[str], project: Project) -> Request:
    """Read `chapter=`, `claim=`, `profile=`, `executor…=`, `claim.<key>=` and `--retry-failed`.

    Raises:
        ConfigError: for any other key, an unknown chapter, profile or executor.
        ClaimError: for an unknown claim.
    """
    found: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    executor = ["executor.retry_failed=true"] if RETRY in words else []
    for override in parse(word for word in words if word != RETRY):
        key = override.key_or_group
        if key.partition(".")[0] == "executor":
            executor.append(str(override.input_line))
            continue
        values = swept(override)
        if key.startswith("claim."):
            value: Any = values if key.startswith("claim.grid.") else values[0]
            changes[key.removeprefix("claim.")] = value
        elif key in KNOWN and len(values) == 1:
            found[key] = values[0]
        else:
            raise ConfigError(f"measure does not know '{override.input_line}'; known: {LISTED}")
    usual = usual_profile(project)
    profile = str(found.get("profile", usual))
    if profile not in PROFILES:
        raise ConfigError(f"no profile '{profile}'; known: {', '.join(PROFILES)}")
    options = _options(executor, project)
    if "claim" in found:
        name = claims.find(project.conf, str(found["claim"]))
        rehearsal = bool(changes) or profile != usual
        folder = project.aside(REHEARSAL).results if rehearsal else project.results
        return Request((name,), folder, profile, options, changes, True, rehearsal)
    if changes:
        raise ConfigError("claim.<key>= changes one claim: name it with claim=chapter/id")
    names = _of_chapter(str(found.get("chapter", "")), project)
    return Request(names, project.results, profile, options)


def usual_profile(project: Project) -> str:
    """The profile that the pipeline measures with: that of `conf/reproduce.yaml`."""
    file = project.conf / "reproduce.yaml"
    if not file.is_file():
        return "laptop"
    return str((OmegaConf.to_container(OmegaConf.load(file)) or {}).get("profile", "laptop"))


def _options(overrides: Sequence[str], project: Project) -> Options:
    if not overrides:
        return LocalOptions()
    return read_executor(Composer(project.conf).config(overrides)["executor"])


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
