from pathlib import Path

import numpy as np
import pytest

from deepclaims.data.aami import UNKNOWN
from deepclaims.data.wfdb_record import Beats, Recording, read_beats, read_recording
from deepclaims.ecg.beats import at_training_rate, detect_beats


def wave(seconds, rate=360):
    t = np.arange(int(seconds * rate)) / rate
    return np.sin(2 * np.pi * t)[:, None]


@pytest.mark.parametrize("rate", [128, 250, 257.5, 1000])
def test_another_rate_is_resampled_to_that_of_training(rate):
    recording = Recording(Path("x"), rate, ("MLII",), 3 + wave(20, rate))
    beats = Beats(np.array([0, int(7.5 * rate), len(recording.signal) - 1]), np.zeros(3, int))
    signal, sample = at_training_rate(recording, beats)
    inside = slice(360, 18 * 360)
    assert np.allclose(signal[inside], (3 + wave(20))[inside], atol=0.02)
    assert sample[1] == pytest.approx(7.5 * 360, abs=2)
    assert sample[-1] < len(signal)


def test_beats_are_detected_where_they_were_made(small_ecg):
    recording = read_recording(small_ecg[0] / "103")
    made, found = read_beats(recording, "atr"), detect_beats(recording)
    nearest = np.abs(made.sample[:, None] - found.sample).min(axis=1)
    assert (nearest <= 54).mean() > 0.97
    assert (found.label == UNKNOWN).all()
