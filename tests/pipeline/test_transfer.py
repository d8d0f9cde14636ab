"""Claims on another data set: the stand-in digits, and made-up bars in Fashion-MNIST's place."""

import pandas as pd
import pytest

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import load
from deepclaims.errors import ConfigError, StageError
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import Kind
from deepclaims.pipeline import judge as judging
from deepclaims.pipeline import recheck
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.planning import Planner
from deepclaims.pipeline.promise import registration
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore
from deepclaims.tracking.index import Index

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sketched")]
NAME = "optimisation/momentum-bias-correction"
"""Reads MNIST in one part, named in its own task, and nothing in the other."""
OTHER = "optimisation/backpropagation"
TUNED = "optimisation/adam-combines"
ALL = ["data=fashion_mnist", "chapter=all", "profile=smoke", "executor.workers=0"]
ONE = ["data=fashion_mnist", f"claim={NAME}", *ALL[2:]]


@pytest.fixture
def measured(project_with_fashion):
    """A project with two claims, one of which reads digits, measured on the stand-in."""
    project = project_with_fashion
    for name in set(claims.catalogue(project.conf)) - {NAME, OTHER}:
        (project.conf / "claim" / f"{name}.yaml").unlink()
    options = LocalOptions(workers=0)
    measure(project, Request((NAME, OTHER), project.results, profile="smoke", options=options))
    return project


def rows(folder, part):
    found = pd.read_parquet(folder / "replicas.parquet")
    kept = found[found["part"] == part][["seed", "metric", "step", "value"]]
    return kept.sort_values(["seed", "metric", "step"], ignore_index=True)


def seen(project, name=NAME):
    return ledger.read(project.root, name).of(Kind.TRANSFER)


def test_a_claim_is_measured_with_the_other_data_in_the_place_of_its_own(measured, capsys):
    before = (measured.tables(NAME) / "replicas.parquet").read_bytes()
    recheck.run(ALL)
    said = capsys.readouterr().out
    assert "1 claims read no mnist and are left out" in said
    assert "of 1 verdicts are the same on fashion_mnist" in said
    there = measured.root / "transfer" / "fashion_mnist" / "results" / NAME
    assert (measured.tables(NAME) / "replicas.parquet").read_bytes() == before
    assert rows(there, "weights").equals(rows(measured.tables(NAME), "weights"))
    own, other = rows(measured.tables(NAME), "training"), rows(there, "training")
    assert own[["seed", "metric", "step"]].equals(other[["seed", "metric", "step"]])
    assert (own["value"] != other["value"]).mean() > 0.9
    runs = Index(measured.mlflow, "optimisation").runs()
    assert any(name.startswith(f"{NAME}+fashion_mnist/training") for name in runs)
    assert not seen(measured, OTHER)


def test_the_ledger_and_the_record_tell_what_came_out(measured):
    recheck.run(ONE)
    (event,) = seen(measured)
    told = event.content
    claim = load(measured.conf, NAME, "smoke")
    assert told["dataset"] == "fashion_mnist"
    assert told["sources"] == {"fashion_mnist": "official"}
    assert set(told["checks"]) == set(claim.checks)
    seeds = {seed for part in claim.parts for seed in part.seeds}
    assert told["seeds"] == [len(seeds), min(seeds), max(seeds)]
    assert set(told["reason"]) == {"es", "en"}
    there = judging.judge_only(measured.aside("transfer/fashion_mnist"), [NAME])[0].verdict
    assert {name: check["outcome"] for name, check in told["checks"].items()} == {
        each.check.name: each.outcome for each in there.findings
    }
    records = {each.name: each for each in judging.judge(measured)}
    (kept,) = records[NAME].transfers
    assert kept == {**told, "stale": False}
    assert records[OTHER].transfers == ()
    assert records[NAME].data_sources == {"mnist": "embedded"}


def test_it_decides_nothing_about_the_claim(measured):
    before = {each.name: (each.verdict, each.p_adjusted) for each in judging.judge(measured)}
    recheck.run(ONE)
    after = {each.name: (each.verdict, each.p_adjusted) for each in judging.judge(measured)}
    assert after == before


def test_once_is_enough_until_the_claim_changes(measured, capsys):
    recheck.run(ONE)
    capsys.readouterr()
    recheck.run(ONE)
    assert "was looked at already" in capsys.readouterr().out
    assert len(seen(measured)) == 1
    file = measured.conf / "claim" / f"{NAME}.yaml"
    written = file.read_text()
    changed = written.replace("question:\n  es: >-\n", "question:\n  es: >-\n    Otra.\n", 1)
    assert changed != written
    file.write_text(changed)
    (record,) = (each for each in judging.judge(measured) if each.name == NAME)
    assert [each["stale"] for each in record.transfers] == [True]
    recheck.run(ONE)
    (record,) = (each for each in judging.judge(measured) if each.name == NAME)
    assert [each["stale"] for each in record.transfers] == [True, False]
    assert record.transfers[1]["post_hoc"] == ["question"]


def test_what_is_registered_not_to_transfer_is_said_and_not_measured(measured, capsys):
    file = measured.conf / "claim" / f"{NAME}.yaml"
    before = load(measured.conf, NAME).written
    file.write_text(file.read_text() + "transfer: {es: es de los dígitos, en: digits alone}\n")
    recheck.run(ALL)
    assert f"not applicable  {NAME}: digits alone" in capsys.readouterr().out
    assert not seen(measured)
    assert not (measured.root / "transfer").exists()
    registered = {registration(claims.load(measured.conf, NAME))[key]
                  for key in ("question", "criterion", "grid", "seeds")}  # fmt: skip
    file.write_text(file.read_text().replace("en: digits alone", "en: of digits alone"))
    after = registration(claims.load(measured.conf, NAME))
    assert {after[key] for key in ("question", "criterion", "grid", "seeds")} == registered
    assert before.items() <= load(measured.conf, NAME).written.items()


def test_a_claim_of_other_data_is_refused(measured):
    with pytest.raises(ConfigError, match=f"{OTHER} reads no mnist"):
        recheck.run(["data=fashion_mnist", f"claim={OTHER}", *ALL[2:]])


def test_what_contradicts_itself_is_refused(measured):
    with pytest.raises(ConfigError, match="leave series= out"):
        recheck.run([*ONE, "series=2"])
    with pytest.raises(ConfigError, match="no data 'cifar'; known: fashion_mnist"):
        recheck.run(["data=cifar", *ONE[1:]])


def test_first_things_first(measured):
    measured.prepared("fashion_mnist").unlink()
    with pytest.raises(StageError, match="prepare dataset=fashion_mnist` first"):
        recheck.run(ONE)
    assert not seen(measured)


def test_what_is_tuned_is_chosen_anew_by_the_same_seeds(project_with_fashion):
    """The choosing seeds are run at all values on the other data, under keys of their own."""
    project, store = project_with_fashion, RunStore(project_with_fashion.runs)
    claim = load(project.conf, TUNED, "smoke")
    own = Planner(project, store).first([claim])
    there = Planner(project, store, dataset="fashion_mnist").first([claim])
    tuned = 0
    for one, other in zip(own, there, strict=True):
        assert (one.seeds, one.cell.axes) == (other.seeds, other.cell.axes)
        if one.part.tune is not None:
            assert other.seeds == one.part.tune.seeds
            assert set(other.cell.data) == {"fashion_mnist"}
            assert one.cell.key != other.cell.key
            tuned += 1
    assert tuned
