"""Records of PhysioNet that are unusual, and what is right of each.

`DEEPCLAIMS_CASES` names a folder with them.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from deepclaims.data.rhythm import intervals
from deepclaims.data.wfdb_record import read_length, read_recording
from deepclaims.ecg.beats import at_training_rate, beats_to_label
from deepclaims.errors import DataError


@pytest.fixture(scope="module")
def cases():
    named = os.environ.get("DEEPCLAIMS_CASES", "")
    if not named or not Path(named).is_dir():
        pytest.skip("needs unusual records: set DEEPCLAIMS_CASES to a folder that has them")
    return Path(named)


def test_a_clock_of_its_own(cases):
    recording = read_recording(cases / "own-clock" / "100s")
    reference, _ = beats_to_label(recording, "atr")
    beats, _ = beats_to_label(recording, "qrs")
    assert len(beats.sample) == len(reference.sample) == 74
    assert np.abs(beats.sample - reference.sample).max() <= 10  # of 360 Hz: a detector's places


@pytest.mark.parametrize(("annotator", "count"), [("atr", 371), ("detect", 373)])
def test_a_gap(cases, annotator, count):
    recording = read_recording(cases / "gap" / "gap900")
    assert recording.gaps.tolist() == [[60 * 360, 960 * 360]]
    beats, _ = beats_to_label(recording, annotator)
    assert abs(len(beats.sample) - count) <= 2
    _, sample, breaks = at_training_rate(recording, beats)
    assert len(breaks) == 1
    assert intervals(sample / 360, None, breaks).mean() == pytest.approx(0.805, abs=0.001)


def test_segments_with_gains_of_their_own(cases):
    signal = read_recording(cases / "segment-gain" / "v102s", "II").signal[:, 0]
    moved = [np.ptp(part) for part in np.split(signal, 3)]
    assert np.allclose(moved, [1.795, 3.590, 1.795], atol=0.001)


def test_samples_of_frames(cases):
    recording = read_recording(cases / "frames-two-segments" / "041s", "V")
    assert (recording.rate, recording.seconds) == (500, 16)
    path = cases / "frames" / "mixedsignals"
    recording = read_recording(path, "II", "V")
    assert recording.rate == pytest.approx(249.89)
    assert recording.signal.shape == (57_600, 2)
    assert read_length(path) == (62.4725, 14_400)
    assert len(beats_to_label(recording, "detect")[0].sample) == pytest.approx(391, abs=4)


def test_a_skewed_signal(cases, mirror):
    skewed = read_recording(cases / "skew" / "100skew").signal
    straight = read_recording(next(mirror.glob("mitdb/**/100.hea")).with_suffix("")).signal
    assert np.array_equal(skewed[:, 0], straight[:, 0])
    assert np.array_equal(skewed[:-3, 1], straight[3:, 1])


def test_a_variable_layout(cases):
    recording = read_recording(cases / "variable-layout" / "s25047-2704-05-04-10-44", "II", "V")
    assert len(recording.signal) == 543_240
    assert recording.gaps[0].tolist() == [0, 25_740]
    assert recording.missing == pytest.approx(0.048, abs=0.001)


def test_a_thousand_samples_a_second(cases):
    recording = read_recording(cases / "fast-rate" / "s0010_re", "ii")
    assert len(beats_to_label(recording, "auto")[0].sample) == 52


def test_rhythm_alone(cases):
    recording = read_recording(cases / "rhythm-only" / "100s")
    with pytest.raises(DataError, match=r"has 0 beats .*; 100s\.qrs has 74 \(annotator=qrs\)"):
        beats_to_label(recording, "auto")


def test_two_leads_of_one_name(cases):
    recording = read_recording(cases / "two-names" / "800", "ECG", "ECG#2")
    assert recording.rate == 128
    assert not np.array_equal(*recording.signal.T)


def test_no_signals(cases):
    with pytest.raises(DataError, match="100a has no signals"):
        read_recording(cases / "no-signals" / "100a")
    assert read_length(cases / "no-signals" / "100a") == (360, 650_000)
