import numpy as np
import pytest
from wfdb.processing import xqrs_detect

from deepclaims.data.wfdb_record import read_recording
from deepclaims.ecg import detector
from deepclaims.ecg.detector import xqrs

RATE = 360


@pytest.fixture(scope="module")
def heart(small_ecg):
    """A minute of one lead."""
    return read_recording(small_ecg[0] / "103").signal[: 60 * RATE, 0]


def noise(minutes, size=0.02):
    return np.random.default_rng(0).normal(scale=size, size=minutes * 60 * RATE)


def test_the_beats_are_those_of_wfdb(heart):
    """In a heart, and where noise comes between or behind."""
    for lead in (heart, np.concatenate([heart, noise(2), heart, 0.4 * heart])):
        assert np.array_equal(xqrs(lead, RATE), xqrs_detect(lead, RATE, verbose=False))


def test_noise_without_a_beat_costs_in_proportion_to_its_length(heart, monkeypatch):
    """Peaks looked at, after a heart that was seen: each once or twice, not at each later peak."""
    looked = []
    is_qrs = detector.RobustXQRS._is_qrs
    monkeypatch.setattr(
        detector.RobustXQRS,
        "_is_qrs",
        lambda *words, **more: looked.append(1) or is_qrs(*words, **more),
    )
    counts = []
    for minutes in (2, 4, 8):
        looked.clear()
        beats = xqrs(np.concatenate([heart, noise(minutes)]), RATE)
        assert beats.max() < 61 * RATE
        counts.append(len(looked))
    assert counts[2] < 2.1 * counts[1] < 4.2 * counts[0]


def popped(heart, size, *seconds):
    lead = heart.copy()
    for second in seconds:
        lead[round(second * RATE) :][:40] += size
    return lead


def same(found, beats, within=18):
    """How many of the beats were found, and how many more."""
    near = np.abs(found[:, None] - beats).min(axis=0) <= within
    return int(near.sum()), len(found) - int(near.sum())


@pytest.mark.parametrize("size", [5.0, 20.0, 200.0])
@pytest.mark.parametrize("seconds", [(1.0,), (4.0,), (30.0,), (57.0,), tuple(range(20, 50, 5))])
def test_no_pop_of_an_electrode_hides_the_beats_that_follow(heart, size, seconds):
    """At the start, from where thresholds are learnt, in the middle, before the end, repeatedly."""
    beats = xqrs_detect(heart, RATE, verbose=False)
    found, more = same(xqrs(popped(heart, size, *seconds), RATE), beats)
    assert found >= len(beats) - 3 * len(seconds)
    assert more <= 2 * len(seconds)


def test_wfdb_is_deaf_after_a_pop(heart):
    """What the test above is about: if wfdb mends it, there is no need of ours."""
    beats = xqrs_detect(popped(heart, 20.0, 30.0), RATE, verbose=False)
    assert not ((beats > 32 * RATE) & (beats < 52 * RATE)).any()


@pytest.mark.parametrize("begin", [0, 20])
def test_after_a_motion_of_many_seconds_beats_are_found_again(heart, begin):
    lead, steps = heart.copy(), np.random.default_rng(1).normal(scale=0.5, size=15 * RATE)
    lead[begin * RATE :][: len(steps)] += np.cumsum(steps)
    beats = xqrs_detect(heart, RATE, verbose=False)
    after = (begin + 17) * RATE
    found, more = same(*(each[each > after] for each in (xqrs(lead, RATE), beats)))
    assert found >= (beats > after).sum() - 1
    assert more <= 1


@pytest.mark.parametrize("size", [0.02, 0.1])
def test_a_silence_of_noise_is_not_made_beats(heart, size):
    found = xqrs(np.concatenate([heart, noise(2, size), heart]), RATE)
    assert not ((found > 61 * RATE) & (found < 179 * RATE)).any()
    assert (found > 180 * RATE).sum() >= (found < 60 * RATE).sum() - 1


def test_p_waves_of_a_standstill_are_not_made_beats(heart):
    """Twenty seconds of waves of 0.15 mV, 80 ms wide, one a second, after a heart and before it."""
    time = np.arange(20 * RATE) / RATE % 1 - 0.5
    waves = 0.15 * np.exp(-0.5 * (time / 0.02) ** 2)
    assert np.ptp(heart) > 1.5
    found = xqrs(np.concatenate([heart, heart[-1] + waves, heart]), RATE)
    assert not ((found > 61 * RATE) & (found < 79 * RATE)).any()
