"""How a claim's code is found: by the names of its folder, its files and its functions.

`measure.py` has a function for each task that the claim's file names, `judge.py` has `judge`, and
`figures.py` a function for each figure. What is lacking is found without importing anything, so
that it is said before a training and not after it.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.claims.claim import Claim
from deepclaims.errors import ClaimError, ConfigError
from deepclaims.evidence.check import Check
from deepclaims.evidence.sentence import STUDY, Transcription, belonging, sentences_of
from deepclaims.languages import LANGUAGES

if TYPE_CHECKING:
    from deepclaims.claims.results import Results
    from deepclaims.evidence.check import Measured
    from deepclaims.lectures.inventory import Lectures
    from deepclaims.report.panel import Drawing

TRAIN = "train"
"""The task of a part that is a training, for which a claim needs no code."""


def judge(results: Results) -> Mapping[str, Measured]:
    """What the claim's own judge estimates, by check."""
    found: Mapping[str, Measured] = _module(results.claim, "judge").judge(results)
    return found


def condensed(results: Results) -> Results:
    """The results as judging reads them.

    A claim whose judge has `condensed(results)` says itself what is read in place of tables that
    are large or hold pieces of the data; of any other they are as measured.
    """
    own = getattr(_module(results.claim, "judge"), "condensed", None)
    found: Results = own(results) if own else results
    return found


def draw(results: Results, figure: str, language: str, *, narrow: bool = False) -> Drawing:
    """One figure of the claim, drawn for a page or, narrow, for a phone."""
    from deepclaims.report.panel import Drawing

    drawing = Drawing(language, narrow=narrow)
    getattr(_module(results.claim, "figures"), function_of(figure))(results, drawing)
    return drawing


def task(claim: Claim, name: str) -> str:
    """A task of the claim's own as `module:function`."""
    return f"{claim.package}.measure:{name}"


def function_of(figure: str) -> str:
    """The name of the function that draws a figure."""
    return figure.replace("-", "_")


def problems(claim: Claim, lectures: Lectures | None = None) -> list[str]:
    """What the claim's author forgot, a line each, nothing of it imported.

    Args:
        claim: the claim.
        lectures: where its sentences are looked up; they are not if it is left out.
    """
    return [
        *_missing_code(claim),
        *_missing_languages(claim),
        *_ill_registered(claim),
        *(_misquoted(claim, lectures) if lectures else ()),
    ]


def check(claim: Claim, lectures: Lectures | None = None) -> None:
    """Make sure that nothing of the claim's is missing.

    Args:
        claim: the claim.
        lectures: where its sentences are looked up; they are not if it is left out.

    Raises:
        ClaimError: names all that is.
    """
    if found := problems(claim, lectures):
        raise ClaimError(f"claim {claim.name}: " + "; ".join(found))


def folder_of(claim: Claim) -> Path:
    """The folder of the claim's code."""
    import deepclaims

    inner = claim.package.split(".")[1:]
    return Path(str(deepclaims.__file__)).parent.joinpath(*inner)


def _module(claim: Claim, name: str) -> Any:
    return importlib.import_module(f"{claim.package}.{name}")


def _missing_code(claim: Claim) -> Iterator[str]:
    folder = folder_of(claim)
    shown = Path("src").joinpath(*claim.package.split("."))
    tasks = {part.task for part in claim.parts} - {TRAIN}
    wanted = {
        "measure": sorted(tasks),
        "judge": ["judge"],
        "figures": [function_of(figure) for figure in claim.text["figures"]],
    }
    for name, functions in wanted.items():
        if not functions:
            continue
        try:
            tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        except FileNotFoundError:
            yield f"there is no {shown / name}.py"
            continue
        except SyntaxError as error:
            yield f"{shown / name}.py, line {error.lineno}: {error.msg}"
            continue
        known = _functions(tree)
        yield from (f"{shown / name}.py has no function {each}" for each in functions
                    if each not in known)  # fmt: skip
        if name == "judge":
            words = _words(tree)
            yield from (f"{shown / name}.py estimates nothing for the check {each}"
                        for each in claim.checks if each not in words)  # fmt: skip


def _functions(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            found.add(statement.name)
        elif isinstance(statement, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in statement.names}
        elif isinstance(statement, ast.Assign):
            found |= {each.id for each in statement.targets if isinstance(each, ast.Name)}
    return found


def _words(tree: ast.Module) -> set[str]:
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


TEXTS = ("title", "statement", "question", "control", "transfer")
"""Entries of a claim's file that are one text in both languages."""


def _ill_registered(claim: Claim) -> Iterator[str]:
    """What sentences and checks do not say of each other, or of themselves."""
    try:
        sentences = sentences_of(claim.text)
        belonging(sentences, [Check.of(name, each) for name, each in claim.checks.items()])
    except ClaimError as error:
        yield str(error)
        return
    yield from (f"check {name} does not say what it means when it fails: 'fails', in both languages"
                for name, each in claim.checks.items() if "fails" not in each)  # fmt: skip


def _misquoted(claim: Claim, lectures: Lectures) -> Iterator[str]:
    """Sentences that the slides do not have, or have otherwise."""
    for name, written in (claim.text.get("sentences") or {}).items():
        if name == STUDY:
            continue
        try:
            item = lectures.sentence(name)
        except ConfigError as error:
            yield str(error)
            continue
        if not item.measurable:
            yield f"sentence {name} is a {item.kind}: it says nothing that can be measured"
        if item.doubtful != (written.get("transcription") == Transcription.DOUBTFUL):
            said = "doubtful" if item.doubtful else "sure"
            yield f"sentence {name}: its transcription is {said} in conf/lectures/"


def _missing_languages(claim: Claim) -> Iterator[str]:
    text = claim.text
    asked: dict[str, Any] = {name: text[name] for name in TEXTS if text.get(name)}
    asked["criterion.text"] = text["criterion"].get("text")
    asked |= {f"figures.{name}": caption for name, caption in text["figures"].items()}
    for name in ("literature", "notes"):
        written = text.get(name) or ()
        several = [written] if isinstance(written, Mapping) else written
        asked |= {f"{name}[{i}]": each for i, each in enumerate(several)}
    for where, written in asked.items():
        lacking = [each for each in LANGUAGES
                   if not isinstance(written, Mapping) or not written.get(each)]  # fmt: skip
        if lacking:
            yield f"{where} lacks {' and '.join(lacking)}"
