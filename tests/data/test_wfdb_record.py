import shutil

import numpy as np
import pytest
import wfdb

from deepclaims.data.aami import CLASS_OF, UNKNOWN
from deepclaims.data.wfdb_record import (
    beat_files,
    find_record,
    read_beats,
    read_length,
    read_notes,
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
    with pytest.raises(DataError, match="can be no file's name"):
        find_record("a" * 300, record.parent)


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


def test_a_long_gap_is_told_by_its_samples(tmp_path):
    signal = waves(30, leads=2)
    signal[3600:7200, 0] = np.nan
    recording = read_recording(write(tmp_path, "gap", signal, ["MLII", "V1"]))
    assert recording.gaps.tolist() == [[3600, 7200]]
    assert recording.missing == pytest.approx(1 / 6)
    assert read_recording(tmp_path / "gap", lead="V1").gaps.tolist() == []


def test_a_second_lead_at_another_rate_comes_at_that_of_the_first(tmp_path):
    record = wfdb.Record(
        record_name="x", n_sig=2, fs=90, sig_len=1080, file_name=["x.dat"] * 2, fmt=["16"] * 2,
        samps_per_frame=[4, 2], adc_gain=[1000.0] * 2, baseline=[0] * 2, units=["mV"] * 2,
        adc_res=[16] * 2, adc_zero=[0] * 2, init_value=[0] * 2, block_size=[0] * 2,
        sig_name=["MLII", "V1"], e_d_signal=[
            np.round(1000 * waves(12, 90 * each)[:, 0]).astype(int) for each in (4, 2)],
    )  # fmt: skip
    record.checksum = record.calc_checksum(expanded=True)
    record.wrsamp(expanded=True, write_dir=str(tmp_path))
    recording = read_recording(tmp_path / "x")
    assert recording.rate == 360
    assert recording.signal.shape == (4320, 2)
    assert np.allclose(recording.signal[360:-360], waves()[360:-360], atol=0.01)
    wfdb.wrann("x", "atr", np.array([90, 180]), symbol=["N", "V"], write_dir=str(tmp_path))
    assert read_beats(recording, "atr").sample.tolist() == [360, 720]  # frames become samples
    assert read_length(tmp_path / "x") == (90, 1080)


def test_of_two_leads_with_one_name_both_can_be_had(tmp_path):
    path = write(tmp_path, "two", waves(leads=2), ["ECG", "other"])
    header = path.with_suffix(".hea")
    header.write_text(header.read_text().replace("other", "ECG"))
    recording = read_recording(path, "ECG", "ECG#2")
    assert recording.leads == ("ECG", "ECG#2")
    assert np.allclose(recording.signal, waves(leads=2), atol=1e-3)
    second = read_recording(path, "ECG#2")
    assert np.array_equal(second.signal[:, 0], recording.signal[:, 1])
    with pytest.raises(DataError, match="no lead MLII, but ECG, ECG#2"):
        read_recording(path)


def test_a_record_without_signals_says_so(tmp_path):
    (tmp_path / "x.hea").write_text("x 0 360 650000\n")
    with pytest.raises(DataError, match=r"x has no signals: .*deepclaims evaluate"):
        read_recording(tmp_path / "x")
    assert read_length(tmp_path / "x") == (360, 650000)
    (tmp_path / "x.hea").write_text("x 0 360\n")
    with pytest.raises(DataError, match="does not say how long"):
        read_length(tmp_path / "x")


def test_the_length_is_that_of_the_signals_where_the_header_does_not_say(tmp_path):
    path = write(tmp_path, "x", waves(), ["MLII"])
    header = path.with_suffix(".hea")
    header.write_text(header.read_text().replace("x 1 360 4320", "x 1 360"))
    assert read_length(path) == (360, 4320)


@pytest.mark.parametrize("fs", [250, 1000])
def test_annotations_with_a_clock_of_their_own_are_put_on_that_of_the_signals(record, fs):
    recording = read_recording(record)
    at = np.arange(1, 15)
    wfdb.wrann("103", "qrs", at * fs, symbol=["N"] * 14, fs=fs, write_dir=str(record.parent))
    assert read_beats(recording, "qrs").sample.tolist() == (at * 360).tolist()
    assert read_notes(record, "qrs", 90).sample.tolist() == (at * 90).tolist()


def test_a_signal_file_is_no_annotation_file(record):
    for extension in ("dat", "hea"):
        with pytest.raises(
            DataError, match=rf"103\.{extension} holds no annotations: name another"
        ):
            read_beats(read_recording(record), extension)


def test_an_annotation_of_a_code_that_wfdb_leaves_free_is_no_beat(record):
    """Code 45 at samples 9 and 12, then a normal beat at 20."""
    words = np.array([45 << 10 | 9, 45 << 10 | 3, 1 << 10 | 8, 0], dtype="<u2")
    record.with_suffix(".own").write_bytes(words.tobytes())
    assert read_beats(read_recording(record), "own").sample.tolist() == [20]
    assert len(read_notes(record, "own", 360).symbol) == 3


def test_the_files_that_mark_beats_are_found(record):
    folder = str(record.parent)
    wfdb.wrann("103", "atr", np.array([5, 400]), symbol=["+", "+"], write_dir=folder)
    wfdb.wrann("103", "qrs", np.array([5, 400]), symbol=["N", "V"], write_dir=folder)
    shutil.copy(f"{record}.qrs", f"{record}.q1_c")
    record.with_suffix(".txt").write_text("N" * 100)
    record.with_suffix(".odd").write_bytes(b"\x01" * 33)
    assert beat_files(record) == {"q1_c": 2, "qrs": 2}


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
