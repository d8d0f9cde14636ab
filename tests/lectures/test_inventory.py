"""The inventory of the two decks as it stands, and how it is counted and searched."""

import pytest

from deepclaims.claims import claim as catalogue
from deepclaims.errors import ConfigError
from deepclaims.evidence.sentence import STUDY
from deepclaims.lectures.deck import Deck, Sentence, Slide, Untested
from deepclaims.lectures.inventory import Lectures, count
from deepclaims.lectures.reading import load

WHY = {"es": "no", "en": "no"}


@pytest.fixture(scope="module")
def lectures(checkout):
    return load(checkout / "conf")


@pytest.fixture(scope="module")
def written(checkout):
    """The ids of the claims that are written."""
    return [name.split("/")[1] for name in catalogue.catalogue(checkout / "conf")]


def test_every_slide_and_item_is_there(lectures):
    assert [(deck.id, len(deck.slides), len(deck.items)) for deck in lectures.decks] == [
        ("L1", 66, 331),
        ("L2", 25, 91),
    ]
    assert len(lectures.items) == 422
    assert len(lectures.sentences) == 227


def test_slides_are_numbered_without_a_gap(lectures):
    for deck in lectures.decks:
        expected = [f"{deck.id}.s{number}" for number in range(1, len(deck.slides) + 1)]
        assert [slide.id for slide in deck.slides] == expected


def test_every_sentence_has_claims_or_a_reason(lectures, written):
    counted = count(lectures.items, written)
    assert (counted.items, counted.measurable) == (422, 227)
    reasons = [each for each in lectures.sentences if each.untested]
    assert counted.untested == len(reasons)
    assert all(each.untested.why["es"] and each.untested.why["en"] for each in reasons)


def test_inventory_and_claims_name_each_other(lectures, checkout):
    """A claim registers its sentences, and the inventory says of each which claims test it."""
    for name in catalogue.catalogue(checkout / "conf"):
        claim = name.split("/")[1]
        registered = set(catalogue.read(checkout / "conf", name).get("sentences") or {})
        if claim in lectures.claims:  # and not somebody's own
            told = {each.id for each in lectures.tested_by(claim)}
            assert registered - {STUDY} == told, name
            assert bool(told) != (claim in lectures.studies), name


def test_no_claim_that_is_written_is_still_proposed(lectures, written):
    assert not set(lectures.proposed) & set(written)


def test_the_studies_are_those_that_no_sentence_says(lectures):
    assert lectures.studies == {
        "classical-bias-variance",
        "double-descent-width",
        "double-descent-epochs",
        "double-descent-samples",
        "width-keeps-helping",
        "lenet-on-mnist",
        "ecg-inter-patient",
        "optimizer-forms",
    }


def test_a_claim_names_a_slide_of_its_sentences(lectures, checkout):
    """`source.slide` of a claim's file and the inventory were written apart."""
    slides = [slide for deck in lectures.decks for slide in deck.slides]
    for name in catalogue.catalogue(checkout / "conf"):
        claim, source = name.split("/")[1], catalogue.read(checkout / "conf", name)["source"]
        if claim in lectures.studies or claim not in lectures.claims:
            continue
        own = [each for each in slides if any(claim in item.claims for item in each.items)]
        if claim in lectures.studies and not own:
            continue
        words = {each.title for each in own} | {item.text for each in own for item in each.items}
        assert any(text in source["slide"] for text in words if text), name
        assert source["lecture"] in {each.id.split(".")[0] for each in own}, name


@pytest.mark.parametrize("doubtful", ["L1.s18.1", "L1.s28.2", "L1.s59.2", "L2.s24.1"])
def test_what_may_be_the_readers_is_doubtful(lectures, doubtful):
    assert lectures.sentence(doubtful).doubtful


def test_dollars_and_braces_close(lectures):
    for item in lectures.items:
        assert (item.text.count("$") + item.en.count("$")) % 2 == 0, item.id
        braces = item.latex.replace(r"\{", "").replace(r"\}", "")
        assert braces.count("{") == braces.count("}"), item.id


def made(*items):
    slide = Slide("L1.s1", "Pasos", "", items)
    return Lectures((Deck("L1", "Redes", "", "Taller", (slide,)),), {}, {})


TESTED = Sentence("L1.s1.1", "claim", text="a", en="a", claims=("old", "new"))
PLANNED = Sentence("L1.s1.2", "formula", latex="a", en="a", claims=("new",), doubt=WHY)
OPEN = Sentence("L1.s1.3", "procedure", text="a", en="a", untested=Untested(("new",), WHY))
HEADING = Sentence("L1.s1.4", "heading", text="a", claims=("old",), doubt=WHY)


def test_counting():
    counted = count([TESTED, PLANNED, OPEN, HEADING], written=["old"])
    assert (counted.items, counted.measurable, counted.doubtful) == (4, 3, 1)
    assert (counted.tested, counted.planned, counted.untested) == (1, 1, 1)
    assert count([TESTED, PLANNED], written=["new"]).tested == 2
    assert count([], written=["old"]).measurable == 0


def test_what_a_claim_tests_is_measurable():
    lectures = made(TESTED, PLANNED, OPEN, HEADING)
    assert lectures.tested_by("old") == (TESTED,)
    assert lectures.tested_by("new") == (TESTED, PLANNED)
    assert lectures.tested_by("none") == ()


def test_looking_up():
    lectures = made(TESTED, HEADING)
    assert lectures.sentence("L1.s1.4") is HEADING
    assert lectures.slide("L1.s1").items == (TESTED, HEADING)
    assert lectures.deck("L1").title == "Redes"
    with pytest.raises(ConfigError, match=r"no sentence 'L1\.s1\.5'; close to it: L1\.s1\."):
        lectures.sentence("L1.s1.5")
    with pytest.raises(ConfigError, match="no deck 'XX'; `deepclaims slides` lists"):
        lectures.deck("XX")


@pytest.mark.parametrize(
    ("item", "quoted"),
    [
        ({"text": "Sea $a = b$, luego", "latex": "a = b"}, "Sea $a = b$, luego"),
        ({"text": "Cota:", "latex": "a < b"}, "Cota: $a < b$"),
        ({"latex": "a < b"}, "$a < b$"),
        ({"code": "x = 1"}, "x = 1"),
    ],
)
def test_a_quotation_shows_its_formula_once(item, quoted):
    assert Sentence("L1.s1.1", "formula", **item).quotation == quoted
