import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
import wfdb

from deepclaims.ecg import trained_labeller
from deepclaims.errors import ConfigError, DataError, StorageError
from deepclaims.pipeline import evaluate

EVERY = ["start=0"]


@pytest.fixture
def record(tmp_path, project):
    """A record of ten minutes without a signal worth looking at; one beat a second."""
    at = np.arange(180, 216_000, 360)
    wfdb.wrsamp("mine", fs=360, units=["mV"], sig_name=["MLII"], fmt=["16"],
                p_signal=np.zeros((216_000, 1)), write_dir=str(tmp_path))  # fmt: skip
    symbols = np.array(["N"] * len(at))
    symbols[5::10] = "V"
    symbols[400:404] = "e"
    write(tmp_path, "atr", at, symbols)
    return tmp_path / "mine", at, symbols


def write(folder, extension, at, symbols, **about):
    wfdb.wrann("mine", extension, np.asarray(at), symbol=list(symbols), write_dir=str(folder),
               **about)  # fmt: skip


def line(said, name):
    return next(row.split() for row in said.splitlines() if row.startswith(name))


def test_a_file_is_scored_after_the_first_five_minutes(record, capsys):
    path, at, symbols = record
    called = np.where(symbols == "V", "V", "N")
    called[np.flatnonzero(symbols == "V")[[0, -1]]] = "N"  # one before 5:00, one after
    write(path.parent, "mine", at, called)
    evaluate.run([str(path), "test=mine"])
    said = capsys.readouterr().out
    assert "from 300 s on" in said
    assert "escape beats e, j are S" in said
    assert line(said, "mine")[1:5] == ["100.00", "100.00", "96.67", "100.00"]  # 29 of 30 V
    assert line(said, "S ")[1:] == ["4", "0", "0", "0", "0", "0", "0"]
    evaluate.run([str(path), "test=mine", *EVERY, "mapping=de_chazal"])
    said = capsys.readouterr().out
    assert "the whole record; escape beats e, j are N, as for de Chazal" in said
    assert line(said, "mine")[3] == "96.67"  # 58 of 60
    assert line(said, "S ")[1:] == ["0"] * 7


def test_a_file_with_a_clock_of_its_own_is_read_on_that_of_the_record(record, capsys):
    path, at, symbols = record
    write(path.parent, "slow", np.round(at * 250 / 360).astype(int), symbols, fs=250)
    evaluate.run([str(path), "test=slow", *EVERY])
    assert line(capsys.readouterr().out, "mine")[1:5] == ["100.00"] * 4


def test_the_table_has_every_cell_and_all_records_together(record, tmp_path, capsys):
    path, at, symbols = record
    write(path.parent, "mine", at[1:], symbols[1:])
    other = tmp_path / "other"
    for extension in ("hea", "dat", "atr"):
        shutil.copy(path.with_suffix(f".{extension}"), other.with_suffix(f".{extension}"))
    header = other.with_suffix(".hea")
    header.write_text(header.read_text().replace("mine", "other"))
    shutil.copy(path.with_suffix(".mine"), other.with_suffix(".mine"))
    evaluate.run([str(path), str(other), "test=mine", "out=scores.csv", *EVERY])
    said = capsys.readouterr().out
    assert "written: scores.csv" in said
    assert line(said, "gross")[1] == line(said, "average")[1] == f"{100 * 599 / 600:.2f}"
    with Path("scores.csv").open() as stream:
        rows = {row["record"]: row for row in csv.DictReader(stream)}
    assert [*rows] == ["mine", "other", "gross"]
    assert [rows[name]["No"] for name in rows] == ["1", "1", "2"]
    assert rows["gross"]["Vv"] == "120"
    assert rows["mine"]["qrs_fn"] == "1"


def test_what_cannot_be_scored_is_named(record):
    path, _, _ = record
    with pytest.raises(DataError, match=r"is 600 s long, and scoring begins at 600 s: say start=0"):
        evaluate.run([str(path), "test=atr", "start=600"])
    with pytest.raises(DataError, match=r"mine\.none is missing"):
        evaluate.run([str(path), "test=none"])
    with pytest.raises(DataError, match="there is no record"):
        evaluate.run(["nowhere/at-all", "test=mine"])
    with pytest.raises(ConfigError, match="name records"):
        evaluate.run(["test=mine"])
    with pytest.raises(ConfigError, match="no mapping 'aami'; known: ec57, de_chazal"):
        evaluate.run([str(path), "mapping=aami"])
    with pytest.raises(StorageError, match="cannot write"):
        evaluate.run([str(path), "test=atr", "out=/proc/nothing/scores.csv"])


def test_a_reference_without_beats_names_the_file_that_has_them(record):
    path, at, symbols = record
    write(path.parent, "atr", [10], "+")
    write(path.parent, "other", at, symbols)
    path.with_suffix(".other").rename(path.with_suffix(".q1c"))
    with pytest.raises(DataError, match=r"atr marks no beat; mine\.q1c has 600 \(reference=q1c\)"):
        evaluate.run([str(path), "test=q1c"])
    with pytest.raises(ConfigError, match="'a/b' is no extension of an annotation file"):
        evaluate.run([str(path), "test=a/b"])


def test_a_record_without_signals_is_scored(record, capsys):
    path, at, symbols = record
    path.with_suffix(".hea").write_text("mine 0 360 216000\n")
    write(path.parent, "other", at, symbols)
    path.with_suffix(".other").rename(path.with_suffix(".q1c"))
    evaluate.run([str(path), "test=q1c", *EVERY])
    assert line(capsys.readouterr().out, "mine")[1:5] == ["100.00"] * 4


def test_the_networks_are_scored_where_the_annotators_saw_beats(ready, capsys, small_ecg):
    evaluate.run(["103", "101", *EVERY, "out=scores.csv"])
    said = capsys.readouterr().out
    assert "STAND-IN" in said
    assert "WARNING: 101 is the name of a record they were trained on" in said
    with Path("scores.csv").open() as stream:
        rows = {row["record"]: row for row in csv.DictReader(stream)}
    counts = sum(int(rows["103"][f"{a}{b}"]) for a in "NSVFQ" for b in "nsvf")
    reference = wfdb.rdann(str(small_ecg[0] / "103"), "atr")
    beats = set("NLRBAaJSejnVErFQ/f?")
    assert counts == sum(symbol in beats for symbol in reference.symbol)
    assert rows["103"]["qrs_se"] == rows["103"]["qrs_pp"] == "100.00"
    assert float(rows["103"]["n_se"]) > 90
    assert trained_labeller.EXPERIMENT == "annotate"  # the same networks as those of annotate
