import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from deepclaims.evidence.record import RELATIONS, ROLES, VERDICTS
from deepclaims.languages import LANGUAGES
from deepclaims.report import words as module
from deepclaims.report.words import TABLES, Words, table

TEMPLATES = Path(module.__file__).parent / "templates"


def test_every_text_is_there_in_both_languages_with_the_same_gaps():
    for key, texts in table().items():
        assert set(texts) == set(LANGUAGES), key
        gaps = [
            {name for _, name, *_ in Formatter().parse(text) if name} for text in texts.values()
        ]
        assert gaps[0] == gaps[1], key


def test_no_text_is_idle():
    """Texts are asked for by name, or by a name made of a prefix and a known word."""
    code = "".join(f.read_text() for end in ("html", "typ") for f in TEMPLATES.rglob(f"*.{end}"))
    code += "".join(file.read_text() for file in TEMPLATES.parent.rglob("*.py"))
    prefixes = re.findall(r'"(\w+_)" ~|f"(\w+_)\{', code)
    prefixes = [one or other for one, other in prefixes]
    assert "role_" in prefixes
    verdicts = ("supported", "corrected", "refuted", "inconclusive")
    idle = [
        key
        for key in table()
        if not re.search(rf"\b{key}\b", code) and not key.startswith((*prefixes, *verdicts))
    ]
    assert not idle


def test_verdicts_roles_and_relations_all_have_a_name():
    keys = [f"role_{role}" for role in ROLES] + [*RELATIONS]
    keys += [f"{verdict}{form}" for verdict in VERDICTS for form in ("", "_many", "_means")]
    assert not [key for key in keys if key not in table()]


def test_no_text_hides_behind_a_method():
    assert not [key for key in table() if key in dir(Words) or key == "language"]


def test_a_text_that_does_not_exist_is_refused():
    with pytest.raises(AttributeError, match="no text 'weather'"):
        _ = Words("es").weather
    with pytest.raises(ValueError, match="is not one of es, en"):
        Words("fr")


def test_methods_are_named_in_the_language():
    assert Words("es").interval_method("t, paired") == "t de Student, apareado"
    assert Words("en").interval_method("t, paired") == "t, paired"
    assert Words("es").interval_method("Newcombe") == "Newcombe"


def test_every_method_that_can_be_estimated_has_a_spanish_name():
    package = TEMPLATES.parents[1]
    files = [*(package / "evidence").glob("*.py"), *(package / "claims").rglob("*.py")]
    methods = {each for file in files for each in _methods(ast.parse(file.read_text()))}
    assert {"Welch's t", "studentised bootstrap"} <= methods
    assert not methods - set(module.METHODS_ES)


def _methods(tree):
    """Texts that name an interval's method: arguments of what makes estimates, and `method = …`."""
    places = {"undecided": 0, "_student": 1, "of": 3, "Estimate": 4}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "method":
            yield from _texts(node.value)
        elif isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", "") or getattr(called, "id", "")
            if name == "of" and getattr(getattr(called, "value", None), "id", "") != "Estimate":
                continue
            if name in places and len(node.args) > places[name]:
                yield from _texts(node.args[places[name]])


def _texts(node):
    """The texts an expression may be, its condition left out."""
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_no_key_stands_in_two_files():
    keys = [key for name in TABLES for key in tomllib.loads((TEMPLATES / name).read_text())]
    assert len(keys) == len(set(keys))
