import re
from pathlib import Path
from string import Formatter

import pytest

from deepclaims.claims.claim import CHAPTERS
from deepclaims.evidence.record import RELATIONS, ROLES, VERDICTS
from deepclaims.languages import LANGUAGES
from deepclaims.report import words as module
from deepclaims.report.words import Words, table

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
    code = "".join(file.read_text() for file in TEMPLATES.glob("*.html"))
    code += "".join(file.read_text() for file in TEMPLATES.parent.glob("*.py"))
    prefixes = re.findall(r'"(\w+_)" ~', code)
    assert "chapter_" in prefixes
    verdicts = ("supported", "corrected", "refuted", "inconclusive")
    idle = [
        key
        for key in table()
        if not re.search(rf"\b{key}\b", code) and not key.startswith((*prefixes, *verdicts))
    ]
    assert not idle


def test_chapters_verdicts_roles_and_relations_all_have_a_name():
    keys = [f"chapter_{chapter}" for chapter in CHAPTERS]
    keys += [f"role_{role}" for role in ROLES] + [*RELATIONS]
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
