"""Every cell that `bxb` counts on annotations of MIT-BIH, as published with them.

`DEEPCLAIMS_EC57` names a folder with the annotation files and what `bxb` and `sumstats` of the WFDB
Software Package say of them.
"""

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import wfdb

from deepclaims.ecg.ec57.scores import Scores
from deepclaims.ecg.ec57.track import DE_CHAZAL, EC57, read_track

RATE, END, WINDOW = 360, 650_000, 54
ROWS = "NSVFQOX"
FILES = {"bxb-from-5min.csv": EC57, "bxb-whole.csv": EC57, "bxb-e-j-as-n.csv": DE_CHAZAL}


@pytest.fixture(scope="module")
def oracle():
    named = os.environ.get("DEEPCLAIMS_EC57", "")
    if not Path(named, "bxb-whole.csv").is_file():
        pytest.skip("needs the counts of bxb: set DEEPCLAIMS_EC57 to a folder that has them")
    return Path(named)


@pytest.fixture(scope="module")
def records(mirror):
    return next(mirror.glob("mitdb/**/100.atr")).parent


@cache
def track(path, extension, mapping):
    notes = wfdb.rdann(str(path), extension)
    events = [*zip(notes.sample.tolist(), notes.symbol, notes.subtype.tolist(), strict=True)]
    return read_track(events, WINDOW, {"EC57": EC57, "DE_CHAZAL": DE_CHAZAL}[mapping])


def score(oracle, records, record, annotator, start, mapping="EC57"):
    reference = track(records / record, "atr", mapping)
    test = track(oracle / "annotations" / record, annotator, mapping)
    return Scores.of(reference, test, RATE, END, start)


def rows(file):
    with file.open() as stream:
        return [*csv.DictReader(stream)]


@pytest.mark.parametrize("name", FILES)
def test_every_cell_is_that_of_bxb(oracle, records, name):
    mapping = "DE_CHAZAL" if FILES[name] is DE_CHAZAL else "EC57"
    for row in rows(oracle / name):
        said = row.get("start", "0:00" if "whole" in name else "5:00")
        start = {"5:00": 300.0}.get(said, 0.0)
        found = score(oracle, records, row["record"], row["annotator"], start, mapping)
        cells = {
            f"{true}{called}": found.matrix[i, j]
            for i, true in enumerate(ROWS)
            for j, called in enumerate(ROWS.lower())
            if i < 5 or j < 5
        }
        wrong = {key: (n, row[key]) for key, n in cells.items() if n != int(row[key])}
        assert not wrong, (row["record"], row["annotator"])
        _same_figures(found, row)


def _same_figures(found, row):
    kinds = {"qrs": found.beats, "veb": found.ventricular, "sveb": found.supraventricular}
    for key, counts in kinds.items():
        assert [int(row[f"{key}_{part}"]) for part in ("tp", "fn", "fp")] == list(counts)
        assert _printed(counts.se.percent) == row[f"{key}_se"]
        assert _printed(counts.pp.percent) == row[f"{key}_pp"]
    assert found.ventricular_fpr == (int(row["veb_fpr_fp"]), int(row["veb_fpr_of"]))
    assert found.rr_error == pytest.approx(float(row["rr_rms_ms"]), abs=0.00501)
    missed = int(row["missed_in_shutdown"]), int(row["missed_in_shutdown_of"])
    assert found.missed_in_shutdown == missed
    assert int(found.shutdown + 0.5) == int(row["shutdown_s"])


def _printed(percent):
    return "" if np.isnan(percent) else f"{percent:.2f}"


def test_gross_figures_are_those_of_sumstats(oracle, records):
    groups = [row for row in rows(oracle / "sumstats.csv") if row["records"] == "all"]
    assert groups
    for row in groups:
        if row["reference"] != "atr":
            continue
        start = 300.0 if row["start"] == "5:00" else 0.0
        files = sorted((oracle / "annotations").glob(f"*.{row['annotator']}"))
        found = [score(oracle, records, each.stem, row["annotator"], start) for each in files]
        assert len(found) == int(row["n_records"])
        gross = Scores.gross(found)
        for key, counts in {"qrs": gross.beats, "veb": gross.ventricular}.items():
            assert counts.se.percent == pytest.approx(float(row[f"gross_{key}_se"]), abs=0.00501)
            assert counts.pp.percent == pytest.approx(float(row[f"gross_{key}_pp"]), abs=0.00501)
        s = gross.supraventricular
        assert s.se.percent == pytest.approx(float(row["gross_sveb_se"]), abs=0.00501)
        assert s.pp.percent == pytest.approx(float(row["sveb_pp_with_Fs_as_fp"]), abs=0.00501)
        assert gross.shutdown == pytest.approx(float(row["shutdown_s"]), abs=len(found))
