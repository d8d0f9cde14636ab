from pathlib import Path

import numpy as np
import pytest
import wfdb

from deepclaims.data.aami import UNKNOWN
from deepclaims.data.gaps import gaps
from deepclaims.data.resampling import resampled
from deepclaims.data.wfdb_record import Beats, Recording, read_beats, read_recording
from deepclaims.ecg import detector
from deepclaims.ecg.beats import at_training_rate, beats_to_label, detect_beats
from deepclaims.errors import DataError


def wave(seconds, rate=360):
    t = np.arange(int(seconds * rate)) / rate
    return np.sin(2 * np.pi * t)[:, None]


@pytest.mark.parametrize("rate", [128, 250, 257.5, 1000])
def test_another_rate_is_resampled_to_that_of_training(rate):
    recording = Recording(Path("x"), rate, ("MLII",), 3 + wave(20, rate))
    seconds = np.array([0, 7.5, 15])
    sample = np.append((seconds * rate).astype(int), len(recording.signal) - 1)
    beats = Beats(sample, np.zeros(4, int))
    signal, sample, breaks = at_training_rate(recording, beats)
    assert len(breaks) == 0
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


def recording(signal, rate=360, path=Path("x")):
    return Recording(path, rate, ("MLII",), signal, gaps=gaps(signal[:, 0], rate))


@pytest.fixture(scope="module")
def heart(small_ecg):
    """Two minutes of one lead, and its beats in samples."""
    whole = read_recording(small_ecg[0] / "103")
    at = read_beats(whole, "atr").sample
    return whole.signal[:43_200, :1], at[at < 43_200]


def found_of(made, found, rate=360):
    """Share of the beats made that were found within 150 ms."""
    return (np.abs(made[:, None] - found).min(axis=1) <= 0.15 * rate).mean()


@pytest.mark.parametrize("rate", [500, 1000, 2000])
def test_beats_of_a_fast_record_are_detected_as_those_of_a_slow_one(heart, rate):
    signal, at = heart
    found = detect_beats(recording(resampled(signal, 360, rate), rate)).sample
    assert found_of(at * rate / 360, found, rate) > 0.95
    assert len(found) < 1.03 * len(at) + 1


def test_a_flat_quarter_of_an_hour_is_passed_over(heart, monkeypatch):
    """The detector never sees it, and the beats on either side are found."""
    signal, at = heart
    seen = []
    detect = detector.xqrs

    def watched(lead, rate):
        seen.append(len(lead) / rate)
        return detect(lead, rate)

    monkeypatch.setattr(detector, "xqrs", watched)
    flat = np.full((900 * 360, 1), signal[-1])
    long = recording(np.concatenate([signal, flat, signal]))
    beats = detect_beats(long)
    assert sum(seen) < 250
    both = np.concatenate([at, at + len(signal) + len(flat)])
    assert found_of(both, beats.sample) > 0.95
    _, sample, breaks = at_training_rate(long, beats)
    assert np.diff(sample)[breaks - 1] == pytest.approx(900 * 360, abs=720)
    assert len(breaks) == 1


def test_a_stretch_without_beats_breaks_the_rhythm_as_a_gap_does(heart):
    signal, at = heart
    kept = at[(at < 7200) | (at > 12_000)]
    _, sample, breaks = at_training_rate(recording(signal), Beats(kept, np.zeros(len(kept), int)))
    assert np.diff(sample)[breaks - 1] == pytest.approx(4800, abs=720)
    assert len(breaks) == 1


def test_annotated_beats_in_a_gap_are_not_labelled(heart, tmp_path):
    signal, at = heart
    dark = signal.copy()
    dark[7200:14_400] = np.nan
    wfdb.wrsamp("x", fs=360, units=["mV"], sig_name=["MLII"], fmt=["16"], p_signal=dark,
                write_dir=str(tmp_path))  # fmt: skip
    wfdb.wrann("x", "atr", at, symbol=["N"] * len(at), write_dir=str(tmp_path))
    inside = (at >= 7200) & (at < 14_400)
    beats, found_by = beats_to_label(read_recording(tmp_path / "x"), "auto")
    assert beats.sample.tolist() == at[~inside].tolist()
    assert found_by == f"of x.atr ({inside.sum()} more in gaps, which are not labelled)"


def test_without_beats_another_file_that_has_them_is_named(heart, tmp_path):
    signal, at = heart
    wfdb.wrsamp("x", fs=360, units=["mV"], sig_name=["MLII"], fmt=["16"], p_signal=signal,
                write_dir=str(tmp_path))  # fmt: skip
    wfdb.wrann("x", "atr", np.array([10]), symbol=["+"], write_dir=str(tmp_path))
    for extension in ("few", "qrs"):
        wfdb.wrann("x", extension, at[: 3 if extension == "few" else None],
                   symbol=["N"] * len(at[: 3 if extension == "few" else None]),
                   write_dir=str(tmp_path))  # fmt: skip
    said = rf"has 0 beats \(of x\.atr\): .*; x\.qrs has {len(at)} \(annotator=qrs\)$"
    with pytest.raises(DataError, match=said):
        beats_to_label(read_recording(tmp_path / "x"), "auto")
