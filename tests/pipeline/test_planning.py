"""What is tuned is measured in two goes: choosing seeds everywhere, reporting ones there."""

import yaml

from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.tuning import CHOOSING
from deepclaims.pipeline.judging import read_results
from deepclaims.pipeline.measure import measure
from deepclaims.pipeline.planning import Planner, merged
from deepclaims.pipeline.request import Request
from deepclaims.sweep.options import LocalOptions
from deepclaims.sweep.store import RunStore

NAME = "regularisation/dropout"
LR = "optimizer.lr"
RATES = [1e-4, 0.01, 1e-3]
PART = {
    "task": "train",
    "base": ["data=function", "model.depth=1", "model.width=4", "fit.steps=5"],
    "grid": {LR: RATES},
    "seeds": {"first": 10, "count": 2},
    "tune": {
        "axes": [LR],
        "score": "validation_loss",
        "seeds": {"first": 0, "count": 3},
        "edge": "void",
        "also": [{LR: 1e-4}],
    },
}


def tuned_claim(project, monkeypatch, **changes):
    """Dropout's file with one tuned part of tiny trainings, and nothing asked of its code."""
    monkeypatch.setattr(pattern, "check", lambda *claim: None)
    file = project.conf / "claim" / f"{NAME}.yaml"
    text = yaml.safe_load(file.read_text())
    tune = {**PART["tune"], **changes}
    text |= {"parts": {"net": {**PART, "tune": tune}}, "data": [], "profiles": {}}
    file.write_text(yaml.safe_dump(text))
    return claims.load(project.conf, NAME)


def measured(project):
    folder = project.root / "results"
    measure(project, Request((NAME,), folder, "laptop", LocalOptions(workers=0)))
    return read_results(claims.load(project.conf, NAME), folder / NAME)


def test_reporting_seeds_are_trained_where_they_are_read(project, monkeypatch):
    tuned_claim(project, monkeypatch)
    results = measured(project)
    rows = results.metrics.drop_duplicates(["seed", LR])
    side = results.tuned("net")
    chosen = side[LR]
    for rate in RATES:
        seeds = set(rows.loc[rows[LR] == rate, "seed"])
        assert seeds == {0, 1, 2} | ({10, 11} if rate in (chosen, 1e-4) else set())
    assert chosen == 0.01  # of five steps the largest go furthest
    assert len(side.reported("validation_loss")) == 2
    assert len(side.score("validation_loss", {LR: 1e-3})) == 3
    assert results.void() == ["net: optimizer.lr=0.01"]


def test_nothing_is_trained_twice(project, monkeypatch, capsys):
    tuned_claim(project, monkeypatch)
    first = measured(project)
    capsys.readouterr()
    second = measured(project)
    assert "all 9 replicas are cached" in capsys.readouterr().err
    assert second.metrics.equals(first.metrics)


def test_a_grid_that_may_be_widened_is(project, monkeypatch):
    tuned_claim(project, monkeypatch, edge="widen", also=[])
    results = measured(project)
    tried = set(results.metrics[LR])
    assert {0.1, 1.0} <= tried  # 0.01 · 0.01 / 0.001, and on
    assert results.tuned("net")[LR] >= 0.1


def test_a_claim_is_planned_as_far_as_its_choosing_seeds_are_done(project, monkeypatch):
    claim = tuned_claim(project, monkeypatch)
    planner = Planner(project, RunStore(project.runs))
    plan = planner.first([claim])
    assert [each.seeds for each in plan] == [(0, 1, 2)] * 3
    assert planner.second(plan) == []
    measured(project)
    whole = merged([*plan, *planner.second(plan)])
    assert sorted(len(each.seeds) for each in whole) == [2, 2, 3, 3, 3]
    chosen = [each for each in whole if each.cell.axes == whole[-1].cell.axes]
    assert len({each.cell.key for each in chosen}) == 2  # the seeds that choose score less


def test_seeds_that_choose_score_no_test_split(project, monkeypatch):
    tuned_claim(project, monkeypatch)
    rows = measured(project).metrics
    scored = {metric: set(own["seed"]) for metric, own in rows.groupby("metric")}
    assert scored["test_loss"] == {10, 11}
    assert scored["train_loss"] >= scored["validation_loss"] == {0, 1, 2, 10, 11}


def test_a_task_that_reads_data_is_told_that_its_seeds_choose(project_with_data, monkeypatch):
    """One that reads none has no test split to leave unscored, and the same cells as ever."""
    monkeypatch.setattr(pattern, "check", lambda *claim: None)
    claim = claims.load(project_with_data.conf, "convolution/pooling-invariance")
    planner = Planner(project_with_data, RunStore(project_with_data.runs))
    told = {each.part.name: each.cell.config.get(CHOOSING) for each in planner.first([claim])}
    assert told == {"moved": True, "features": None}


STACK = {
    "task": "remember",
    "params": {"cell": "rnn", "width": 3, "noise": 0.1, "steps": 25, "batch": 4, "tried": 1,
               "reported": 2, "success": 0.95},
    "grid": {"lag": [2], "law": ["orthogonal", "torch"], "rate": [1e-4, 1e-3]},
    "seeds": {"first": 10, "count": 1},
    "tune": {"axes": ["law", "rate"], "score": "score", "seeds": {"first": 0, "count": 1},
             "edge": "widen", "stacked": True},
}  # fmt: skip


def test_a_stack_is_widened_by_stacks_beyond_it(project, monkeypatch):
    """Two values have no inside, so whatever is chosen among them is at an end."""
    monkeypatch.setattr(pattern, "check", lambda *claim: None)
    name = "recurrence/lstm-remembers"
    file = project.conf / "claim" / f"{name}.yaml"
    text = yaml.safe_load(file.read_text()) | {"parts": {"rnn": STACK}, "profiles": {}}
    file.write_text(yaml.safe_dump(text))
    folder = project.root / "results"
    measure(project, Request((name,), folder, "laptop", LocalOptions(workers=0)))
    results = read_results(claims.load(project.conf, name), folder / name)
    side = results.tuned("rnn", where={"lag": 2})
    rates = {value["rate"] for value in side.choice.values}
    assert rates > {1e-4, 1e-3}
    assert len(side.choice.values) == 2 * len(rates)
    assert side.reported("trials").tolist() == [2.0]


def test_cells_that_a_stand_in_makes_one_config_stay_two(project_with_data, monkeypatch):
    monkeypatch.setattr(pattern, "check", lambda *claim: None)
    claim = claims.load(project_with_data.conf, "optimisation/one-pass-is-not-enough")
    planner = Planner(project_with_data, RunStore(project_with_data.runs))
    plan = [each for each in planner.first([claim]) if each.part.name == "net"]
    assert {each.cell.axes["data.n_train"] for each in plan} == {10_000, 50_000}
    assert 2 * len({each.cell.key for each in plan}) == len(plan) == len(merged([*plan, *plan]))
