"""The synthetic ECG as record files of MIT-BIH's names, leads and format.

Written through wfdb, so that the stand-in takes the same way as the official files: header,
format-212 signal, annotations, the paced records too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deepclaims.data.aami import DS1, DS2, PACED
from deepclaims.data.synthetic_ecg import RATE, SEED, draw_patient, rhythm, signal

GAIN, ZERO, TOP = 200, 1024, 2047
"""Units per mV, the unit of 0 mV and the largest, as in the data base (11 bits over 10 mV)."""

LEADS = {114: ("V5", "MLII"), 102: ("V5", "V2"), 104: ("V5", "V2")}
"""Where not MLII and V1: 114 has MLII second, 102 and 104 have none."""

COMMENT = "SYNTHETIC: computed by deepclaims, no patient's record"


def write_records(folder: Path) -> None:
    """Write all 48 records into `folder`: the same bits every time.

    Raises:
        OSError: the folder cannot be written.
    """
    for number in sorted(DS1 + DS2 + PACED):
        write_record(folder, number)


def write_record(folder: Path, number: int) -> None:
    """Write one record's .hea, .dat and .atr."""
    import wfdb

    rng = np.random.default_rng([SEED, number])
    patient = draw_patient(rng)
    times, kinds = rhythm(patient, rng)
    millivolts = signal(patient, times, kinds, rng)
    leads = LEADS.get(number, ("MLII", "V1"))
    if leads[1] == "MLII":
        millivolts = millivolts[:, ::-1]
    units = np.clip(np.round(millivolts * GAIN) + ZERO, 0, TOP).astype(np.int64)
    wfdb.wrsamp(
        str(number),
        fs=RATE,
        units=["mV", "mV"],
        sig_name=list(leads),
        d_signal=units,
        fmt=["212", "212"],
        adc_gain=[GAIN, GAIN],
        baseline=[ZERO, ZERO],
        comments=[COMMENT],
        write_dir=str(folder),
    )
    samples = np.round(times * RATE).astype(np.int64)
    symbols = [_symbol(number, kind, patient.symbol) for kind in kinds]
    # As in the data base, the first annotation names the rhythm and is no beat.
    start = "(AFIB" if patient.fibrillates else "(N"
    wfdb.wrann(
        str(number),
        "atr",
        sample=np.concatenate([[1], samples]),
        symbol=["+", *symbols],
        aux_note=[start, *[""] * len(symbols)],
        write_dir=str(folder),
    )


def _symbol(number: int, kind: str, conducted: str) -> str:
    if number in PACED:
        return {"N": "/", "F": "f"}.get(kind, kind)
    return {"N": conducted, "S": "A"}.get(kind, kind)
