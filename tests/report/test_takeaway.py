from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.record import Finding
from deepclaims.report import checks, summary, takeaway
from deepclaims.report.drawn import Plot, Series, Shown
from deepclaims.report.words import Words

CLAIMS = sorted((Path(__file__).parents[2] / "conf/claim").glob("*/[!_]*.yaml"))


def told(record, language="en"):
    return takeaway.takeaway(record, Words(language)).replace("\u00a0", " ")


def finding(says, outcome=True, **changes):
    estimate = Estimate(0.0213, 0.0131, 0.0295, 5, "t, paired")
    return replace(
        Finding("gain", "claim", "above", 0.0, says, estimate, outcome, 0.01, says), **changes
    )


@pytest.mark.parametrize(
    ("verdict", "start"),
    [
        ("supported", "Holds: gain is true (0.0213 [0.0131, 0.0295])."),
        ("corrected", "Not as printed: "),
        ("refuted", "Does not hold: "),
        ("inconclusive", "Undecided"),
    ],
)
def test_a_takeaway_says_the_ruling_and_the_number(record, verdict, start):
    assert told(record("one", "approximation", verdict)).startswith(start)


def test_what_is_undecided_says_why_and_names_no_doubt_that_nobody_has(record):
    made = record("one", "approximation", "inconclusive")
    (own,) = made.sentences
    failing = tuple(replace(each, outcome=False) for each in made.findings if each.role == "claim")
    many = {"en": "alone it would be refuted, but not among 200 sentences", "es": "entre tantas no"}
    clear = replace(made, findings=failing, sentences=(replace(own, doubt=None, reason=many),))
    assert told(clear) == "Undecided: alone it would be refuted, but not among 200 sentences."
    doubt = {"en": "the hat may be missing", "es": "puede faltar el sombrero"}
    doubtful = replace(clear, sentences=(replace(own, doubt=doubt, reason=many),))
    assert told(doubtful).startswith(
        "Undecided, because the transcription of the slide is doubtful"
    )


def test_a_study_beside_a_sentence_has_no_part_in_what_came_out(record):
    made = record("one", "approximation", "supported")
    (own,) = made.sentences
    own = replace(own, id="L1.s1.1")
    beside = replace(own, id="study", ruling="corrected")
    assert told(replace(made, sentences=(own, beside))) == told(replace(made, sentences=(own,)))
    assert told(replace(made, sentences=(beside,))) != told(made)


def test_a_correction_says_what_to_say_instead(record):
    text = told(record("two", "approximation", "corrected"))
    assert "(1.210 [1.150, 1.270])" in text
    assert text.endswith("Say instead: Corrected version.")


def test_several_sentences_are_counted(record):
    made = record("one", "approximation", "supported")
    (own,) = made.sentences
    both = replace(made, sentences=(own, replace(own, id="L1.s2.4")))
    assert told(both).startswith("Both sentences hold. Gain is true")
    mixed = replace(made, verdict="refuted", sentences=(replace(own, ruling="refuted"), own))
    assert told(mixed).startswith("Of 2 sentences, 1 does not hold and 1 holds. Does not hold")
    assert told(mixed, "es").startswith("De 2 oraciones, 1 no se sostiene y 1 se sostiene. ")


def test_a_headline_has_no_tally_and_does_not_repeat_the_verdict(record):
    made = record("one", "approximation", "supported")
    (own,) = made.sentences
    both = replace(made, sentences=(own, replace(own, id="L1.s2.4")))
    assert takeaway.headline(both, Words("en")).startswith("Gain is true (0.0213 [")
    corrected = takeaway.headline(record("two", "approximation", "corrected"), Words("en"))
    assert corrected.startswith("Not as printed: ")
    assert "Say instead" not in corrected


@pytest.mark.parametrize("says", ["σ(z) < 1", "g(z) grows", "w* is unique", "α shrinks it", "x² y"])
def test_a_symbol_keeps_its_case_where_a_sentence_begins(record, says):
    made = record("one", "approximation", "supported")
    (first, *_) = made.findings
    text = {"es": says, "en": says}
    changed = replace(made, findings=(replace(first, says=text, fails={}),))
    assert takeaway.headline(changed, Words("en")).startswith(says)


def test_an_exact_number_is_told_only_where_it_is_said_what_it_is():
    made = finding({"es": "coinciden", "en": "they agree"})
    exact = replace(made, estimate=Estimate(2e-16, 2e-16, 2e-16, 9, "exact"))
    plain = SimpleNamespace(claim={})
    assert takeaway.told(plain, exact, Words("en")) == "they agree"
    assert takeaway.told(plain, made, Words("en")).startswith("they agree (0.0213 [")
    known = SimpleNamespace(claim={"quantities": {"gain": {"es": "brecha", "en": "gap"}}})
    assert takeaway.told(known, exact, Words("en")).startswith("they agree (gap: 2")


def test_a_number_goes_into_the_parentheses_that_are_there():
    plain = SimpleNamespace(claim={})
    aside = finding({"es": "tarda más (en MNIST)", "en": "it takes longer (on MNIST)"})
    assert "longer (on MNIST; 0.0213 [" in takeaway.told(plain, aside, Words("en"))
    factor = finding({"es": "menos que α/(2c)", "en": "less than α/(2c)"})
    assert "less than α/(2c) (0.0213 [" in takeaway.told(plain, factor, Words("en"))


def test_the_number_has_the_unit_that_the_check_says(record):
    says = {
        "es": "dropout baja el error de test (puntos porcentuales)",
        "en": "dropout lowers the test error (percentage points)",
    }
    made = record("one", "approximation", "supported", findings=(finding(says),))
    text = told(made, "es")
    number = "0,0213 puntos porcentuales [0,0131; 0,0295]"
    assert text == f"Se sostiene: dropout baja el error de test ({number})."


def test_a_share_is_told_in_per_cent_with_its_noun(record):
    says = {"es": "apaga unidades (proporción, la mayor)", "en": "kills units (share, the largest)"}
    made = record("one", "approximation", "supported", findings=(finding(says),))
    assert "(share, the largest: 2.13 % [1.31, 2.95])" in told(made)


def test_what_is_in_parentheses_and_no_quantity_stays(record):
    says = {"es": "baja menos de la mitad (la peor ley)", "en": "falls by half (the worst law)"}
    assert checks.quantity(record("one", "a", "supported"), finding(says)) == checks.NONE


def test_the_limits_name_what_is_open_and_where_nobody_looked(record):
    made = record("one", "approximation", "supported")
    says = {"es": "queda", "en": "it stays"}
    lines = takeaway.limits(replace(made, findings=(finding(says, outcome=None),)), Words("en"))
    assert "It is left open whether this holds: it stays." in lines
    assert lines[0].startswith("It is decided on MNIST")
    assert "As it stands it was not looked at on Fashion-MNIST." in lines


def test_the_limits_count_the_seeds_that_report(record):
    made = replace(record("one", "approximation", "supported"), seeds=(10, 11, 12, 20, 21))
    tuned = {"tune": {"seeds": {"first": 10, "count": 3}}}
    claim = {**made.claim, "parts": {"a": tuned, "b": {}}}
    assert "2 seeds" in takeaway.limits(replace(made, claim=claim), Words("en"))[0]
    assert "5 seeds" in takeaway.limits(made, Words("en"))[0]


def test_the_limits_count_no_seeds_of_parts_without_data(record):
    made = replace(record("one", "approximation", "supported"), seeds=tuple(range(10, 18)))
    parts = {"net": {}, "line": {"data": [], "seeds": {"first": 10, "count": 8}}}
    claim = {**made.claim, "parts": parts, "seeds": {"first": 10, "count": 3}}
    assert "3 seeds" in takeaway.limits(replace(made, claim=claim), Words("en"))[0]


def test_the_deciding_figure_is_that_which_shows_the_number(record):
    made = record("one", "approximation", "supported")
    first, second = (replace(made.figures[0], name=name) for name in ("first", "second"))
    made = replace(made, figures=(first, second))
    shows = Plot((Shown("", "", "", (Series("", (1.0,), (2.13,)),)),))
    nothing = Plot((Shown("", "", "", (Series("", (1.0,), (2.2,)),)),))
    assert takeaway.deciding_figure(made, [(first, nothing), (second, shows)]) == second
    assert takeaway.deciding_figure(made, [(first, nothing), (second, nothing)]) == first
    named = replace(made, claim={**made.claim, "deciding": "second"})
    assert takeaway.deciding_figure(named, []) == second
    assert takeaway.deciding_figure(replace(made, figures=()), []) is None


@pytest.mark.parametrize("file", CLAIMS, ids=lambda file: file.stem)
def test_what_a_claim_says_of_its_numbers_and_figures_is_of_it(file):
    written = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert set(written.get("quantities") or {}) <= set(written["criterion"]["checks"])
    assert written.get("deciding") in (None, *written["figures"])


@pytest.mark.parametrize(
    ("relation", "value", "bound", "en", "es"),
    [
        ("below", 1.0, 1.000000001, "at most 1", "a lo sumo 1"),
        ("above", 0.25, 0.249999999999, "at least 0.25", "al menos 0,25"),
        ("above", 0.26, 0.25, "above 0.25", "mayor que 0,25"),
    ],
)
def test_what_is_required_is_true_as_it_is_printed(relation, value, bound, en, es):
    exact = finding(
        "", relation=relation, bound=bound, estimate=Estimate(value, value, value, 1, "")
    )
    assert checks.required(exact, Words("en")) == en
    assert checks.required(exact, Words("es")) == es


def test_studies_are_no_sentences_of_slides(record):
    made = record("one", "approximation", "supported")
    beside = replace(made, sentences=(*made.sentences, replace(made.sentences[0], id="study")))
    assert sum(summary.sentences([beside]).values()) == 2
    assert sum(summary.sentences([beside], studies=False).values()) == 1


PERCENTAGE = {"es": "puntos porcentuales", "en": "percentage points"}


@pytest.mark.parametrize(
    ("language", "unit", "number", "text"),
    [
        ("es", "points", "1", "\u00a0punto"),
        ("en", "points", "−1", "\u00a0point"),
        ("es", "points", "1,5", "\u00a0puntos"),
        ("es", PERCENTAGE, "1", "\u00a0punto porcentual"),
        ("en", PERCENTAGE, "1", "\u00a0percentage point"),
        ("en", "", "1", ""),
    ],
)
def test_one_point_is_not_points(language, unit, number, text):
    assert checks.Quantity(unit=unit).in_words(Words(language), number) == text


def test_a_claim_may_say_first_what_it_does_not_show(record):
    made = record("one", "approximation", "supported")
    own = {"es": "Todo es con una sola entrada", "en": "All is with a single input"}
    made = replace(made, claim={**made.claim, "limits": [own]})
    assert takeaway.limits(made, Words("es"))[0] == "Todo es con una sola entrada."
    assert len(takeaway.limits(made, Words("en"))) > 1
