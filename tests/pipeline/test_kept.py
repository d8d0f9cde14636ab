from dataclasses import replace
from types import SimpleNamespace

import pytest

from deepclaims.evidence.check import Check, Finding
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval
from deepclaims.evidence.verdict import verdict
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.kept import NAME, Kept

BOTH = {"es": "sí", "en": "yes"}
CHECK = {"role": "claim", "relation": "above", "bound": 0.5, "says": BOTH, "fails": BOTH}
CHECKS = {"gain": CHECK, "control": CHECK | {"role": "control", "bound": 0.0}}
TEXT = {"question": BOTH, "criterion": {"checks": CHECKS}}
CLAIM = SimpleNamespace(text=TEXT, checks=CHECKS)


@pytest.fixture
def judged() -> Judged:
    estimate = mean_interval([0.9, 1.1, 1.3, 0.8])
    found = [Finding.of(Check.of(name, each), estimate) for name, each in CHECKS.items()]
    return Judged(CLAIM, verdict(found, TEXT).marked(["grid"]), {"seeds": [1]})


def test_a_verdict_is_read_as_it_was_judged_and_nothing_is_computed(judged, tmp_path, monkeypatch):
    Kept.of("key", judged, {"sweep": "0"}).write(tmp_path)
    kept = Kept.read(tmp_path)
    assert kept.judged(CLAIM) == judged
    monkeypatch.setattr(Estimate, "p_value", None)
    assert kept.unchanged(CLAIM) == judged


def test_what_was_kept_without_p_values_has_them_computed(judged):
    kept = replace(Kept.of("key", judged, {}), p_values={})
    assert kept.unchanged(CLAIM) == judged


def test_what_is_kept_has_the_same_bytes_when_it_is_read_and_kept_again(judged, tmp_path):
    keep = Kept.of("key", judged, {})
    again = keep.unchanged(CLAIM)
    keep.told(again).write(tmp_path)
    first = (tmp_path / NAME).read_bytes()
    assert b'"df":3.0' in first
    Kept.of("key", Kept.read(tmp_path).unchanged(CLAIM), {}).write(tmp_path)
    assert (tmp_path / NAME).read_bytes() == first
