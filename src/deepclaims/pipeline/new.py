"""New: a claim's files from a template that runs as it stands."""

from __future__ import annotations

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
CODE = ("__init__", "measure", "judge", "figures")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims new CHAPTER/ID`.

    Raises:
        ConfigError: for anything but one name of a chapter and a claim.
        ClaimError: when there is such a claim already.
    """
    if len(words) != 1:
        raise ConfigError(USAGE)
    project = Project.here()
    for path in new(project, words[0]):
        print(path.relative_to(project.root))
    print(
        f"\nIt runs as it stands:\n  deepclaims measure claim={words[0]}\n"
        f"  deepclaims judge claim={words[0]}\n  deepclaims publish claim={words[0]}\n"
        "Then make it yours; docs/tutorial.md goes through it."
    )


def new(project: Project, name: str) -> list[Path]:
    """Write the files of a claim; returns the YAML, the folder of the code, and the test.

    A chapter that is new gets its `_chapter.yaml` too.

    Args:
        project: the checkout.
        name: `chapter/id`, in lower-case letters, digits and hyphens.

    Raises:
        ConfigError: for a name that is none.
        ClaimError: when one of the files is there already.
    """
    chapter, slash, claim = name.partition("/")
    if not slash or not NAME.fullmatch(chapter) or not NAME.fullmatch(claim):
        raise ConfigError(f"'{name}' is no name of a claim (a-z, 0-9 and -): {USAGE}")
    module = claim.replace("-", "_")
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
