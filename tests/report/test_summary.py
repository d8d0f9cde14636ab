import json
from dataclasses import replace

from deepclaims.atomic import json_text
from deepclaims.report.summary import claims, decisive, metrics, provenance, tally


def test_every_verdict_is_counted_even_if_nobody_has_it(catalogue):
    assert tally(catalogue[:1]) == {
        "supported": 1, "corrected": 0, "refuted": 0, "inconclusive": 0,
    }  # fmt: skip
    assert sum(tally(catalogue).values()) == len(catalogue)


def test_the_check_that_decided_comes_first(catalogue):
    supported, corrected, refuted, inconclusive = catalogue
    assert [each.check for each in decisive(supported)] == ["gain"]
    assert [each.check for each in decisive(corrected)] == ["printed", "repaired"]
    assert [each.check for each in decisive(refuted)] == ["second"]
    assert [each.check for each in decisive(inconclusive)] == ["nothing", "lost", "wide"]


def test_a_claim_that_only_holm_left_open_shows_its_own_checks(record):
    held = record("one", "signals", "supported")
    content = held.to_dict() | {"verdict": "inconclusive"}
    assert [each.check for each in decisive(type(held).from_dict(content))] == ["gain"]


def test_metrics_are_flat_finite_numbers(catalogue):
    flat = metrics(catalogue)
    assert all(isinstance(value, int | float) for value in flat.values())
    json.loads(json_text(flat))  # refuses NaN and infinities
    assert flat["claims"] == 4
    assert flat["verdicts.refuted"] == 1
    assert flat["post_hoc"] == 1
    assert flat["on_stand_in_data"] == 0
    assert flat["approximation/one.verdict"] == 3
    assert flat["approximation/one.gain.value"] == 0.0213
    assert flat["optimisation/four.wide.low"] == -0.3
    assert "optimisation/four.wide.high" not in flat  # infinite


def test_the_main_estimate_keeps_its_meaning_when_the_verdict_changes(catalogue):
    assert "optimisation/three.first.value" in metrics(catalogue)  # the one that failed is `second`


def test_claims_have_what_was_promised(catalogue):
    published = json.loads(json_text(claims(catalogue)))
    assert list(published) == sorted(record.id for record in catalogue)
    for record in catalogue:
        claim = published[record.id]
        assert claim["verdict"] == record.verdict
        assert claim["chapter"] == record.chapter
        assert claim["seeds"] == list(record.seeds)
        assert claim["data_sources"] == dict(record.data_sources)
        for finding in record.findings:
            check = claim["checks"][finding.check]
            assert set(check) == {
                "role", "relation", "bound", "outcome", "p_value",
                "value", "low", "high", "n", "level", "method",
            }  # fmt: skip
    gain = published["one"]["checks"]["gain"]
    assert (gain["value"], gain["low"], gain["high"], gain["n"]) == (0.0213, 0.0131, 0.0295, 5)
    assert published["four"]["checks"]["wide"]["high"] == "inf"
    assert published["four"]["checks"]["lost"]["value"] is None
    assert published["three"]["post_hoc"] == ["criterion", "unheard-of"]


def test_what_a_rerun_may_change_is_in_provenance_alone(catalogue):
    found = json.loads(json_text(provenance(catalogue)))
    assert found["one"]["commit"] == "0123456789abcdef"
    assert found["one"]["keys"] == ["00ff", "11ee"]
    elsewhere = [replace(each, seconds=1.0, device="cuda") for each in catalogue]
    assert claims(elsewhere) == claims(catalogue)
    assert provenance(elsewhere) != provenance(catalogue)
