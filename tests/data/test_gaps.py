import numpy as np
import pytest

from deepclaims.data.gaps import between, first_after, gaps, outside, without_missing

RATE = 100


def wave(seconds=60):
    return np.sin(2 * np.pi * np.arange(seconds * RATE) / RATE)


@pytest.mark.parametrize(("seconds", "found"), [(0.2, 0), (0.4, 1), (30, 1)])
def test_missing_samples_are_a_gap_where_a_beat_could_hide(seconds, found):
    lead = wave()
    lead[1000 : 1000 + round(seconds * RATE)] = np.nan
    assert gaps(lead, RATE).tolist() == [[1000, 1000 + round(seconds * RATE)]] * found


@pytest.mark.parametrize(("seconds", "found"), [(9, 0), (20, 1)])
@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_a_line_is_a_gap_where_no_heart_pauses_so_long(seconds, found, noise):
    lead, rng = wave(), np.random.default_rng(0)
    lead[1000 : 1000 + seconds * RATE] = 0.3 + noise * rng.uniform(-1, 1, seconds * RATE)
    assert gaps(lead, RATE).tolist() == [[1000, 1000 + seconds * RATE]] * found


def test_a_lead_that_never_moves_and_one_of_no_samples_are_gaps_all_through():
    assert gaps(np.zeros(6000), RATE).tolist() == [[0, 6000]]
    assert gaps(np.full(6000, np.nan), RATE).tolist() == [[0, 6000]]
    assert gaps(np.zeros(50), RATE).tolist() == []


def test_missing_samples_lie_on_a_line():
    lead = np.array([0.0, np.nan, np.nan, 3.0])
    assert without_missing(lead).tolist() == [0, 1, 2, 3]
    assert np.isnan(lead[1])
    assert without_missing(np.full(3, np.nan)).tolist() == [0, 0, 0]


def test_beats_about_gaps():
    dark = np.array([[0, 10], [100, 200], [205, 300]])
    sample = np.array([5, 10, 50, 150, 199, 200, 299, 300, 400])
    seen = outside(dark, sample)
    assert sample[seen].tolist() == [10, 50, 200, 300, 400]
    assert first_after(dark, sample[seen]).tolist() == [2, 3]
    assert first_after(np.zeros((0, 2), np.int64), sample).tolist() == []


def test_what_is_between_long_gaps():
    dark = np.array([[0, 10], [50, 55], [90, 100]])
    assert between(dark, 100, 10).tolist() == [[10, 90]]
    assert between(dark, 100, 5).tolist() == [[10, 50], [55, 90]]
