import pytest

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError, StageError
from deepclaims.evidence import ledger
from deepclaims.evidence.check import Check
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.verdict import verdict
from deepclaims.pipeline import comparison, entries, recheck
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions
from deepclaims.tracking.index import Index

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sketched")]
NAME = "optimisation/backpropagation"
ASKED = [f"claim={NAME}", "profile=smoke", "executor.workers=0"]
GAIN = {"role": "claim", "relation": "above", "bound": 0.0, "says": {"es": "gana", "en": "gains"}}
REFUTED = verdict([Check.of("gain", GAIN).find(exact(-1.0))], {})


@pytest.fixture
def alone(project):
    """A project whose catalogue is one quick claim."""
    for name in set(claims.catalogue(project.conf)) - {NAME}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    return project


@pytest.fixture
def measured(alone):
    options = LocalOptions(workers=0)
    measure(alone, Request((NAME,), alone.root / "results", profile="smoke", options=options))
    return alone


def test_all_seeds_are_others(project):
    claim = claims.load(project.conf, NAME)
    other = claims.shifted(claim, recheck.SHIFT)
    for part, moved in zip(claim.parts, other.parts, strict=True):
        assert len(part.seeds) == len(moved.seeds)
        assert not set(part.seeds) & set(moved.seeds)


def test_a_verdict_that_stands(measured, capsys, monkeypatch):
    recheck.run(ASKED)
    said = capsys.readouterr().out
    assert "1 of 1 verdicts are the same with series 1" in said
    assert "inconclusive when next judged" not in said
    assert len(Index(measured.mlflow, "optimisation").runs()) == 2 * _runs_of_one(measured)
    (record,) = judging.judge(measured)
    assert record.verdict == "supported"
    (look,) = record.second_looks
    assert look["ruling"] == "supported"
    assert not look["stale"]
    assert not set(record.seeds) & set(range(*look["seeds"][1:]))
    assert look["seeds"][1] >= recheck.SHIFT
    monkeypatch.setattr(comparison, "judge_measured", None)  # what `judge` keeps serves
    recheck.run(ASKED)
    (record,) = judging.judge(measured)
    assert [each["series"] for each in record.second_looks] == [1, 2]
    assert record.second_looks[1]["seeds"][1] >= 2 * recheck.SHIFT


def _runs_of_one(project):
    names = Index(project.mlflow, "optimisation").runs()
    return len([name for name in names if not name.startswith(f"{NAME}+")])


def test_a_verdict_that_flips_becomes_inconclusive_until_the_claim_changes(measured):
    (raw,) = judging.judge_only(measured, [NAME])
    entries.write_second_look(measured, raw, REFUTED, series=1)
    (record,) = judging.judge(measured)
    assert record.verdict == "inconclusive"
    assert "it is refuted" in record.reason["en"]
    claim = measured.conf / "claim" / f"{NAME}.yaml"
    claim.write_text(claim.read_text().replace("bound: 1.0e-12", "bound: 1.0e-11"))
    (record,) = judging.judge(measured)
    assert record.verdict == "supported"
    assert [each["stale"] for each in record.second_looks] == [True]


def test_a_changed_claim_is_not_rechecked(measured):
    with pytest.raises(ConfigError, match=r"without claim\.seeds\.count="):
        recheck.run([*ASKED, "claim.seeds.count=3"])
    assert not ledger.path(measured.root, NAME).exists()


@pytest.mark.parametrize("more", [[], ["series=3"], ["data=fashion_mnist"]])
def test_a_pilot_is_not_rechecked(alone, more):
    """Shifted, its seeds would be no pilot's any more, and the test split would open."""
    claim = alone.conf / "claim" / f"{NAME}.yaml"
    before = claim.read_text()
    claim.write_text(before.replace("first: 1000", "first: 999"))
    assert claim.read_text() != before
    with pytest.raises(ConfigError, match=f"{NAME} has seeds below 1000") as refused:
        recheck.run([f"claim={NAME}", *more])
    assert "\n" not in str(refused.value)


def test_first_things_first(alone):
    with pytest.raises(StageError, match="has not been measured"):
        recheck.run(ASKED)


def test_the_profiles_must_agree(measured):
    with pytest.raises(StageError, match="was measured with profile=smoke"):
        recheck.run([f"claim={NAME}", "executor.workers=0"])
