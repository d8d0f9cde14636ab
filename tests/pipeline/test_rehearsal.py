"""What is rehearsed has folders of its own, and what it tells the ledger."""

import json

import pytest

from deepclaims.claims import claim as claims
from deepclaims.errors import ConfigError
from deepclaims.evidence import ledger
from deepclaims.pipeline import comparison, judge, measure, publish, register
from deepclaims.pipeline.measure import read_request
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sketched")]
NAME = "convolution/lenet-parameters"
SPACE = "space=rehearsal/mine/"


@pytest.fixture
def alone(project):
    """A project whose catalogue is one quick claim."""
    for name in set(claims.catalogue(project.conf)) - {NAME}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    return project


def rehearse() -> None:
    register.run([SPACE])
    measure.run(["chapter=all", SPACE, "executor.workers=0"])
    judge.run([SPACE])
    publish.run([SPACE])


def test_the_whole_pipeline_in_a_folder_of_its_own_touches_nothing_published(alone, capfd):
    rehearse()
    mine = alone.root / "rehearsal" / "mine"
    assert {each.name for each in mine.iterdir()} == {
        "registered",
        "measured.json",
        "results",
        "evidence",
        "reports",
        ".published.json",
        ".kept",
    }
    for published in (alone.results, alone.evidence, alone.reports, alone.registered):
        assert not published.exists()
    row = json.loads((mine / "evidence" / "metrics" / f"{NAME}.json").read_text())
    assert row["verdict"] in ("supported", "corrected")
    assert (mine / "reports" / "metrics" / f"{NAME}.json").is_file()


def test_what_the_ledger_knows_is_not_told_again_and_an_edited_claim_is_a_pilot(alone, capfd):
    register.run([])
    before = ledger.path(alone.root, NAME).read_text()
    rehearse()
    assert ledger.path(alone.root, NAME).read_text() == before
    file = alone.conf / "claim" / f"{NAME}.yaml"
    file.write_text(file.read_text().replace("bound: [60, 60]", "bound: [60, 61]"))
    rehearse()
    kinds = [event.kind for event in ledger.read(alone.root, NAME).events]
    assert kinds == ["registration", "pilot"]


def test_whatever_is_measured_in_a_folder_of_its_own_is_a_pilot(project):
    name = "claim=convolution/lenet-on-mnist"
    (published,) = read_request([name], project).load(project)
    (rehearsed,) = read_request([name, SPACE], project).load(project)
    assert not published.pilot
    assert rehearsed.pilot == "in rehearsal/mine"


def test_a_chapter_with_another_profile_is_a_rehearsal_too(project):
    request = read_request(["chapter=convolution", "profile=smoke"], project)
    assert request.folder == project.root / "rehearsal" / "results"


def test_the_parameters_of_a_rehearsal_do_not_make_its_profile_the_published_one(project):
    file = project.root / "params.yaml"
    file.write_text("profile: smoke\nplace: {folder: rehearsal/smoke/}\n")
    assert read_request([f"claim={NAME}"], project).profile == "laptop"
    file.write_text("profile: full\nplace: {folder: ''}\n")
    request = read_request([f"claim={NAME}"], project)
    assert (request.profile, request.rehearsal) == ("full", False)


@pytest.mark.parametrize("space", ["reports", "rehearsal", "rehearsal/../reports", "/tmp/a"])
def test_other_folders_are_refused(project, space):
    with pytest.raises(ConfigError, match=r"known: space=rehearsal/NAME"):
        judge.run([f"space={space}"])


def test_of_claims_not_measured_here_the_published_tables_serve(project, checkout):
    other = "convolution/flatten-and-padding"
    for name in set(claims.catalogue(project.conf)) - {NAME, other}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    project.reports.symlink_to(checkout / "reports")
    options = LocalOptions(workers=0)
    measure.measure(project, Request((NAME,), project.results, options=options))
    found = comparison.as_first_measured(project, [NAME], "laptop")
    assert set(found) == {NAME, other}
