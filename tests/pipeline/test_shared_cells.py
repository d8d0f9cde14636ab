"""Two claims that ask for the same training share it, and each keeps its own registration."""

import yaml

from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.evidence.registration import UNREGISTERED, Registration
from deepclaims.pipeline.judging import read_results
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions

FIRST, SECOND = "regularisation/dropout", "regularisation/twin"
PART = {
    "task": "train",
    "base": ["data=function", "model.depth=1", "model.width=4", "fit.steps=2"],
    "seeds": {"first": 0, "count": 2},
}


def words_of(project, names, wanted):
    """Measure claims together; the registrations in the table of one of them."""
    measure(project, Request(names, project.root / "results", "laptop", LocalOptions(workers=0)))
    claim = claims.load(project.conf, wanted)
    results = read_results(claim, project.root / "results" / wanted)
    return set(results.metrics["registration"]), str(Registration.of(claim.written))


def two_claims(project, monkeypatch):
    monkeypatch.setattr(pattern, "check", lambda *claim: None)  # they have no code
    folder = project.conf / "claim" / "regularisation"
    text = yaml.safe_load((folder / "dropout.yaml").read_text())
    text |= {"parts": {"net": PART}, "data": [], "profiles": {}}
    (folder / "dropout.yaml").write_text(yaml.safe_dump(text))
    text |= {"question": {"es": "¿Y?", "en": "So?"}}
    (folder / "twin.yaml").write_text(yaml.safe_dump(text))


def test_measured_together_both_are_registered(project, monkeypatch):
    two_claims(project, monkeypatch)
    for name in (FIRST, SECOND):
        found, now = words_of(project, (FIRST, SECOND), name)
        assert found == {now}


def test_a_claim_that_finds_what_another_ran_was_not_registered_then(project, monkeypatch):
    two_claims(project, monkeypatch)
    words_of(project, (FIRST,), FIRST)
    found, _ = words_of(project, (SECOND,), SECOND)
    assert found == {str(UNREGISTERED)}
