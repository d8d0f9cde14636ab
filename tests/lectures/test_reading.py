"""What an inventory must be like, on one of two slides and three claims."""

import json

import pytest
import yaml

from deepclaims.errors import ConfigError
from deepclaims.lectures.reading import load

BOTH = {"es": "porque sí", "en": "because"}
DECK = {
    "id": "L1",
    "title": "Redes",
    "author": "",
    "course": "Taller",
    "slides": [
        {
            "id": "L1.s1",
            "title": "Pasos",
            "section": "",
            "steps": 2,
            "items": [
                {
                    "id": "L1.s1.1",
                    "kind": "claim",
                    "text": "Es más liviano.",
                    "en": "It is lighter.",
                    "transcription": "sure",
                    "claims": ["cheap"],
                },
                {
                    "id": "L1.s1.1a",
                    "kind": "formula",
                    "text": "Luego:",
                    "latex": "a = b",
                    "en": "Then:",
                    "transcription": "doubtful",
                    "doubt": BOTH,
                    "untested": {"to": ["new", "cheap"], "why": BOTH},
                },
                {"id": "L1.s1.2", "kind": "figure", "note": "lost"},
            ],
        },
        {
            "id": "L1.s2",
            "title": "",
            "section": "Pasos",
            "items": [{"id": "L1.s2.1", "kind": "opinion", "text": "Se usa.", "note": "a habit"}],
        },
    ],
}
CLAIMS = {
    "claims": {
        "cheap": {"degree": "detail", "beyond": BOTH},
        "alone": {"degree": "study", "beyond": BOTH},
    },
    "proposed": {"new": {"needs": "arithmetic", "how": "add up"}},
}


def written(conf, deck=DECK, claims=CLAIMS, name="L1"):
    folder = conf / "lectures"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(deck, sort_keys=False), encoding="utf-8")
    (folder / "claims.yaml").write_text(yaml.safe_dump(claims, sort_keys=False), encoding="utf-8")
    return conf


def changed(where, steps, value):
    """A copy of `where` with the value at the end of some steps; without it if None."""
    copied = json.loads(json.dumps(where))  # nothing of it shared
    node = copied
    for step in steps[:-1]:
        node = node[step]
    if value is None:
        del node[steps[-1]]
    else:
        node[steps[-1]] = value
    return copied


def test_everything_is_read(tmp_path):
    lectures = load(written(tmp_path))
    (deck,) = lectures.decks
    assert (deck.id, deck.title, deck.author, deck.course) == ("L1", "Redes", "", "Taller")
    first, second = deck.slides
    assert (first.id, first.steps, second.steps, second.section) == ("L1.s1", 2, 1, "Pasos")
    claim, formula, figure = first.items
    assert (claim.text, claim.en, claim.claims) == ("Es más liviano.", "It is lighter.", ("cheap",))
    assert not claim.doubtful
    assert formula.doubt == BOTH
    assert formula.untested.to == ("new", "cheap")
    assert formula.untested.why == BOTH
    assert not figure.measurable
    assert first.sentences == (claim, formula)
    assert lectures.studies == {"alone"}
    assert lectures.proposed["new"].needs == "arithmetic"
    assert lectures.claims["cheap"].beyond == BOTH


def test_an_item_added_changes_no_other_id(tmp_path):
    items = DECK["slides"][0]["items"]
    added = changed(DECK, ("slides", 0, "items"), [{**items[0], "id": "L1.s1.9"}, *items])
    before, after = load(written(tmp_path)), load(written(tmp_path, added))
    assert all(after.sentence(item.id) == item for item in before.items)
    assert len(after.items) == len(before.items) + 1


ITEM = ("slides", 0, "items", 0)
OTHER = ("slides", 0, "items", 1)


@pytest.mark.parametrize(
    ("steps", "value", "said"),
    [
        (("author",), None, "L1.yaml: lacks author"),
        (("year",), 2024, "L1.yaml: does not know year; known: id, title"),
        (("id",), "L2", "L1.yaml: its id is 'L2', not 'L1'"),
        (("slides",), {}, "L1.yaml: slides is no list"),
        (("slides", 0, "id"), "L2.s1", "L1.yaml, L2.s1: an id here is like L1.s1"),
        (("slides", 0, "id"), None, "L1.yaml: something without an id"),
        (("slides", 0, "steps"), 0, "L1.yaml, L1.s1: steps is a whole number from 1, not '0'"),
        (("slides", 0, "steps"), "two", "L1.yaml, L1.s1: steps is a whole number"),
        (("slides", 1, "id"), "L1.s1", "L1.yaml, L1.s2.1: an id here is like L1.s1.1"),
        ((*ITEM, "id"), "L1.s2.1", "L1.yaml, L1.s2.1: an id here is like L1.s1.1"),
        ((*ITEM, "id"), "L1.s1.2", "L1.yaml, L1.s1.2: the id is used twice"),
        ((*ITEM, "id"), "L1.s1.0", "L1.yaml, L1.s1.0: an id here is like L1.s1.1"),
        ((*ITEM, "colour"), "red", "L1.yaml, L1.s1.1: does not know colour; known: id, kind"),
        ((*ITEM, "kind"), "joke", "L1.yaml, L1.s1.1: no kind 'joke'; known: claim, formula"),
        ((*ITEM, "kind"), None, "L1.yaml, L1.s1.1: lacks kind"),
        ((*ITEM, "en"), None, "L1.yaml, L1.s1.1: a claim needs a translation, en"),
        ((*ITEM, "en"), "", "L1.yaml, L1.s1.1: a claim needs a translation, en"),
        ((*ITEM, "text"), None, "L1.yaml, L1.s1.1: needs a text, latex or code"),
        ((*ITEM, "text"), 3, "L1.yaml, L1.s1.1: text is no text: 3"),
        ((*ITEM, "code"), "x = 1", "L1.yaml, L1.s1.1: text or code, not both"),
        ((*ITEM, "transcription"), None, "L1.yaml, L1.s1.1: lacks transcription: sure or doubtful"),
        ((*ITEM, "transcription"), "good", "L1.yaml, L1.s1.1: no transcription 'good'"),
        ((*ITEM, "transcription"), "doubtful", "L1.yaml, L1.s1.1: a doubtful transcription, and"),
        ((*ITEM, "doubt"), BOTH, "L1.yaml, L1.s1.1: a doubtful transcription, and no other"),
        ((*ITEM, "claims"), [], "L1.yaml, L1.s1.1: needs the claims that test it, or untested"),
        ((*ITEM, "claims"), "cheap", "L1.yaml, L1.s1.1: claims is no list"),
        ((*ITEM, "claims"), ["dear"], "L1.yaml, L1.s1.1: claims.yaml has no claim 'dear'"),
        ((*OTHER, "claims"), ["cheap"], "L1.yaml, L1.s1.1a: needs the claims that test it, or unt"),
        ((*OTHER, "doubt", "es"), None, "L1.yaml, L1.s1.1a, doubt: lacks es"),
        ((*OTHER, "untested"), None, "L1.yaml, L1.s1.1a: needs the claims that test it, or unte"),
        ((*OTHER, "untested", "why"), None, "L1.yaml, L1.s1.1a, untested: lacks why"),
        ((*OTHER, "untested", "to"), [], "L1.yaml, L1.s1.1a, untested: names no claim"),
        (
            (*OTHER, "untested", "to"),
            ["none"],
            "L1.yaml, L1.s1.1a: claims.yaml has no claim 'n",
        ),
        (("slides", 0, "items", 2, "note"), None, "L1.yaml, L1.s1.2: a figure needs a note"),
        (("slides", 1, "items", 0, "note"), None, "L1.yaml, L1.s2.1: an opinion needs a note"),
        (
            ("slides", 1, "items", 0, "untested"),
            {"to": ["new"], "why": BOTH},
            "L1.yaml, L1.s2.1: a opinion cannot be untested: it is not measurable",
        ),
    ],
)
def test_a_deck_that_does_not_fit_is_refused_by_name_and_id(tmp_path, steps, value, said):
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, changed(DECK, steps, value)))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("steps", "value", "said"),
    [
        (("claims", "cheap", "degree"), "much", "claims.yaml, cheap: no degree 'much'; known: stu"),
        (("claims", "cheap", "beyond", "en"), None, "claims.yaml, cheap, beyond: lacks en"),
        (("claims", "alone", "degree"), "detail", "claims.yaml, alone: tests no sentence, and is"),
        (("claims", "new"), {"degree": "study", "beyond": BOTH}, "claims.yaml, new: is proposed, "),
        (("proposed", "new", "needs"), "luck", "claims.yaml, new: no needs 'luck'; known: arithm"),
        (
            ("proposed", "more"),
            {"needs": "timing", "how": "x"},
            "claims.yaml, more: is proposed, ",
        ),
        (("more",), {}, "claims.yaml: does not know more; known: claims, proposed"),
        (("claims",), None, "claims.yaml: lacks claims"),
    ],
)
def test_claims_that_do_not_fit_are_refused_by_name(tmp_path, steps, value, said):
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, claims=changed(CLAIMS, steps, value)))
    assert str(refused.value).startswith(said)


def test_an_id_of_another_deck_is_used_by_none(tmp_path):
    written(tmp_path, name="L2")
    with pytest.raises(ConfigError, match=r"L2\.yaml: its id is 'L1', not 'L2'"):
        load(tmp_path)


def test_no_decks_no_claims_and_no_yaml(tmp_path):
    with pytest.raises(ConfigError, match="there is no deck in"):
        load(tmp_path)
    conf = written(tmp_path)
    (conf / "lectures" / "claims.yaml").unlink()
    with pytest.raises(ConfigError, match=r"claims\.yaml cannot be read"):
        load(conf)
    (conf / "lectures" / "claims.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"claims\.yaml is not valid YAML"):
        load(conf)
