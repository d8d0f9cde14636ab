import shutil

import numpy as np
import pytest
import wfdb

from deepclaims.data.aami import CLASS_OF, UNKNOWN
from deepclaims.data.wfdb_record import (
    find_record,
    read_beats,
    read_recording,
)
from deepclaims.errors import DataError


@pytest.fixture
def record(small_ecg, tmp_path):
    """A copy of a synthetic record to be damaged: its path without extension."""
    for extension in ("hea", "dat", "atr"):
        shutil.copy(small_ecg[0] / f"103.{extension}", tmp_path)
    return tmp_path / "103"


def write(folder, name, signal, leads, rate=360, units="mV"):
    wfdb.wrsamp(name, fs=rate, units=[units] * len(leads), sig_name=leads, p_signal=signal,
                fmt=["16"] * len(leads), write_dir=str(folder))  # fmt: skip
    return folder / name


def waves(seconds=12, rate=360, leads=1):
    t = np.arange(int(seconds * rate)) / rate
    return np.stack([np.sin(2 * np.pi * (lead + 1) * t) for lead in range(leads)], axis=1)


@pytest.mark.parametrize("name", ["103", "103.hea", "103.atr"])
def test_a_record_is_found_with_or_without_extension(record, name, tmp_path):
    assert find_record(str(tmp_path / name), tmp_path / "nowhere") == record


def test_a_bare_name_is_looked_for_among_the_fetched(record, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert find_record("103", record.parent) == record
    with pytest.raises(DataError, match=r"there is no record \.\./104: .*records in .*: 103"):
        find_record("../104", record.parent)
    with pytest.raises(DataError, match="names no record"):
        find_record(".", record.parent)


def test_the_leads_and_the_beats_are_those_of_wfdb(record):
    recording = read_recording(record)
    assert recording.leads == ("MLII", "V1")
    assert np.array_equal(recording.signal, wfdb.rdrecord(str(record)).p_signal)
    notes = wfdb.rdann(str(record), "atr")
    is_beat = np.array([symbol in CLASS_OF for symbol in notes.symbol])
    beats = read_beats(recording, "atr")
    assert np.array_equal(beats.sample, notes.sample[is_beat])
    assert [CLASS_OF[s] for s in np.array(notes.symbol)[is_beat]] == beats.label.tolist()


def test_single_precision_is_that_of_wfdb(record):
    single = read_recording(record, precision=32).signal
    assert single.dtype == np.float32
    assert np.array_equal(single, wfdb.rdrecord(str(record), return_res=32).p_signal)


def test_leads_are_put_in_order_and_chosen(small_ecg, tmp_path):
    assert read_recording(small_ecg[0] / "114").leads == ("MLII", "V5")
    path = write(tmp_path, "three", waves(leads=3), ["aVR", "V2", "MLII"])
    assert read_recording(path).leads == ("MLII", "V2")
    assert read_recording(path, second="none").leads == ("MLII",)
    assert read_recording(path, second="aVR").leads == ("MLII", "aVR")
    assert read_recording(path, lead="V2").leads == ("V2",)
    with pytest.raises(DataError, match="no second lead V9, but aVR, V2"):
        read_recording(path, second="V9")


def test_a_record_without_the_lead_says_which_it_has(tmp_path):
    path = write(tmp_path, "x", waves(leads=2), ["II", "V5"])
    with pytest.raises(DataError, match="no lead MLII, but II, V5; lead=NAME takes another"):
        read_recording(path)


def test_units_become_millivolts(tmp_path):
    path = write(tmp_path, "micro", 1000 * waves(), ["MLII"], units="uV")
    assert np.allclose(read_recording(path).signal, waves(), atol=1e-3)


def test_gaps_are_filled_and_told(tmp_path):
    signal = waves()
    signal[100:110] = np.nan
    recording = read_recording(write(tmp_path, "gap", signal, ["MLII"]))
    assert recording.missing == pytest.approx(10 / len(signal))
    assert np.allclose(recording.signal, waves(), atol=1e-2)


def _flip(file):
    """Change one byte in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda p: p.with_suffix(".hea").write_bytes(b"\x00\xff?"), "header .*103.hea is damaged"),
        (lambda p: p.with_suffix(".hea").write_text(""), "header .*103.hea is damaged"),
        (lambda p: p.with_suffix(".dat").unlink(), "103.dat is missing, which .*103.hea names"),
        (lambda p: p.with_suffix(".dat").write_bytes(b""), "is damaged, or shorter than"),
        (lambda p: p.with_suffix(".dat").write_bytes(bytes(9999)), "is damaged, or shorter than"),
        (lambda p: _flip(p.with_suffix(".dat")), r"the samples of MLII.* the checksum"),
    ],
)
def test_a_damaged_record_is_named(record, damage, said):
    damage(record)
    with pytest.raises(DataError, match=said):
        read_recording(record)


def test_damaged_and_missing_annotations_are_named(record):
    recording = read_recording(record)
    with pytest.raises(DataError, match=r"103\.qrs is missing: .*annotator=detect"):
        read_beats(recording, "qrs")
    record.with_suffix(".atr").write_bytes(b"\x01" * 33)
    with pytest.raises(DataError, match=r"103\.atr is damaged"):
        read_beats(recording, "atr")


@pytest.mark.parametrize(
    ("signal", "rate", "said"),
    [
        (waves(seconds=9), 360, "too short: 9.0 s"),
        (waves(rate=50), 50, "50 samples a second; at least 100"),
        (np.zeros((5000, 1)), 360, "lead MLII of record .* is flat"),
    ],
)
def test_a_record_that_is_of_no_use_is_refused(tmp_path, signal, rate, said):
    with pytest.raises(DataError, match=said):
        read_recording(write(tmp_path, "x", signal, ["MLII"], rate))


def test_other_beats_of_wfdb_are_beats_without_a_class(record, tmp_path):
    recording = read_recording(record)
    wfdb.wrann("103", "odd", np.array([5, 400, 800, 10**6]), symbol=["+", "n", "V", "N"],
               write_dir=str(tmp_path))  # fmt: skip
    beats = read_beats(recording, "odd")
    assert beats.sample.tolist() == [400, 800]
    assert beats.label.tolist() == [UNKNOWN, CLASS_OF["V"]]
