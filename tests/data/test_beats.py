import numpy as np
import pytest
from scipy.signal import medfilt

from deepclaims.data import beats


def test_a_window_is_about_its_annotation():
    signal = np.stack([np.arange(1000.0), -np.arange(1000.0)], axis=1)
    windows = beats.cut(signal, np.array([100, 500]))
    assert windows.shape == (2, 2, 108)
    assert windows[1, 0].tolist() == list(range(452, 560))
    assert np.array_equal(windows[:, 1], -windows[:, 0])
    assert windows[0, 0, beats.BEFORE] == 100


def test_windows_that_run_off_repeat_the_last_sample_of_their_record():
    signal = np.arange(400.0)[:, None]
    first, last = beats.cut(signal, np.array([205, 295]), first=200, last=300)[:, 0]
    assert first[: beats.BEFORE - 4].tolist() == [200.0] * (beats.BEFORE - 4)
    assert first[beats.BEFORE - 4] == 201
    assert last[-beats.AFTER + 5 :].tolist() == [299.0] * (beats.AFTER - 5)


def test_the_baseline_goes_and_the_qrs_stays():
    t = np.arange(3600) / beats.RATE
    qrs = np.exp(-0.5 * ((t - 5) / 0.012) ** 2)
    wander = 0.8 + 0.5 * np.sin(2 * np.pi * 0.1 * t)
    out = beats.filtered(np.stack([qrs + wander, wander], axis=1))
    assert out.shape == (1200, 2)
    assert abs(out[600, 0] - 1) < 0.1
    assert np.abs(out[50:-50, 1]).max() < 0.02


def test_the_baseline_is_the_two_medians_of_de_chazal():
    signal = np.random.default_rng(0).normal(size=(1500, 1)).cumsum(axis=0)
    from scipy.signal import decimate

    slow = decimate(signal[:, 0], 3, ftype="fir")
    expected = slow - medfilt(medfilt(slow, 25), 73)
    inner = slice(50, -50)  # scipy pads with zeros, we with the last sample
    assert np.allclose(beats.filtered(signal)[inner, 0], expected[inner])


def test_the_scale_is_the_median_qrs_whichever_its_sign():
    windows = np.zeros((5, 2, beats.WINDOW))
    windows[:, 0, beats.BEFORE] = [1, 2, 3, 4, 50]
    windows[:, 1, beats.BEFORE + 3] = -2
    windows[:, 1, 0] = 99  # outside the QRS
    assert beats.amplitude(windows).tolist() == [3, 2]


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_the_reference_beat_is_no_ectopic_one_even_if_those_are_the_majority(share):
    rng = np.random.default_rng(0)
    premature = rng.random(400) < share
    # The beat after a premature one comes late.
    pre = np.where(premature, 0.5, np.where(np.roll(premature, 1), 1.1, 0.9))
    windows = np.where(premature, -1.0, 1.0)[:, None, None] + rng.normal(0, 0.1, (400, 2, 108))
    assert np.allclose(beats.reference_beat(windows, pre), 1, atol=0.1)


def test_without_a_timely_beat_all_are_taken():
    windows = np.arange(3.0)[:, None, None] * np.ones((1, 2, 108))
    # Two short intervals and a very long one: none is 1 to 1.5 times the mean.
    assert np.all(beats.reference_beat(windows, np.array([0.5, 0.5, 5.0])) == 1)
