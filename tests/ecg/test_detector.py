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
    """In a heart, in noise, in the one after the other, with an artefact of 8 mV between."""
    pop = np.concatenate([np.full(40, 8.0), np.zeros(360)])
    for lead in (
        heart,
        noise(1),
        np.concatenate([heart, noise(2), heart]),
        np.concatenate([heart, pop, heart, noise(1, 0.3), 0.4 * heart]),
    ):
        assert np.array_equal(xqrs(lead, RATE), xqrs_detect(lead, RATE, verbose=False))


def test_noise_without_a_beat_costs_in_proportion_to_its_length(heart, monkeypatch):
    """Peaks looked at, after a heart that was seen: each once or twice, not at each later peak."""
    looked = []
    is_qrs = detector.LinearXQRS._is_qrs
    monkeypatch.setattr(
        detector.LinearXQRS,
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
