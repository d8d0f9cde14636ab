"""The inventory's quotations against the text of the decks, where that is at hand.

`DEEPCLAIMS_LECTURES` names a folder with the two decks as text files of Markdown and LaTeX.
"""

import os
import re
import unicodedata
from pathlib import Path

import pytest

from deepclaims.lectures.reading import load

CHECKOUT = Path(__file__).resolve().parents[2]
LECTURES = load(CHECKOUT / "conf")
GREEK = {r"\alpha": "α", r"\sigma": "σ"}
SAME = {"“": '"', "”": '"', "‘": "'", "’": "'", r"\_": "_", r"\*": "*", "**": "", "$": "", "✓": ""}
OTHER_READINGS = (
    # A slide's first steps, whose last one the inventory has.
    r"\underbrace{\frac{\partialL}{\partial\hat{y}}}_{\downarrow\delta}",
    r"\cdot\frac{\partialf_3}{\partialx_3}}_{\downarrow\delta}",
    r"\frac{\partialL}{\partialW_1}=\frac{\partialL}{\partial\hat{y}}\cdot",
    r"\right|_{w=W_t}\right\|^2\Big|W_t=w",
    r"\begin{matrix}h_1\\h_2",
)


def normal(text):
    """Text without whitespace and marks of Markdown; one form of quotes and Greek letters."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"\\quad|\\text\{([^{}]*)\}", lambda found: found[1] or "", text)
    text = re.sub(r"(\\[a-z]+)(?![a-z])", lambda found: GREEK.get(found[1], found[1]), text)
    for written, other in SAME.items():
        text = text.replace(written, other)
    return re.sub(r"\s+|```|`", "", text)


def occurs(quotation, deck):
    """Whether a quotation occurs: in one piece, or all its lines, one after the other."""
    if normal(quotation) in deck:
        return True
    at = 0
    for line in filter(None, map(normal, quotation.splitlines())):
        at = deck.find(line, at)
        if at < 0:
            return False
        at += len(line)
    return "\n" in quotation


def lines(text):
    """The lines of a deck's text in normal form, without bullets, hashes and editors' numbers."""
    mark = re.compile(r"^\s*(- |#+ |\d+ (?=    |def |import )|\d+ *\|?$)")
    bare = (normal(mark.sub("", line)).strip("=.|") for line in text.splitlines())
    return [line for line in bare if line]


@pytest.fixture(scope="module")
def texts():
    """The text of each deck by its id."""
    named = os.environ.get("DEEPCLAIMS_LECTURES", "")
    if not named or not Path(named).is_dir():
        pytest.skip("needs the decks' text: set DEEPCLAIMS_LECTURES to a folder that has it")
    files = [file.read_text(encoding="utf-8") for file in sorted(Path(named).glob("*.txt"))]
    found = {
        deck.id: text
        for deck in LECTURES.decks
        for text in files
        if text.strip().strip("# ").startswith(deck.title)
    }
    assert set(found) == {deck.id for deck in LECTURES.decks}
    return found


@pytest.fixture(scope="module")
def decks(texts):
    """The same in normal form."""
    return {name: normal(text) for name, text in texts.items()}


@pytest.mark.parametrize("item", LECTURES.items, ids=lambda item: item.id)
def test_what_is_quoted_occurs(item, decks):
    deck = decks[item.id.split(".")[0]]
    assert all(occurs(part, deck) for part in (item.text, item.code, item.latex) if part)


@pytest.mark.parametrize("deck", LECTURES.decks, ids=lambda deck: deck.id)
def test_titles_and_sections_occur(deck, decks):
    named = [part for slide in deck.slides for part in (slide.title, slide.section) if part]
    assert [part for part in named if not occurs(part, decks[deck.id])] == []


@pytest.mark.parametrize("deck", LECTURES.decks, ids=lambda deck: deck.id)
def test_no_line_of_a_deck_is_left_out(deck, texts):
    titles = "".join(slide.title for slide in deck.slides)
    items = "".join(item.text + item.code + item.displayed for item in deck.items)
    before = "".join(item.displayed + item.text for item in deck.items)
    quoted = normal(titles + items + before)
    left = [
        line
        for line in lines(texts[deck.id])
        if line not in quoted and not any(part in line for part in OTHER_READINGS)
    ]
    assert left == []


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("La σ² es\ngrande", True),
        (r"con $\alpha = 2$, siempre", True),
        ("con α = 3, siempre", False),
        ("grande\nLa σ² es", False),
        ("x = 1\nreturn x", True),
        ("x = 1\nreturn y", False),
    ],
)
def test_a_quotation_that_is_not_there_is_noticed(quotation, found):
    deck = normal(
        "La σ² es  grande. Con otra,\n- **con** α = 2, siempre\n```\nx = 1\n# x\nreturn x"
    )
    assert occurs(quotation, deck) is found
