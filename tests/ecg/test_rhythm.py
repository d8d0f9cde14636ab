import numpy as np
import pytest

from deepclaims.ecg import summary
from deepclaims.ecg.rhythm import Ectopy, Rhythm

N, S, V = 0, 1, 2


def made(letters: str, begins=(), interval=0.8):
    label = np.array(["NSV".index(each) for each in letters])
    return Rhythm(interval * np.arange(len(label)), label, np.array(begins, int))


@pytest.mark.parametrize(
    ("letters", "ectopy"),
    [
        ("NNNN", Ectopy(0, 0, 0, 0, 0)),
        ("NVN", Ectopy(1, 0, 0, 0, 0)),
        ("NVVN", Ectopy(2, 1, 0, 0, 0)),
        ("NVVVN", Ectopy(3, 0, 1, 3, 0)),
        ("NVVVVNNVVVN", Ectopy(7, 0, 2, 4, 0)),
        ("NVNVN", Ectopy(2, 0, 0, 0, 0)),
        ("NNVNVNVNN", Ectopy(3, 0, 0, 0, 1)),
        ("NVNVNVNNNVNVNVN", Ectopy(6, 0, 0, 0, 2)),
        ("SVSVSV", Ectopy(3, 0, 0, 0, 1)),
    ],
)
def test_couplets_runs_and_bigeminy(letters, ectopy):
    assert made(letters).ectopy(V) == ectopy


def test_nothing_is_counted_across_a_gap():
    assert made("NVVN", begins=[2]).ectopy(V) == Ectopy(2, 0, 0, 0, 0)
    assert made("NVNVNV", begins=[3]).ectopy(V).bigeminy == 0


def test_rate_pauses_and_hours_leave_a_gap_out():
    times = np.array([0.0, 1.0, 2.0, 100.0, 101.0, 103.5])
    rhythm = Rhythm.of(times * 100, np.zeros(6, int), 100, np.array([[250, 9950]]))
    np.testing.assert_allclose(rhythm.intervals, [1, 1, np.nan, 1, 2.5])
    assert rhythm.rate == pytest.approx(60 / 1.375)
    assert rhythm.pauses.tolist() == [2.5]
    assert rhythm.hours == pytest.approx(5.5 / 3600)
    assert np.isnan(rhythm.extremes).all()


def test_a_stretch_without_beats_is_no_pause_and_a_gap_is_no_such_stretch():
    """12 s without a beat, and 20 s of which 15 were not recorded."""
    times = np.array([0.0, 1.0, 13.0, 14.0, 34.0, 35.0, 44.9])
    rhythm = Rhythm.of(times * 100, np.zeros(7, int), 100, np.array([[1600, 3100]]))
    np.testing.assert_allclose(rhythm.intervals, [1, np.nan, 1, np.nan, 1, 9.9])
    assert rhythm.pauses == pytest.approx([9.9])
    assert rhythm.silences.tolist() == [2]
    (said,) = [line for line in summary.rhythm(rhythm) if "without a beat" in line]
    assert "a stretch of 10 s or more without a beat, 0:12.0 in all, from 0:01.0 to 0:13.0" in said


def test_the_extremes_are_of_eight_intervals():
    times = np.cumsum([1.0] * 9 + [0.5] * 8)
    low, high = Rhythm(times, np.zeros(17, int), np.zeros(0, int)).extremes
    assert (low, high) == (60.0, 120.0)
