import json
import re

import pytest

from deepclaims.evidence.transfer import State
from deepclaims.report import site
from deepclaims.report.elsewhere import elsewhere, published

REASON = {"es": "la cota es de los dígitos", "en": "the bound is the digits'"}


def look(ruling="supported", gain=True, stale=False, **changes):
    checks = {name: {"outcome": o, "value": 0.1} for name, o in (("gain", gain), ("silence", True))}
    return {
        "dataset": "fashion_mnist", "ruling": ruling, "seeds": [3, 1000, 1002], "post_hoc": [],
        "registration": "a-b-c", "profile": "laptop", "sources": {"fashion_mnist": "official"},
        "reason": {"es": "por poco", "en": "by a little"},
        "checks": checks, "stale": stale, **changes,
    }  # fmt: skip


@pytest.fixture
def told(record):
    """A supported claim that reads MNIST, with these looks, and a reason or none."""

    def make(*looks, reason=None, verdict="supported"):
        made = record("one", "approximation", verdict, transfers=looks)
        if reason:
            made.claim["transfer"] = reason
        return made

    return make


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(made, language="en"):
    return text(site.render([made]).files[f"{language}/approximation/one.html"])


def index(made):
    return text(site.render([made]).files["index.html"])


def test_a_claim_that_holds_there_too(told):
    made = told(look())
    assert (
        "The verdict is the same on Fashion-MNIST: by the same criterion, grid and seeds"
        in page(made)
    )
    assert "El veredicto es el mismo en Fashion-MNIST" in page(made, "es")
    assert "same verdict on Fashion-MNIST" in index(made)
    assert published(made)["fashion_mnist"]["state"] == "holds"


def test_a_claim_that_does_not_says_by_which_checks(told):
    made = told(look("inconclusive", gain=None))
    assert (
        "The verdict is another on Fashion-MNIST: by the same criterion, grid and seeds it is "
        "inconclusive: gain is true: open there" in page(made)
    )
    assert "silence is true: " not in page(made).partition("The claim")[0]
    assert "another verdict on Fashion-MNIST" in index(made)
    assert published(made)["fashion_mnist"]["differences"] == ["gain"]


def test_a_ruling_that_differs_by_no_check_says_why(told):
    made = told(look("inconclusive"))
    assert "On Fashion-MNIST the ruling is another" in page(made)
    assert "grid and seeds it is inconclusive: by a little." in page(made)
    assert "another ruling on Fashion-MNIST" in index(made)
    assert "by a little" not in page(told(look()))


def test_a_claim_without_a_verdict_has_nothing_to_carry_over(told):
    made = told(look("supported"), verdict="inconclusive")
    assert "No verdict here to compare; on Fashion-MNIST it is supported" in page(made)
    assert "measured on Fashion-MNIST; no verdict here to compare" in index(made)


def test_a_reason_that_was_registered_is_said(told):
    made = told(reason=REASON)
    assert "Not applicable to Fashion-MNIST: the bound is the digits" in page(made)
    assert "No corresponde medirla en Fashion-MNIST: la cota es de los dígitos" in page(made, "es")
    assert "not applicable to Fashion-MNIST" in index(made)
    assert published(made)["fashion_mnist"]["reason"] == REASON


def test_what_was_measured_counts_whatever_reason_came_later(told):
    (only,) = elsewhere(told(look("refuted"), reason=REASON))
    assert only.state is State.FAILS
    assert only.reason != REASON


def test_nobody_looked(told):
    made = told()
    assert "As it stands, not looked at on Fashion-MNIST yet." in page(made)
    assert "not looked at on Fashion-MNIST" in index(made)


def test_a_look_from_before_a_change_stays_and_counts_no_more(told):
    made = told(look(stale=True))
    assert [each.state for each in elsewhere(made)] == [State.HOLDS, State.UNSEEN]
    assert "from before the claim was changed" in page(made)
    assert "same verdict on Fashion-MNIST" not in index(made)
    assert published(made)["fashion_mnist"]["state"] == "unseen"
    assert len(published(made)["fashion_mnist"]["looks"]) == 1


def test_a_look_at_a_claim_that_changed_between_its_rows_is_marked(told):
    assert "it is supported (post hoc)." in page(told(look(post_hoc=["criterion"])))


def test_a_look_that_counts_is_told_before_those_that_do_not(told):
    made = told(look("refuted", stale=True), look())
    html = site.render([made]).files["en/approximation/one.html"]
    current, _, old = html.partition('<details class="stale-looks">')
    assert "The verdict is the same on Fashion-MNIST" in current
    assert "from before the claim was changed" not in current
    assert "from before the claim was changed" in old


def test_two_looks_with_one_outcome_are_marked_once(told):
    assert index(told(look(), look(profile="full"))).count("same verdict on Fashion-MNIST") == 1


def test_a_check_that_is_no_more_does_not_break_the_page(told):
    old = look(stale=True)
    old["checks"] = {"forgotten": {"outcome": False, "value": 1.0}}
    assert elsewhere(told(old))[0].differences == ()


def test_a_claim_of_other_data_says_nothing(record):
    made = record("one", "approximation", "supported", data_sources={"ecg": "official"})
    assert elsewhere(made) == []
    assert "Fashion" not in page(made) + index(made)


def test_programs_find_it_beside_the_claim(told):
    made = json.loads(site.render([told(look())]).files["claims.json"])
    assert made["one"]["transfers"]["fashion_mnist"]["looks"][0]["ruling"] == "supported"
