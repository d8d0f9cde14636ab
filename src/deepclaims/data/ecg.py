"""MIT-BIH beats in sequences, divided by patient (or, to show what that hides, not)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepclaims.data.aami import (
    CLASSES,
    DS1,
    DS2,
    FOLDS,
    SWAPPED_VALIDATION,
    UNKNOWN,
    VALIDATION,
    halves,
)
from deepclaims.data.beats import WINDOW, cut
from deepclaims.data.options import require_choice, require_count
from deepclaims.data.prepared import read_array, read_meta
from deepclaims.data.splits import Split, Splits
from deepclaims.groups import read_options

SCORED = CLASSES[:UNKNOWN]
"""N, S, V, F: what a beat may be called. Q has target -1: neither learnt nor scored."""

IGNORED = -1
SHUFFLE = 201
"""Random stream of a replica's seed."""

FAR = 5.0
"""Features are cut off so many standard deviations from their mean."""


@dataclass(frozen=True)
class EcgOptions:
    """Options of `conf/data/ecg.yaml`, which says what each one means."""

    protocol: str = "inter"
    fold: int = 0
    features: str = "offline"
    waveform: str = "difference"
    sequence_length: int = 64
    use_validation: bool = True
    shuffle_labels: bool = False
    locked: bool = False

    def __post_init__(self) -> None:
        require_choice("protocol", self.protocol, ("inter", "swap", "intra", "folds"))
        require_choice("fold", self.fold, tuple(range(len(FOLDS))))
        require_choice("features", self.features, ("offline", "causal", "none"))
        require_choice("waveform", self.waveform, ("difference", "raw"))
        require_count("sequence_length", self.sequence_length, optional=False)
        require_choice("use_validation", self.use_validation, (True, False))
        require_choice("shuffle_labels", self.shuffle_labels, (False, True))
        require_choice("locked", self.locked, (False, True))


def load_ecg(config: Mapping[str, Any], seed: int, folder: Path) -> Splits:
    """Load beats in sequences of L of one record; short ends are padded with targets -1.

    Inputs are the waveforms (n, L, 2, 108) and, unless `features` is none, the features
    (n, L, k), standardised by those of the training beats; targets (n, L); groups (n,) index
    `group_names`, the records.

    Args:
        config: the options, see `EcgOptions`.
        seed: draws the order of shuffled labels, nothing else.
        folder: the prepared folder.

    Raises:
        ConfigError: an unknown option or value.
        StageError: not prepared yet.
    """
    options = read_options("data=ecg", EcgOptions, config)
    meta = read_meta(folder, "ecg")
    table = _Beats(folder, options)
    chosen = divide(table.record_number, table.place, options)
    train = chosen["train"]
    splits = {
        part: table.split(mask, train, options, seed if part == "train" else None)
        for part, mask in chosen.items()
    }
    shapes = tuple(tuple(x.shape[1:]) for x in splits["train"].inputs)
    return Splits(
        train=splits["train"],
        validation=splits.get("validation"),
        test=splits["test"],
        task="tagging",
        outputs=len(SCORED),
        input_shapes=shapes,
        source=str(meta["source"]),
        group_names=tuple(str(number) for number in table.numbers),
    )


def divide(record: np.ndarray, place: np.ndarray, options: EcgOptions) -> dict[str, np.ndarray]:
    """Which beats are trained on, chosen by and tested on, as masks.

    Args:
        record: (n,) number of each beat's record.
        place: (n,) of each beat in its record, 0 first.
        options: `protocol` inter (DS1 to train, DS2 to test, no patient in both), swap (the
            other way round), folds (inside DS1: the patients of `fold` to test, the rest to train)
            or intra (all records in alternate pieces of one sequence, those of DS2 to test: as
            many beats to train as in DS1, but of the patients tested too, the leak that makes
            published results look better). `locked`: patients kept to choose by take the place of
            those to test on, and of the latter nothing is read.

    Returns:
        Masks by "train", "validation" (absent if unused), "test".
    """
    if options.protocol == "intra":
        piece = place // options.sequence_length
        known, tested = (DS1, VALIDATION) if options.locked else ((*DS1, *DS2), DS2)
        kept = np.isin(record, known) & (piece % 2 == 0)
        test = np.isin(record, tested) & (piece % 2 == 1)
        held_out = kept & (piece % 10 == 4)
    else:
        first, second, patients = _patients(options)
        kept, test = np.isin(record, first), np.isin(record, second)
        held_out = np.isin(record, patients)
    if not options.use_validation:
        return {"train": kept, "test": test}
    return {"train": kept & ~held_out, "validation": held_out, "test": test}


def _patients(options: EcgOptions) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Records to learn from, to test on, and those of the first that are kept to choose by."""
    known: tuple[int, ...]
    tested: tuple[int, ...]
    held_out: tuple[int, ...]
    match options.protocol:
        case "swap":
            known, tested, held_out = DS2, DS1, SWAPPED_VALIDATION
        case "folds":
            tested = FOLDS[options.fold]
            known = tuple(number for number in DS1 if number not in tested)
            held_out = FOLDS[(options.fold + 1) % len(FOLDS)]
        case _:
            known, tested, held_out = DS1, DS2, VALIDATION
    if options.locked:
        held_out, tested = halves(held_out)
        known = tuple(number for number in known if number not in tested)
    return known, tested, held_out


class _Beats:
    """The prepared beats, mapped; a split reads only its own."""

    def __init__(self, folder: Path, options: EcgOptions) -> None:
        self.folder = folder
        self.numbers = np.array(self._array("records"))
        self.record = np.asarray(self._array("beat_record")).astype(np.int64)
        self.record_number = self.numbers[self.record]
        first = np.searchsorted(self.record, np.arange(len(self.numbers)))
        self.place = np.arange(len(self.record)) - first[self.record]
        classes = np.asarray(self._array("beat_class")).astype(np.int64)
        self.target = np.where(classes == UNKNOWN, IGNORED, classes)
        self.features = (
            None if options.features == "none" else np.asarray(self._array(options.features))
        )

    def _array(self, name: str) -> np.ndarray:
        return read_array(self.folder, name, "ecg")

    def split(
        self, mask: np.ndarray, train: np.ndarray, options: EcgOptions, seed: int | None
    ) -> Split:
        """The beats of `mask` in sequences; `seed` is None but for the training split."""
        target = self.target
        if options.shuffle_labels and seed is not None:
            target = _shuffled(target, self.record, mask, np.random.default_rng([seed, SHUFFLE]))
        layout = _layout(self.record, self.place, mask, options.sequence_length)
        filled = layout >= 0
        beats = layout[filled]
        inputs = [_sequences(self._waveforms(beats, options.waveform), filled)]
        if self.features is not None:
            mean, sd = self.features[train].mean(axis=0), self.features[train].std(axis=0)
            standard = np.clip((self.features[beats] - mean) / (sd + 1e-6), -FAR, FAR)
            inputs.append(_sequences(standard, filled))
        targets = torch.full(layout.shape, IGNORED, dtype=torch.int64)
        targets[torch.from_numpy(filled)] = torch.from_numpy(target[beats])
        groups = torch.from_numpy(self.record[layout[:, 0]])
        return Split(tuple(inputs), targets, groups)

    def _waveforms(self, beats: np.ndarray, kind: str) -> np.ndarray:
        signal, sample = self._array("signal"), self._array("beat_sample")
        extent, reference = self._array("extent"), self._array("reference")
        windows = np.empty((len(beats), signal.shape[1], WINDOW), np.float32)
        for number in np.unique(self.record[beats]):
            mine = self.record[beats] == number
            first, last = extent[number]
            windows[mine] = cut(signal[first:last], sample[beats[mine]] - first)
            if kind == "difference":
                windows[mine] -= reference[number]
        return windows


def _layout(record: np.ndarray, place: np.ndarray, mask: np.ndarray, length: int) -> np.ndarray:
    """(sequences, length) beat numbers, -1 where padded: no sequence spans two records or a gap.

    Beats are cut where the record is cut into pieces of `length`, whatever the mask, so that a
    beat lies in the same sequence under every protocol.
    """
    beats = np.flatnonzero(mask)
    pieces = record[beats] * (place.max() // length + 1) + place[beats] // length
    _, row = np.unique(pieces, return_inverse=True)
    layout = np.full((row.max() + 1, length), -1)
    layout[row, place[beats] % length] = beats
    return layout


def _sequences(values: np.ndarray, filled: np.ndarray) -> torch.Tensor:
    """Values of beats (n, ...) to float32 (sequences, length, ...), zero where padded."""
    sequences = torch.zeros((*filled.shape, *values.shape[1:]))
    sequences[torch.from_numpy(filled)] = torch.from_numpy(values.astype(np.float32, copy=False))
    return sequences


def _shuffled(
    target: np.ndarray, record: np.ndarray, mask: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Permute the targets of the masked beats within each record."""
    shuffled = target.copy()
    for number in np.unique(record[mask]):
        mine = np.flatnonzero(mask & (record == number))
        shuffled[mine] = target[rng.permutation(mine)]
    return shuffled
