import json

import pytest

from deepclaims.claims import claim as claims
from deepclaims.errors import ClaimError
from deepclaims.pipeline.register import ENGINE, registration, run
from deepclaims.sweep.fingerprint import reachable

NAME = "convolution/lenet-parameters"


@pytest.fixture
def small(project):
    """A project with one claim."""
    for name in set(claims.catalogue(project.conf)) - {NAME}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    return project


def rewrite(project, before: str, after: str) -> None:
    file = project.conf / "claim" / f"{NAME}.yaml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))


def test_texts_and_criteria_are_not_registered(small):
    before = registration(small)
    rewrite(small, "Shape and parameters of every layer", "Every layer")
    rewrite(small, "bound: [60, 60]", "bound: [61, 61]")
    assert registration(small) == before
    rewrite(small, "grid: {kernel: [3, 5]}", "grid: {kernel: [3, 7]}")
    assert registration(small) != before


def test_a_config_counts_without_its_comments(small):
    before = registration(small)
    file = small.conf / "optimizer" / "adam.yaml"
    file.write_text(file.read_text() + "# a remark\n")
    assert registration(small) == before
    file.write_text(file.read_text() + "another: 1\n")
    assert registration(small) != before


def test_the_slides_decide_nothing(small):
    before = registration(small)
    file = small.conf / "lectures" / "L1.yaml"
    file.write_text(file.read_text().replace("Linear solutions", "Straight solutions", 1))
    assert registration(small) == before
    assert not [name for name in before["configs"] if name.startswith("lectures/")]


def test_what_was_forgotten_is_said_before_anything_is_trained(small):
    rewrite(small, "task: formulas", "task: formulae")
    with pytest.raises(ClaimError, match="has no function formulae"):
        run([])
    assert not small.registered.exists()


def test_the_file_is_written(small):
    run([])
    assert list(json.loads(small.registered.read_text())["claims"]) == [NAME]


def test_all_that_measuring_runs_is_registered_and_nothing_of_judging_or_drawing():
    modules = {module.removeprefix("deepclaims.") for module, _ in reachable(ENGINE)}
    assert modules >= {
        "groups", "project", "pipeline.measure", "pipeline.planning", "pipeline.request",
        "evidence.outcome", "evidence.registration", "sweep.executors.local", "sweep.store",
        "tracking.rows", "tracking.store", "training.task", "training.replicas",
    }  # fmt: skip
    drawing = ("report", "pipeline.judge", "pipeline.judging", "pipeline.publish")
    assert not [each for each in modules if each.startswith(drawing)]
