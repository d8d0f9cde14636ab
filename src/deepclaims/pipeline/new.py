"""New: a claim's files from a template that runs as it stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from deepclaims import atomic
from deepclaims.claims import claim as claims
from deepclaims.errors import ClaimError, ConfigError
from deepclaims.project import Project

USAGE = "say deepclaims new CHAPTER/ID, e.g. deepclaims new optimisation/noise-of-a-minibatch"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NEW_CHAPTER = "--new-chapter"
CODE = ("__init__", "measure", "judge", "figures")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims new CHAPTER/ID [--new-chapter]`.

    Raises:
        ConfigError: for anything but one name of a chapter and a claim.
        ClaimError: when there is such a claim already.
    """
    names = [word for word in words if word != NEW_CHAPTER]
    if len(names) != 1:
        raise ConfigError(USAGE)
    project, (name,) = Project.here(), names
    for path in new(project, name, new_chapter=NEW_CHAPTER in words):
        print(path.relative_to(project.root))
    print(
        f"\nIt runs as it stands:\n  deepclaims measure claim={name}\n"
        f"  deepclaims judge claim={name}\n  deepclaims publish claim={name}\n"
        "Then make it yours; docs/tutorial.md goes through it."
    )


def new(project: Project, name: str, *, new_chapter: bool = False) -> list[Path]:
    """Write the files of a claim; returns the YAML, the folder of the code, and the test.

    A chapter that is new gets its `_chapter.yaml` too.

    Args:
        project: the checkout.
        name: `chapter/id`, in lower-case letters, digits and hyphens.
        new_chapter: whether a name much like that of a chapter may be a chapter of its own.

    Raises:
        ConfigError: for a name that is none, or looks like a typing error in a chapter's.
        ClaimError: when one of the files is there already.
    """
    chapter, slash, claim = name.partition("/")
    if not slash or not NAME.fullmatch(chapter) or not NAME.fullmatch(claim):
        raise ConfigError(f"'{name}' is no name of a claim (a-z, 0-9 and -): {USAGE}")
    module = claim.replace("-", "_")
    known = [each.name for each in claims.chapters(project.conf)]
    close = difflib.get_close_matches(chapter, known, n=1, cutoff=0.7)
    if chapter not in known and close and not new_chapter:
        raise ConfigError(
            f"no chapter '{chapter}' (did you mean '{close[0]}'?); {NEW_CHAPTER} makes one of that "
            f"name; chapters: {', '.join(known)}"
        )
    text = project.conf / "claim" / chapter / f"{claim}.yaml"
    code = project.root / "src" / "deepclaims" / "claims" / chapter / module
    test = project.root / "tests" / "claims" / chapter / f"test_{module}.py"
    if there := [str(path) for path in (text, code, test) if path.exists()]:
        raise ClaimError(f"{name} is there already: {', '.join(there)}")
    made = {text: "claim.yaml", test: "test.py"}
    made |= {code / f"{each}.py": f"{each}.py" for each in CODE}
    made |= _of_a_new_chapter(project, chapter)
    for path, template in made.items():
        atomic.write(path, _filled(template, name))
    return [text, code, test]


def _of_a_new_chapter(project: Project, chapter: str) -> dict[Path, str]:
    known = claims.chapters(project.conf)
    if chapter in [each.name for each in known]:
        return {}
    return {
        project.conf / "claim" / chapter / claims.CHAPTER: "_chapter.yaml",
        project.root / "src" / "deepclaims" / "claims" / chapter / "__init__.py": "chapter.py",
    }


def _filled(template: str, name: str) -> str:
    source = files("deepclaims.pipeline") / "template" / f"{template}.txt"
    chapter = name.partition("/")[0]
    package = name.replace("/", ".").replace("-", "_")
    text = source.read_text(encoding="utf-8")
    for mark, value in (("name", name), ("package", package), ("chapter", chapter)):
        text = text.replace(f"@{mark}@", value)
    return text
