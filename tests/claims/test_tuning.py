"""The protocol of what is tuned, on values made up."""

import numpy as np
import pytest

from deepclaims.claims.tuning import Choice, Score, Tune
from deepclaims.errors import ClaimError

LR = "optimizer.lr"
WRITTEN = {"axes": [LR], "score": "validation_error", "seeds": {"first": 5, "count": 3}}


def choice(scores, **more):
    return Choice.of(
        [{LR: rate} for rate in scores], [np.array(s) for s in scores.values()], **more
    )


def test_a_protocol_is_read():
    tune = Tune.read("claim c, part p", {**WRITTEN, "also": [{LR: 0.5}], "edge": "widen"})
    assert tune.seeds == (5, 6, 7)
    assert tune.by == {"": Score("validation_error")}
    assert tune.edge == "widen"
    assert tune.combinations({LR: [1, 2], "width": [8]}) == [{LR: 1}, {LR: 2}]


def test_combinations_may_have_one_value_of_an_axis():
    tune = Tune.read("", {**WRITTEN, "axes": ["law", LR]})
    grid = {"law": ["he", "lecun"], LR: [1, 2]}
    assert len(tune.combinations(grid)) == 4
    assert tune.combinations(grid, {LR: 4}) == [{"law": "he", LR: 4}, {"law": "lecun", LR: 4}]


def test_several_scores_choose_apart():
    by = {"error": "validation_error", "speed": {"curve": "train_loss", "below": 0.2}}
    written = {key: value for key, value in WRITTEN.items() if key != "score"} | {"by": by}
    assert Tune.read("", written).by["speed"] == Score("train_loss", 0.2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": None, "by": {"a": "b"}}, "either score or by"),
        ({"axes": []}, "lacks axes"),
        ({"seeds": None}, "lacks seeds"),
        ({"edge": "ignore"}, "edge is one of void, widen"),
        ({"seed": 3}, "does not know"),
        ({"edge": "widen", "stacked": True}, "needs several axes"),
    ],
)
def test_what_does_not_fit_is_refused(change, said):
    with pytest.raises(ClaimError, match=said):
        Tune.read("claim c, part p", {**WRITTEN, **change})


def test_the_best_mean_is_chosen_and_of_equals_the_first():
    assert choice({0.1: [3.0, 1.0], 0.2: [1.0, 1.0], 0.3: [1.0, 1.0]}).value == {LR: 0.2}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_at_which_one_seed_diverged_is_not_chosen(bad):
    assert choice({0.1: [0.0, bad], 0.2: [5.0, 5.0]}).value == {LR: 0.2}


def test_an_end_of_the_grid_is_an_edge():
    assert not choice({0.1: [2.0], 0.2: [1.0], 0.3: [2.0]}).on_edge
    assert choice({0.1: [1.0], 0.2: [2.0], 0.3: [2.0]}).open_ends() == {LR: False}
    assert choice({0.1: [2.0], 0.2: [2.0], 0.3: [1.0]}).open_ends() == {LR: True}
    assert choice({0.1: [1.0]}).on_edge  # one value has no inside


def test_the_order_of_the_grid_does_not_matter():
    assert not choice({0.2: [1.0], 0.1: [2.0], 0.3: [2.0]}).on_edge


def test_a_natural_end_and_a_word_are_no_edge():
    assert not choice({1.0: [1.0], 0.5: [2.0]}, natural=[1.0]).on_edge
    words = Choice.of([{"law": "he"}, {"law": "lecun"}], [np.array([1.0]), np.array([2.0])])
    assert not words.on_edge


def test_a_grid_is_widened_by_its_own_ratio():
    assert list(choice({0.01: [3.0], 0.1: [2.0], 1.0: [1.0]}).wider()) == [{LR: 10.0}]
    assert list(choice({0.01: [1.0], 0.03: [2.0]}).wider()) == [{LR: pytest.approx(0.01 / 3, 1e-4)}]
    assert list(choice({0.1: [2.0], 0.2: [1.0], 0.3: [2.0]}).wider()) == []
    assert list(choice({0.1: [1.0]}).wider()) == []
