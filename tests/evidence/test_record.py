import json
import math
from pathlib import Path

import numpy as np
import pytest

from deepclaims.errors import StorageError
from deepclaims.evidence.estimate import Estimate, exact, undecided
from deepclaims.evidence.record import EvidenceRecord, FigureNote, Finding, MlflowRuns

ESTIMATE = Estimate(0.02, 0.01, math.inf, 5, "paired t")
BOTH = {"es": "sí", "en": "yes"}


def record(**changes) -> EvidenceRecord:
    content = {
        "claim": {"id": "dropout", "chapter": "regularisation", "title": BOTH, "statement": BOTH},
        "verdict": "supported",
        "reason": BOTH,
        "findings": (
            Finding(
                "gain",
                "claim",
                "above",
                0.0,
                BOTH,
                ESTIMATE,
                True,
                0.01,
            ),
            Finding("still", "control", "within", (-0.1, 0.1), BOTH),
        ),
        "figures": (FigureNote("sweep", BOTH),),
        "mlflow": MlflowRuns("a1", {"key": "b2"}),
        "seeds": (1000, 1001),
        "keys": ("k",),
        "post_hoc": ("criterion.checks.gain.bound",),
        "data_sources": {"mnist": "official", "ecg": "embedded"},
        "seconds": 1.5,
    }
    return EvidenceRecord(**{**content, **changes})


def test_a_record_survives_json_with_its_infinities():
    text = json.dumps(record().to_dict(), allow_nan=False)
    again = EvidenceRecord.from_dict(json.loads(text))
    assert again.to_dict() == record().to_dict()
    assert again.findings[0].estimate.high == math.inf
    assert again.findings[0].estimate.satisfies("above", 0.0) is True


@pytest.mark.parametrize("estimate", [exact(3.0), undecided("two seeds")])
def test_estimates_without_an_interval_survive_too(estimate):
    finding = Finding("gain", "claim", "above", 0.0, BOTH, estimate)
    text = json.dumps(record(findings=(finding,)).to_dict(), allow_nan=False)
    (again,) = EvidenceRecord.from_dict(json.loads(text)).findings
    assert again.estimate.to_dict() == estimate.to_dict()


def test_numpy_numbers_become_plain_ones():
    seeds = tuple(np.arange(2))
    assert json.loads(json.dumps(record(seeds=seeds).to_dict()))["seeds"] == [0, 1]


def test_what_only_the_processor_decides_is_not_kept():
    estimate = Estimate(0.1 + 0.2, 0.1, 1.7618221253511284, 5, "paired t")
    elsewhere = Estimate(0.3, 0.1, math.nextafter(1.7618221253511284, 2), 5, "paired t")
    here, there = (
        record(findings=(Finding("gain", "claim", "above", 0.0, BOTH, each),)).to_dict()
        for each in (estimate, elsewhere)
    )
    assert here == there
    assert here["findings"][0]["estimate"]["high"] == 1.76182212535


def test_null_stands_for_not_known():
    plain = record().to_dict()
    for key in set(plain) - {"claim", "verdict", "reason"}:
        plain[key] = None
    again = EvidenceRecord.from_dict(plain)
    assert again.findings == ()
    assert again.seconds is None
    assert again.profile == "laptop"


def test_stand_ins_are_the_data_that_were_not_published():
    assert record().stand_ins == ("ecg",)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda plain: plain.pop("verdict"), "verdict is missing"),
        (lambda plain: plain.update(verdict="maybe"), "'maybe' is not one of supported"),
        (lambda plain: plain.update(mood="good"), "unknown mood"),
        (lambda plain: plain.update(reason={"es": "sí"}), "reason lacks a language"),
        (lambda plain: plain["claim"].pop("title"), "claim.title is missing"),
        (lambda plain: plain["findings"][0].update(role="judge"), "check gain: role 'judge'"),
        (lambda plain: plain["findings"][1].update(bound=3), "two numbers"),
        (lambda plain: plain["findings"][0].update(bound=[0, 1]), "one number"),
    ],
)
def test_what_is_wrong_is_said(damage, message):
    plain = record().to_dict()
    damage(plain)
    with pytest.raises(ValueError, match=message):
        EvidenceRecord.from_dict(plain)


def test_a_damaged_file_is_named(tmp_path: Path):
    file = tmp_path / "dropout.json"
    file.write_text('{"claim": ')
    with pytest.raises(StorageError, match=r"dropout\.json is damaged"):
        EvidenceRecord.read(file)
    file.write_text("[1, 2]")
    with pytest.raises(StorageError, match=r"dropout\.json is damaged"):
        EvidenceRecord.read(file)
    with pytest.raises(StorageError, match="cannot read"):
        EvidenceRecord.read(tmp_path / "missing.json")
