"""Any folder of annotated WFDB records as a data set, by the preparation of the MIT-BIH records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deepclaims.data import beats
from deepclaims.data.ecg import SCORED, EcgOptions, _Beats
from deepclaims.data.ecg_files import Record, _joined, prepare_record
from deepclaims.data.files import content_fingerprint, path_of
from deepclaims.data.options import require_choice, require_count, require_fraction
from deepclaims.data.prepared import META, read_meta, write_prepared
from deepclaims.data.resampling import resampled
from deepclaims.data.splits import Splits
from deepclaims.data.wfdb_record import LEAD, NONE, read_beats, read_recording
from deepclaims.errors import ConfigError, DataError
from deepclaims.groups import read_options
from deepclaims.project import Project

FEWEST = 16
"""Beats of a record: fewer show no rhythm."""


@dataclass(frozen=True)
class WfdbOptions:
    """Options of `conf/data/wfdb.yaml`, which says what each one means."""

    path: str = ""
    annotator: str = "atr"
    lead: str = LEAD
    second: str = NONE
    leave_out: Sequence[str | int] = ()
    validation: float = 0.15
    test: float = 0.3
    validation_records: Sequence[str | int] = ()
    test_records: Sequence[str | int] = ()
    split_seed: int = 0
    features: str = "offline"
    waveform: str = "difference"
    sequence_length: int = 64

    def __post_init__(self) -> None:
        require_choice("features", self.features, ("offline", "causal", "none"))
        require_choice("waveform", self.waveform, ("difference", "raw"))
        require_count("sequence_length", self.sequence_length, optional=False)
        require_fraction("validation", self.validation)
        require_fraction("test", self.test)


def load_wfdb(config: Mapping[str, Any], seed: int) -> Splits:
    """Load the beats of a folder's records in sequences, as `ecg.load_ecg` does; no record in two.

    Raises:
        ConfigError: an unknown option or value, or records that are not there.
        DataError: a record that is missing, damaged, without annotations, or lacks the lead.
    """
    options = read_options("data=wfdb", WfdbOptions, config)
    folder = _prepared(options, config)
    names = list(read_meta(folder, "wfdb")["names"])
    part = _parts(names, options)
    as_ecg = EcgOptions(
        features=options.features,
        waveform=options.waveform,
        sequence_length=options.sequence_length,
    )
    table = _Beats(folder, as_ecg)
    of_beat = part[table.record]
    train = of_beat == 0
    splits = {
        name: table.split(of_beat == number, train, as_ecg, None)
        for number, name in enumerate(("train", "validation", "test"))
        if (of_beat == number).any()
    }
    return Splits(
        train=splits["train"],
        validation=splits.get("validation"),
        test=splits["test"],
        task="tagging",
        outputs=len(SCORED),
        input_shapes=tuple(tuple(x.shape[1:]) for x in splits["train"].inputs),
        source="own",
        group_names=tuple(names),
    )


def _prepared(options: WfdbOptions, config: Mapping[str, Any]) -> Path:
    """The prepared folder of these records, made if it is not there."""
    path = path_of(config)
    left_out = sorted(map(str, options.leave_out))
    says = [content_fingerprint(config), options.annotator, options.lead, options.second, left_out]
    name = hashlib.sha256(json.dumps(says).encode()).hexdigest()[:12]
    folder = Project.here().prepared(f"wfdb-{name}")
    if not (folder / META).is_file():
        found = {file.stem for file in path.glob("*.hea")}
        if unknown := sorted(set(left_out) - found):
            raise ConfigError(f"data.leave_out: there is no record {unknown[0]} in {path}")
        records = sorted(found - set(left_out))
        if len(records) < 2:
            raise DataError(f"{path} has {len(records)} records (.hea): two are needed, to divide")
        read = [_record(path / record, options) for record in records]
        if len({each["signal"].shape[1] for each in read}) > 1:
            raise DataError(f"records of {path} differ in leads: say data.second=none, or a name")
        arrays = _joined(read) | {"records": np.arange(len(records))}
        write_prepared(folder, arrays, {"dataset": "wfdb", "source": "own", "names": records})
    return folder


def _record(path: Path, options: WfdbOptions) -> Record:
    recording = read_recording(path, options.lead, options.second, precision=32)
    found = read_beats(recording, options.annotator)
    if len(found.sample) < FEWEST:
        raise DataError(f"record {path} has {len(found.sample)} beats in .{options.annotator}")
    signal = resampled(recording.signal, recording.rate, beats.RATE).astype(np.float32)
    samples = np.round(found.sample * (beats.RATE / recording.rate)).astype(np.int64)
    kept = samples < len(signal)
    return prepare_record(signal, samples[kept], found.label[kept])


def _parts(names: list[str], options: WfdbOptions) -> np.ndarray:
    """0, 1 or 2 of each record: to train, validate or test."""
    part = np.zeros(len(names), dtype=np.int64)
    named = {2: options.test_records, 1: options.validation_records}
    for number, records in named.items():
        wanted = [str(each) for each in records]
        if unknown := sorted(set(wanted) - set(names)):
            raise ConfigError(f"there is no record {unknown[0]}; known: {', '.join(names)}")
        part[[names.index(each) for each in wanted]] = number
    free = np.flatnonzero(part == 0)
    order = list(np.random.default_rng(options.split_seed).permutation(free))
    for number, share in ((2, options.test), (1, options.validation)):
        count = max(1, round(share * len(names))) if share > 0 and not named[number] else 0
        part[order[:count]] = number
        del order[:count]
    if not (part == 0).any() or not (part == 2).any():
        raise ConfigError("data.validation and data.test leave no record to train on, or to test")
    return part
