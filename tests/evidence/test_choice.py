"""What is chosen among values that were tried, on values made up."""

import math

import numpy as np
import pytest

from deepclaims.evidence.choice import Choice

LR = "optimizer.lr"


def choice(scores, **more):
    return Choice.of(
        [{LR: rate} for rate in scores], [np.array(s) for s in scores.values()], **more
    )


def test_the_best_mean_is_chosen_and_of_equals_the_first():
    assert choice({0.1: [3.0, 1.0], 0.2: [1.0, 1.0], 0.3: [1.0, 1.0]}).value == {LR: 0.2}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_at_which_one_seed_diverged_is_not_chosen(bad):
    assert choice({0.1: [0.0, bad], 0.2: [5.0, 5.0]}).value == {LR: 0.2}


def test_where_every_value_failed_somewhere_the_fewest_failures_decide_and_not_their_order():
    never = np.inf
    seldom = choice({0.1: [never, never, 300.0], 0.2: [never, 700.0, 700.0], 0.3: [never] * 3})
    assert seldom.value == {LR: 0.2}
    assert seldom.scores == (math.inf,) * 3
    assert choice({0.1: [never, 9.0], 0.2: [8.0, never], 0.3: [never, 9.0]}).value == {LR: 0.2}


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
