import pytest

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.report.chronicle import chronicle
from deepclaims.report.words import Words


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("es", "Se midió: desde acá se pueden ver los números (5 semillas, 1000 a 1004)"),
        ("en", "Measured: from here on the numbers can be seen (5 seeds, 1000 to 1004)"),
    ],
)
def test_what_was_measured_and_not_judged_is_told(language, says):
    told = {"attempt": "c-g-s-j", "seeds": [5, 1000, 1004], "profile": "laptop", "checks": {}}
    event = Event(Kind.MEASURED, "2026-11-28", "abc", told)
    (entry,) = chronicle(Ledger("a/b", (event,), ""), Words(language))
    assert (entry.what, entry.ruling) == (says, "")


def test_the_same_measured_again_after_code_was_tidied_is_left_out():
    told = {"attempt": "c-g-s-j", "seeds": [5, 1000, 1004], "profile": "laptop", "checks": {}}
    kinds = (Kind.LOOK, Kind.MEASURED, Kind.SECOND_LOOK)
    events = tuple(Event(kind, "2026-11-28", "abc", told) for kind in kinds)
    shown = [entry.what for entry in chronicle(Ledger("a/b", events, ""), Words("en"))]
    assert len(shown) == 2
    assert not any(each.startswith("Measured: from here on") for each in shown)
