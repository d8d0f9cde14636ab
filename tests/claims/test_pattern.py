"""What an author forgets is said in one line, and nothing of the claim's is imported for it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim, load
from deepclaims.errors import ClaimError

NAME = "convolution/lenet-parameters"
CODE = "src/deepclaims/claims/convolution/lenet_parameters"


@pytest.fixture
def written(checkout: Path) -> Claim:
    """A claim of the catalogue from which nothing is missing."""
    return load(checkout / "conf", NAME, "smoke")


@pytest.fixture
def folder(written: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of its code, to spoil, which is where the pattern looks."""
    copy = shutil.copytree(pattern.folder_of(written), tmp_path / "lenet_parameters")
    monkeypatch.setattr(pattern, "folder_of", lambda claim: copy)
    return copy


def rewritten(claim: Claim, **entries: Any) -> Claim:
    """The claim with other entries in its file."""
    return replace(claim, text={**claim.text, **entries})


def complaint(claim: Claim) -> str:
    """What `check` says."""
    with pytest.raises(ClaimError) as raised:
        pattern.check(claim)
    return str(raised.value)


def substitute(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_whole_claim_passes(written: Claim, folder: Path) -> None:
    pattern.check(written)


@pytest.mark.parametrize("name", ["measure", "judge", "figures"])
def test_a_missing_file_is_named(written: Claim, folder: Path, name: str) -> None:
    (folder / f"{name}.py").unlink()
    assert complaint(written) == f"claim {NAME}: there is no {CODE}/{name}.py"


def test_a_missing_folder_is_said_in_one_line(written: Claim, folder: Path) -> None:
    shutil.rmtree(folder)
    assert complaint(written) == f"claim {NAME}: " + "; ".join(
        f"there is no {CODE}/{name}.py" for name in ("measure", "judge", "figures")
    )


def test_a_figure_without_a_function_is_named(written: Claim, folder: Path) -> None:
    figure = next(iter(written.text["figures"]))
    function = pattern.function_of(figure)
    substitute(folder / "figures.py", f"def {function}(", "def another(")
    assert complaint(written) == f"claim {NAME}: {CODE}/figures.py has no function {function}"


def test_a_task_without_a_function_is_named(written: Claim, folder: Path) -> None:
    task = written.parts[0].task
    substitute(folder / "measure.py", f"def {task}(", "def another(")
    assert complaint(written) == f"claim {NAME}: {CODE}/measure.py has no function {task}"


def test_a_claim_of_trainings_alone_needs_no_measure(written: Claim, folder: Path) -> None:
    (folder / "measure.py").unlink()
    trained = tuple(replace(part, task=pattern.TRAIN) for part in written.parts)
    pattern.check(replace(written, parts=trained))


def test_a_check_that_judge_does_not_name_is_named(written: Claim, folder: Path) -> None:
    check = next(iter(written.checks))
    checks = {**written.checks, "forgotten": written.checks[check]}
    criterion = {**written.text["criterion"], "checks": checks}
    assert complaint(rewritten(written, criterion=criterion)) == (
        f"claim {NAME}: {CODE}/judge.py estimates nothing for the check forgotten"
    )


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_missing_language_is_named(written: Claim, folder: Path, language: str) -> None:
    title = {each: text for each, text in written.text["title"].items() if each != language}
    assert complaint(rewritten(written, title=title)) == (f"claim {NAME}: title lacks {language}")


def test_a_caption_and_a_check_need_both_languages(written: Claim, folder: Path) -> None:
    figure, check = next(iter(written.text["figures"])), next(iter(written.checks))
    figures = {**written.text["figures"], figure: "one text"}
    checks = {**written.checks, check: {**written.checks[check], "says": {"es": "sí"}}}
    criterion = {**written.text["criterion"], "checks": checks}
    assert complaint(rewritten(written, figures=figures, criterion=criterion)) == (
        f"claim {NAME}: figures.{figure} lacks es and en; check {check}: 'says' needs es and en"
    )


def test_a_syntax_error_is_said_with_its_line(written: Claim, folder: Path) -> None:
    (folder / "judge.py").write_text('"""Judge."""\n\ndef judge(results:\n', encoding="utf-8")
    [problem] = pattern.problems(written)
    assert problem.startswith(f"{CODE}/judge.py, line 3: ")
    assert complaint(written) == f"claim {NAME}: {problem}"


def test_nothing_is_imported(written: Claim, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, written.package, raising=False)
    for name in ("measure", "judge", "figures"):
        monkeypatch.delitem(sys.modules, f"{written.package}.{name}", raising=False)
        file = folder / f"{name}.py"
        file.write_text(file.read_text(encoding="utf-8") + "\nraise RuntimeError\n", "utf-8")
    pattern.check(written)
    assert not [name for name in sys.modules if name.startswith(written.package)]
