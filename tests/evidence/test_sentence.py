import pytest

from deepclaims.errors import ClaimError
from deepclaims.evidence.check import Check, findings
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.sentence import Reading, Ruling, Sentence, belonging, ruled, sentences_of

BOTH = {"es": "otra", "en": "another"}


def check(role, **more):
    fails = {"es": f"{role} falla", "en": f"{role} fails"}
    says = {"es": f"{role} vale", "en": f"{role} is so"}
    return {"role": role, "relation": "above", "bound": 0.0, "says": says, "fails": fails, **more}


def rule(sentence, **measured):
    """The ruling on one sentence of checks named by their roles."""
    found = findings({role: check(role) for role in measured}, measured)
    (only,) = ruled([Sentence.of("L1.s1.1", sentence)], found)
    return only


LITERAL = {"reading": "literal"}
MENDED = LITERAL | {"repair": BOTH}


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        {"reading": "poetic"},
        {"reading": "operational"},
        LITERAL | {"means": BOTH},
        LITERAL | {"repair": {"en": "…"}},
        LITERAL | {"transcription": "guessed"},
        LITERAL | {"mood": "good"},
    ],
)
def test_malformed_sentences_are_refused(broken):
    with pytest.raises(ClaimError, match=r"sentence L1\.s1\.1"):
        Sentence.of("L1.s1.1", broken)


def test_a_claim_without_sentences_is_a_study_of_its_question():
    (study,) = sentences_of({"question": BOTH})
    assert (study.id, study.reading, study.means) == ("study", Reading.OPERATIONAL, BOTH)


def test_a_doubtful_transcription_is_neither_refuted_nor_corrected():
    doubtful = LITERAL | {"transcription": "doubtful"}
    assert rule(doubtful, claim=exact(2.0)).ruling is Ruling.SUPPORTED
    for sentence, more in ((doubtful, {}), (doubtful | {"repair": BOTH}, {"repair": exact(3.0)})):
        found = rule(sentence, claim=exact(-2.0), **more)
        assert found.ruling is Ruling.INCONCLUSIVE
        assert "transcription is doubtful" in found.reason["en"]


def test_a_benchmark_decides_nothing():
    for outcome in (exact(5.0), exact(-5.0), undecided("t")):
        assert rule(LITERAL, claim=exact(2.0), benchmark=outcome).ruling is Ruling.SUPPORTED


def test_reasons_are_made_of_the_words_of_the_checks():
    assert rule(LITERAL, claim=exact(2.0)).reason["en"] == "it holds: claim is so"
    assert rule(LITERAL, claim=exact(-2.0)).reason["es"] == "no se sostiene: claim falla"
    corrected = rule(MENDED, claim=exact(-2.0), repair=exact(3.0))
    assert corrected.reason["en"] == "not as printed: claim fails; instead: repair is so"
    unmended = rule(MENDED, claim=exact(-2.0), repair=exact(-3.0))
    assert unmended.reason["en"].endswith("nor does the repair that was proposed: repair fails")
    wavering = rule(MENDED, claim=exact(-2.0), repair=undecided("t"))
    assert wavering.reason["en"].endswith("it is open whether it holds: repair is so")
    assert (
        "left open whether this holds: claim is so"
        in rule(LITERAL, claim=undecided("t")).reason["en"]
    )
    blind = rule(LITERAL, claim=exact(2.0), control=exact(-3.0))
    assert blind.reason["en"] == "the experiment cannot decide, because control fails"
    unsure = rule(LITERAL, claim=exact(2.0), control=undecided("t"))
    assert "it is open whether it holds: control is so" in unsure.reason["en"]


def test_a_repair_that_holds_beside_an_open_check_says_why_it_corrects_nothing():
    measured = {"claim": exact(-2.0), "second": undecided("t"), "repair": exact(3.0)}
    roles = {"claim": "claim", "second": "claim", "repair": "repair"}
    found = findings({name: check(role) for name, role in roles.items()}, measured)
    (only,) = ruled([Sentence.of("L1.s1.1", MENDED)], found)
    assert only.ruling is Ruling.REFUTED
    assert only.reason["en"].endswith("holds, and corrects nothing while open: claim is so")


TWO = [Sentence.of("a", LITERAL), Sentence.of("b", LITERAL)]


def checks(**written):
    return [Check.of(name, each) for name, each in written.items()]


def test_checks_belong_to_their_sentences_and_controls_to_all():
    own = belonging(
        TWO,
        checks(
            one=check("claim", sentence="a"),
            both=check("claim", sentence=["a", "b"]),
            gate=check("control"),
            own_gate=check("control", sentence="b"),
            aside=check("benchmark"),
        ),
    )
    assert [each.name for each in own["a"]] == ["one", "both", "gate"]
    assert [each.name for each in own["b"]] == ["both", "gate", "own_gate"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"one": check("claim", sentence="c")}, "no sentence c"),
        ({"one": check("claim")}, "which sentence"),
        ({"one": check("claim", sentence="a")}, "sentence b: a criterion needs"),
        (
            {
                "one": check("claim", sentence=["a", "b"]),
                "two": check("repair", sentence="a"),
            },
            "sentence a: a repaired sentence needs",
        ),
    ],
)
def test_checks_and_sentences_must_fit(wrong, message):
    with pytest.raises(ClaimError, match=message):
        belonging(TWO, checks(**wrong))


def test_a_repaired_sentence_without_a_check_is_refused():
    with pytest.raises(ClaimError, match="needs checks with role repair"):
        belonging([Sentence.of("a", MENDED)], checks(one=check("claim")))


def test_a_gate_of_one_sentence_does_not_shut_the_other():
    written = {
        "one": check("claim", sentence="a"),
        "two": check("claim", sentence="b"),
        "gate": check("control", sentence="a"),
    }
    found = findings(written, {"one": exact(2.0), "two": exact(3.0), "gate": exact(-1.0)})
    assert [each.ruling for each in ruled(TWO, found)] == ["inconclusive", "supported"]
