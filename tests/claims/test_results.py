"""What judging reads of a claim's tables: cells, curves, and what was tuned."""

from dataclasses import replace

import numpy as np
import pytest

from deepclaims.claims.claim import Claim, Part
from deepclaims.claims.tuning import Score, Tune
from deepclaims.errors import ClaimError
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import Replica
from deepclaims.sweep.table import results_of

LR, RATES = "optimizer.lr", (0.1, 0.2, 0.4)
TUNE = Tune((LR,), {"error": Score("validation"), "speed": Score("loss", 0.5)}, (0, 1))
PART = Part(
    "net", "train", (), {"a": (), "b": ()}, {}, {LR: RATES, "n": (10,)}, (7, 8, 9), (), TUNE
)
BEST = {"a": 0.2, "b": 0.4}


def outcome(arm, rate, seed):
    """Validation is best at `BEST`, by a margin; the loss falls faster at higher rates."""
    curve = Curve([10, 20, 30], [0.9, 0.6 - rate, 0.3 - rate / 4])
    return Outcome(
        {"validation": abs(rate - BEST[arm]), "test": rate + seed / 100}, {"loss": curve}
    )


def results(part=PART):
    claim = Claim("c/d", "laptop", {"grid": {}, "criterion": {"checks": {}}}, {}, (part,))
    cells = []
    for arm, axes in part.points():
        cell = Cell({}, "train", {}, "c/d", "net", arm, axes)
        vars(cell)["key"] = f"{arm}{axes}"
        reported = axes[LR] in (BEST[arm], 0.4)
        seeds = (*TUNE.seeds, *(part.seeds if reported else ()))
        cells.append((cell, [Replica(s, outcome(arm, axes[LR], s), {}) for s in seeds]))
    return results_of(claim, cells)


def test_the_choosing_seeds_choose_and_the_others_report():
    side = results().tuned("net", "a", {"n": 10}, by="error")
    assert side[LR] == 0.2
    assert not side.on_edge
    assert side.reported("test") == pytest.approx([0.27, 0.28, 0.29])
    assert side.score("test", {LR: 0.1}) == pytest.approx([0.1, 0.11])
    steps, values = side.curve("loss")
    assert steps.tolist() == [10, 20, 30]
    assert values.shape == (3, 3)


def test_speed_is_chosen_apart_from_error():
    side = results().tuned("net", "a", by="speed")
    assert side[LR] == 0.2  # 0.2 and 0.4 are both below at step 20: of equals the first
    assert side.steps_below("loss", 0.5) == pytest.approx([20, 20, 20])
    assert np.isinf(side.steps_below("loss", -1.0)).all()


def test_a_curve_is_of_one_cell():
    steps, values = results().curve("net", "loss", "a", {LR: 0.1})
    assert (steps.tolist(), values.shape) == ([10, 20, 30], (2, 3))
    with pytest.raises(ClaimError, match="3 cells match where one curve was asked for"):
        results().curve("net", "loss", "a")


def test_what_was_not_reported_is_said():
    side = results().tuned("net", "a", by="error")
    assert len(side.reported("test", {LR: 0.4})) == 3
    with pytest.raises(ClaimError, match="0 replicas of 3"):
        side.reported("test", {LR: 0.1})


def test_choices_at_an_end_are_void_and_named():
    assert results().void() == ["net b n=10: optimizer.lr=0.4"]
    narrow = replace(PART, grid={LR: (0.1, 0.4), "n": (10,)})
    assert len(results(narrow).void()) == 4


def test_a_part_that_is_not_tuned_is_refused():
    with pytest.raises(ClaimError, match="not tuned by 'luck'; its scores: error, speed"):
        results().tuned("net", "a", by="luck")


def test_a_stack_gives_its_scores_as_curves_over_the_combinations():
    tune = Tune((LR,), {"": Score("validation")}, (0, 1), stacked=True)
    part = replace(PART, arms={"": ()}, grid={LR: RATES}, tune=tune)
    claim = Claim("c/d", "laptop", {"grid": {}, "criterion": {"checks": {}}}, {}, (part,))
    numbers = range(len(RATES))
    first = Cell({}, "t", {}, "c/d", "net", "", {})
    second = Cell({}, "t", {}, "c/d", "net", "", {LR: 0.2})
    vars(first)["key"], vars(second)["key"] = "first", "second"
    tried = [
        Replica(s, Outcome({}, {"validation": Curve(numbers, [2.0, 1.0, 3.0])}), {}) for s in (0, 1)
    ]
    kept = [Replica(s, Outcome({"test": 1.0 * s}, {"validation": Curve([0], [1.0])}), {})
            for s in part.seeds]  # fmt: skip
    side = results_of(claim, [(first, tried), (second, kept)]).tuned("net")
    assert side[LR] == 0.2
    assert side.choice.scores == (2.0, 1.0, 3.0)
    assert side.reported("test") == pytest.approx([7.0, 8.0, 9.0])
    assert side.reported("validation") == pytest.approx([1.0, 1.0, 1.0])


def test_a_stack_beyond_the_grid_is_of_one_value_and_all_the_others():
    tune = Tune(("law", LR), {"": Score("validation")}, (0,), edge="widen", stacked=True)
    grid = {"law": ("he", "lecun"), LR: (0.1, 0.2)}
    part = replace(PART, arms={"": ()}, grid=grid, tune=tune)
    claim = Claim("c/d", "laptop", {"grid": {}, "criterion": {"checks": {}}}, {}, (part,))
    cells = []
    for axes, scores in (({}, [3.0, 2.0, 4.0, 3.0]), ({LR: 0.4}, [1.0, 2.5]), ({LR: 0.8}, [5, 6])):
        cell = Cell({}, "t", {}, "c/d", "net", "", axes)
        vars(cell)["key"] = str(axes)
        curve = Curve(range(len(scores)), scores)
        cells.append((cell, [Replica(0, Outcome({}, {"validation": curve}), {})]))
    first = results_of(claim, cells[:1]).tuned("net")
    assert (dict(first.value), first.on_edge) == ({"law": "he", LR: 0.2}, True)
    side = results_of(claim, cells).tuned("net")
    assert (dict(side.value), side.on_edge) == ({"law": "he", LR: 0.4}, False)
    assert side.score("validation", {"law": "lecun", LR: 0.8}).tolist() == [6.0]
