import csv
import shutil

import numpy as np
import pytest
import wfdb
from matplotlib.figure import Figure

from deepclaims.data.aami import CLASS_OF
from deepclaims.ecg import files
from deepclaims.errors import ConfigError, DataError, StageError, StorageError
from deepclaims.pipeline import annotate, evaluate

pytestmark = pytest.mark.slow

HERE = "executor.workers=0"


@pytest.fixture
def no_picture(monkeypatch):
    """Drawing takes a second."""
    monkeypatch.setattr(files, "draw_annotated", lambda *_: Figure(figsize=(1, 1)))


def test_a_record_is_annotated(ready, small_ecg, capsys):
    annotate.run(["103", "--compare", "out=result"])
    said = capsys.readouterr().out
    assert "trained on 3 records of the STAND-IN" in said
    assert "STAND-IN: the networks have seen a synthetic ECG only" in said
    assert "not for clinical use" in said
    assert "WARNING" not in said
    assert "not how often they are right" in said
    assert "pauses of 2 s or more" in said
    assert "couplets" in said
    notes = wfdb.rdann(str(ready.root / "result" / "103"), "deep")
    reference = wfdb.rdann(str(small_ecg[0] / "103"), "atr")
    beats = [symbol in CLASS_OF for symbol in reference.symbol]
    assert notes.symbol[0] == '"'
    assert "no clinical use" in notes.aux_note[0]
    assert np.array_equal(notes.sample[1:], reference.sample[beats])
    assert set(notes.symbol[1:]) <= set("NSVF")
    assert notes.fs == 360
    _agrees(ready.root / "result" / "103.deep.csv", notes, reference, beats, said)
    picture = (ready.root / "result" / "103.deep.png").read_bytes()
    assert picture.startswith(b"\x89PNG")


def _agrees(file, notes, reference, beats, said):
    """Table, annotation file and what was printed say the same."""
    with file.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows] == notes.symbol[1:]
    tops = [round(100 * max(float(row[f"p_{name}"]) for name in "NSVF")) for row in rows]
    assert np.abs(np.array(tops) - np.array(notes.num[1:])).max() <= 1
    true = ["NSVFQ"[CLASS_OF[s]] for s in np.array(reference.symbol)[beats]]
    assert [row["reference"] for row in rows] == [label.replace("Q", "") for label in true]
    agreed = sum(a == b for a, b in zip(notes.symbol[1:], true, strict=True))
    assert f"{agreed} of {sum(label != 'Q' for label in true)} beats called as there" in said
    assert agreed > 0.9 * len(true)


def test_a_record_that_was_trained_on_is_pointed_out(ready, no_picture, capsys):
    annotate.run(["101"])
    assert "WARNING: 101 is the name of a record they were trained on" in capsys.readouterr().out


def test_another_rate_and_no_annotations(ready, no_picture, tmp_path, small_ecg, capsys):
    """The same heart, sampled at 250 Hz, its beats detected: the labels are the same."""
    from scipy.signal import resample_poly

    signal = resample_poly(wfdb.rdrecord(str(small_ecg[0] / "103")).p_signal, 25, 36, axis=0)
    wfdb.wrsamp("slow", fs=250, units=["mV", "mV"], sig_name=["MLII", "V1"], p_signal=signal,
                fmt=["16", "16"], write_dir=str(tmp_path))  # fmt: skip
    annotate.run([str(tmp_path / "slow")])
    said = capsys.readouterr().out
    assert "found by the detector XQRS" in said
    assert "resampled from 250 to 360 Hz" in said
    annotate.run(["103"])
    slow = wfdb.rdann("annotated/slow", "deep")
    usual = wfdb.rdann("annotated/103", "deep")
    assert slow.fs == 250
    near = np.abs(slow.sample[1:, None] / 250 - usual.sample[1:] / 360)
    same = np.array(slow.symbol[1:]) == np.array(usual.symbol[1:])[near.argmin(axis=1)]
    assert (same & (near.min(axis=1) < 0.15)).mean() > 0.95


def test_the_first_use_trains_and_the_second_does_not(
    project, shrink, no_picture, small_ecg, capfd
):
    """One lead has a labeller of its own, of as many networks as there are seeds."""
    shrink(project.conf, seeds=(0, 1), epochs=1)
    (project.root / "data").symlink_to(small_ecg[1].parents[1])
    words = ["103", "second=none", "extension=one", HERE, "language=es"]
    annotate.run(words)
    said = capfd.readouterr().out
    assert "no labeller for one lead is kept yet: training 2 networks" in said
    assert "2 networks, trained on 3 records" in said
    assert "one lead: the networks used have learnt from MLII alone" in said
    first = (project.root / "annotated" / "103.one").read_bytes()
    annotate.run(words)
    assert "training 2 networks" not in capfd.readouterr().out
    assert (project.root / "annotated" / "103.one").read_bytes() == first


def test_a_damaged_network_is_named(ready):
    (weights,) = ready.runs.glob("*/0/weights.parquet")
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(StorageError, match=r"weights\.parquet is damaged: delete .*/0 and run"):
        annotate.run(["103"])


def test_files_of_others_are_not_overwritten(ready, no_picture, small_ecg, tmp_path):
    for extension in ("hea", "dat", "atr"):
        shutil.copy(small_ecg[0] / f"103.{extension}", tmp_path)
    words = [str(tmp_path / "103"), f"out={tmp_path}"]
    before = (tmp_path / "103.atr").read_bytes()
    with pytest.raises(ConfigError, match=r"103\.atr is there already"):
        annotate.run([*words, "extension=atr"])
    assert (tmp_path / "103.atr").read_bytes() == before
    annotate.run(words)
    annotate.run(words)  # our own we do
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write"):
        annotate.run([*words, f"out={tmp_path / 'file' / 'below'}", "extension=other"])


def test_annotators_may_have_digits_and_underscores(ready, no_picture, small_ecg, tmp_path):
    for extension in ("hea", "dat"):
        shutil.copy(small_ecg[0] / f"103.{extension}", tmp_path)
    shutil.copy(small_ecg[0] / "103.atr", tmp_path / "103.atr_ii")
    annotate.run([str(tmp_path / "103"), "annotator=atr_ii", "extension=q1c"])
    notes = wfdb.rdann("annotated/103", "q1c")
    reference = wfdb.rdann(str(small_ecg[0] / "103"), "atr")
    assert notes.fs == 360
    assert len(notes.sample) == 1 + sum(symbol in CLASS_OF for symbol in reference.symbol)


def test_a_name_that_wfdb_does_not_have_is_refused_before_the_work(
    project, small_ecg, tmp_path, monkeypatch
):
    monkeypatch.setattr("deepclaims.data.wfdb_record.read_recording", None)
    for extension in ("hea", "dat"):
        shutil.copy(small_ecg[0] / f"103.{extension}", tmp_path / f"the heart.{extension}")
    with pytest.raises(ConfigError, match=r"no annotation files for .* name 'the heart'"):
        annotate.run([str(tmp_path / "the heart")])


def test_a_gap_of_an_hour_changes_no_label(ready, no_picture, small_ecg, tmp_path, capsys):
    whole = wfdb.rdrecord(str(small_ecg[0] / "103")).p_signal[: 360 * 240]
    at = wfdb.rdann(str(small_ecg[0] / "103"), "atr").sample
    at = at[at < len(whole)]
    middle, hour = 360 * 120, 360 * 3600
    dark = np.full((hour, 2), np.nan)
    apart = np.concatenate([whole[:middle], dark, whole[middle:]])
    for name, signal, beats in (("one", whole, at), ("two", apart, at + hour * (at >= middle))):
        wfdb.wrsamp(name, fs=360, units=["mV"] * 2, sig_name=["MLII", "V1"], fmt=["16"] * 2,
                    p_signal=signal, write_dir=str(tmp_path))  # fmt: skip
        wfdb.wrann(name, "atr", beats, symbol=["N"] * len(beats), write_dir=str(tmp_path))
        annotate.run([str(tmp_path / name)])
    said = capsys.readouterr().out
    assert "a gap in MLII, 60:00.0 in all, from 2:00.0 to 62:00.0: no interval is taken" in said
    one, two = (np.array(wfdb.rdann(f"annotated/{name}", "deep").symbol) for name in ("one", "two"))
    assert (one == two).mean() > 0.98  # those at its edges have other neighbours


def test_beats_of_a_record_of_frames_are_written_on_the_clock_of_the_lead(
    ready, no_picture, small_ecg, tmp_path
):
    """The same heart at 360 Hz, as four samples in each of 90 frames a second."""
    source = wfdb.rdrecord(str(small_ecg[0] / "103"), physical=False)
    rows = [f"{gain}({zero})/mV 16 0 0 0 0 {name}" for gain, zero, name in
            zip(source.adc_gain, source.baseline, source.sig_name, strict=True)]  # fmt: skip
    count = len(source.d_signal) // 4
    frames = source.d_signal[: 4 * count].reshape(count, 4, 2).transpose(0, 2, 1).astype("<i2")
    (tmp_path / "f.dat").write_bytes(frames.tobytes())
    (tmp_path / "f.hea").write_text(
        "\n".join([f"f 2 90 {count}", *[f"f.dat 16x4 {row}" for row in rows]]) + "\n"
    )
    at = wfdb.rdann(str(small_ecg[0] / "103"), "atr").sample
    beats = (at[1:][at[1:] < 4 * count - 4] + 2) // 4
    wfdb.wrann("f", "atr", beats, symbol=["N"] * len(beats), write_dir=str(tmp_path))
    annotate.run([str(tmp_path / "f")])
    notes = wfdb.rdann("annotated/f", "deep")
    assert notes.fs == 360
    assert notes.sample[1:].tolist() == (4 * beats).tolist()
    evaluate.run([str(tmp_path / "f"), "start=0", "out=scores.csv"])
    with (ready.root / "scores.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert row["qrs_se"] == row["qrs_pp"] == "100.00"
    assert row["rr_rms_ms"] == "0.00"


def test_too_few_beats(ready, tmp_path, small_ecg):
    for extension in ("hea", "dat"):
        shutil.copy(small_ecg[0] / f"103.{extension}", tmp_path)
    wfdb.wrann("103", "few", np.array([400, 800]), symbol=["N", "N"], write_dir=str(tmp_path))
    with pytest.raises(DataError, match=r"has 2 beats \(of 103.few\): at least 11"):
        annotate.run([str(tmp_path / "103"), "annotator=few"])


def test_without_prepared_data(project, small_ecg):
    with pytest.raises(StageError, match="run `deepclaims prepare dataset=ecg` first"):
        annotate.run([str(small_ecg[0] / "103")])


@pytest.mark.parametrize("text", ["", "seeds: [0]", "seeds: []\ntraining: [data=ecg]", "[: {",
                                  "seeds: [0]\ntraining: [data=mnist]"])  # fmt: skip
def test_a_config_that_says_too_little_is_named(ready, text):
    (ready.conf / "annotate.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"annotate\.yaml"):
        annotate.run(["103"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name one record"),
        (["1", "2"], "name one record"),
        (["103", "colour=red"], "does not know 'colour=red'; known: RECORD, annotator="),
        (["103", "--all"], "does not know '--all'"),
        (["103", "at=noon"], "noon is no number of seconds"),
        (["103", "language=de"], "no language 'de'; known: es, en"),
        (["103", "extension=d.2"], "'d.2' is no extension .*: WFDB allows letters, digits, _"),
        (["103", "annotator=../103"], "'../103' is no extension"),
    ],
)
def test_misuse(project, words, said):
    with pytest.raises(ConfigError, match=said):
        annotate.run(words)


@pytest.mark.real_data
def test_a_patient_never_seen(project, shrink, mirror, no_picture, prepare_ecg, capsys):
    """200 of DS2, by one quick network that has seen five patients of DS1."""
    raw = mirror / "mitdb" / "1.0.0"
    prepared = project.prepared("ecg")
    prepare_ecg(raw, prepared, ((106, 119, 203, 208, 223), (200,)), "official")
    shrink(project.conf, epochs=2)
    annotate.run([str(raw / "200"), "--compare", HERE])
    said = capsys.readouterr().out
    assert "trained on 5 records of MIT-BIH (the official files)" in said
    assert "STAND-IN" not in said
    notes = wfdb.rdann("annotated/200", "deep")
    reference = wfdb.rdann(str(raw / "200"), "atr")
    symbols = np.array(reference.symbol)[[symbol in CLASS_OF for symbol in reference.symbol]]
    called = np.array(notes.symbol[1:])
    assert (called[symbols == "V"] == "V").mean() > 0.8
    assert (called[symbols == "N"] == "N").mean() > 0.9


def test_a_picture_beyond_the_end_is_refused(ready, no_picture, small_ecg):
    with pytest.raises(ConfigError, match=r"at=100000 is beyond the end of 103, which has \d+"):
        annotate.run(["103", "at=100000"])


def test_a_path_may_have_any_letter(ready, no_picture, small_ecg, tmp_path):
    """Of the record as of the folder for the files."""
    folder = tmp_path / "100 % of #1 (ñ?) + a&b=c %20"
    folder.mkdir()
    for extension in ("hea", "dat", "atr"):
        shutil.copy(small_ecg[0] / f"103.{extension}", folder)
    annotate.run([str(folder / "103"), f"out={folder / 'µ #%'}"])
    annotate.run(["103"])
    there = wfdb.rdann(str(folder / "µ #%" / "103"), "deep")
    assert there.symbol == wfdb.rdann("annotated/103", "deep").symbol
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        ["103.hea", "103.dat", "103.atr", "µ #%"]
    )
