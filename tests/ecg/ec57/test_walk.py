"""The rules of the walk, one by one, on times made for them; 54 samples are 150 ms at 360 Hz."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wfdb.processing import compare_annotations

from deepclaims.ecg.ec57.walk import Step, walk

times = st.lists(st.integers(1, 4000), unique=True).map(lambda x: np.array(sorted(x), dtype=int))


def pairs(reference, test, **where):
    i, j, step = walk(np.array(reference), np.array(test), 54, **where).T
    matched = step == Step.MATCHED
    return [*zip(i[matched].tolist(), j[matched].tolist(), strict=True)]


def counted(reference, test, **where):
    step = walk(np.array(reference), np.array(test), 54, **where)[:, 2]
    return np.bincount(step, minlength=3).tolist()


@pytest.mark.parametrize(("off", "same"), [(54, True), (55, False), (-54, True), (-55, False)])
def test_the_window_holds_its_own_edge(off, same):
    assert pairs([1000], [1000 + off]) == ([(0, 0)] if same else [])


def test_of_two_that_are_equally_near_the_later_is_taken():
    assert pairs([1000], [990, 1010]) == [(0, 1)]
    assert pairs([990, 1010], [1000]) == [(1, 0)]


def test_the_nearer_is_taken_unless_the_next_two_are_nearer_still():
    assert pairs([1000], [960, 1010]) == [(0, 1)]
    assert pairs([1000, 1012], [960, 1010]) == [(0, 0), (1, 1)]


def test_a_beat_is_used_once():
    assert counted([1000, 2000], [1000, 1005, 2000]) == [2, 0, 1]
    assert counted([1000, 1005, 2000], [1000, 2000]) == [2, 1, 0]


def test_the_first_reference_beat_may_be_matched_from_before_the_start():
    assert pairs([5010], [4990, 6000], start=5000) == [(0, 0)]
    assert counted([5010], [4990, 5015], start=5000) == [1, 0, 0]  # the nearer is after it
    assert counted([5010], [4940], start=5000) == [0, 1, 0]


def test_a_test_beat_just_after_the_start_may_be_of_a_beat_before_it():
    assert counted([5300], [5010, 5300], start=5000) == [1, 0, 0]
    assert counted([5300], [5055, 5300], start=5000) == [1, 0, 1]
    assert counted([5300], [0, 5300], start=0) == [1, 0, 1]


def test_a_beat_after_the_end_counts_only_with_one_before_it():
    assert counted([1000], [1010, 1300], end=1005) == [1, 0, 0]
    assert counted([1000, 1300], [1000], end=1005) == [1, 0, 0]


@given(times, times)
def test_pairs_are_near_in_order_and_every_beat_is_told_of(reference, test):
    steps = walk(reference, test, 54)
    found = pairs(reference, test)
    assert all(abs(reference[i] - test[j]) <= 54 for i, j in found)
    matched, missed, extra = np.bincount(steps[:, 2], minlength=3)
    assert (matched + missed, matched + extra) == (len(reference), len(test))


def test_as_many_pairs_as_wfdb_finds():
    rng = np.random.default_rng(1)
    reference = np.cumsum(rng.integers(200, 400, 500))
    kept = reference[rng.random(500) < 0.95]
    test = np.unique(np.concatenate([kept, rng.integers(0, reference[-1], 20)]))
    test = np.unique(test + rng.integers(-30, 30, len(test)))
    assert len(pairs(reference, test)) == compare_annotations(reference, test, 54).tp
