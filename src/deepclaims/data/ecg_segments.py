"""Stretches of one ECG lead, of any length, by whether a ventricular beat lies in them.

For claims about nets that read samples of different lengths. Cut from the prepared signal of
`deepclaims.data.ecg`, divided by patient within DS1, so that DS2 stays for what it is kept for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepclaims.data.aami import CLASSES, DS1, VALIDATION, halves
from deepclaims.data.beats import PREPARED_RATE
from deepclaims.data.options import require_choice, require_count
from deepclaims.data.prepared import read_array, read_meta, written
from deepclaims.data.sampling import stratified_order
from deepclaims.data.splits import Split, Splits
from deepclaims.errors import ConfigError
from deepclaims.groups import read_options

TEST = (106, 119, 124, 203, 208, 215, 230)
"""Seven patients of DS1, with few and with many V beats, that the segments are tested on."""

SUBSET, BALANCE, HELD_OUT = 111, 112, 113
"""Random streams, one a choice. The last is no replica's: all are compared on the same segments."""


@dataclass(frozen=True)
class SegmentOptions:
    """Options of `conf/data/ecg_segments.yaml`, which says what each one means."""

    seconds: float = 3.0
    test_seconds: float | None = None
    rate: int = 60
    n_train: int | None = None
    balanced: bool = False
    validation: str = "patients"
    locked: bool = False

    def __post_init__(self) -> None:
        for key in ("seconds", "test_seconds"):
            value = getattr(self, key)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (number and 0.5 <= value <= 60) and not (key == "test_seconds" and not value):
                raise ConfigError(f"data.{key}={value} is not possible; it is from 0.5 to 60")
        require_choice("rate", self.rate, (60, 120, 40))
        require_count("n_train", self.n_train)
        require_choice("balanced", self.balanced, (False, True))
        require_choice("validation", self.validation, ("patients", "rest"))
        require_choice("locked", self.locked, (False, True))


def load_ecg_segments(config: Mapping[str, Any], seed: int, folder: Path) -> Splits:
    """Load segments of lead MLII, one after another.

    Inputs (n, 1, seconds * rate) float32, scaled by the record's QRS; targets (n,): 1 if the
    annotation of a V beat lies inside. Test inputs are (n, 1, test_seconds * rate).

    Args:
        config: the options, see `SegmentOptions`.
        seed: draws the training subset, and which segments without V balance it.
        folder: the prepared folder of `ecg`.

    Raises:
        ConfigError: an unknown option or value, more segments than there are, or none left over.
        StageError: not prepared yet.
    """
    options = read_options("data=ecg_segments", SegmentOptions, config)
    learnt = tuple(number for number in DS1 if number not in (*VALIDATION, *TEST))
    longer = options.test_seconds or options.seconds
    length = round(options.seconds * options.rate)

    def segments(numbers: tuple[int, ...], seconds: float, stream: list[int]) -> Split:
        found = _segments(folder, numbers, seconds, options.rate)
        return _balanced(found, stream) if options.balanced else found

    held_out, tested = (VALIDATION, TEST) if not options.locked else halves(VALIDATION)
    train, rest = _drawn(segments(learnt, options.seconds, [seed, BALANCE]), options.n_train, seed)
    if options.validation == "patients":
        rest = segments(held_out, options.seconds, [HELD_OUT])
    if not len(rest):
        raise ConfigError("data.validation=rest needs a data.n_train that leaves segments over")
    return Splits(
        train=train,
        validation=rest,
        test=segments(tested, longer, [HELD_OUT]),
        task="classification",
        outputs=2,
        input_shapes=((1, length),),
        source=str(read_meta(folder, "ecg")["source"]),
        group_names=tuple(str(number) for number in read_array(folder, "records", "ecg")),
    )


def stretches(folder: Path, numbers: Collection[int], seconds: float, rate: int = 60) -> Split:
    """Every whole stretch of some records, as `load_ecg_segments` cuts them; groups are their rows.

    Args:
        folder: the prepared folder of `ecg`.
        numbers: of the records.
        seconds: length of a stretch.
        rate: samples a second: 40, 60 or 120.

    Raises:
        StageError: not prepared yet.
    """
    return _segments(folder, tuple(numbers), seconds, rate)


def _drawn(split: Split, count: int | None, seed: int) -> tuple[Split, Split]:
    """So many of the segments, both classes in proportion, and the rest.

    With one seed a larger draw continues a smaller one. Without a count all are taken, in order.
    """
    there = len(split)
    if count is not None and count > there:
        raise ConfigError(f"data.n_train={count}, but there are {there} such segments")
    order = np.arange(there)
    if count is not None and count < there:
        order = stratified_order(split.targets.numpy(), np.random.default_rng([seed, SUBSET]))
    index = torch.from_numpy(order)
    return split.take(index[:count]), split.take(index[len(index[:count]) :])


def _balanced(split: Split, stream: list[int]) -> Split:
    """As many segments with a V beat as without, those of the larger class drawn."""
    rng = np.random.default_rng(stream)
    classes = [rng.permutation(np.flatnonzero(split.targets.numpy() == label)) for label in (0, 1)]
    fewer = min(map(len, classes))
    index = np.sort(np.concatenate([members[:fewer] for members in classes]))
    return split.take(torch.from_numpy(index))


def _segments(folder: Path, numbers: tuple[int, ...], seconds: float, rate: int) -> Split:
    """Every whole segment of the records in `numbers`, one's own."""
    return _standing(folder, numbers, seconds, rate, written(folder, "ecg")).each(torch.clone)


@lru_cache(maxsize=32)
def _standing(
    folder: Path, numbers: tuple[int, ...], seconds: float, rate: int, when: int
) -> Split:
    """They, as the folder had them `when`; kept for the other replicas of a worker."""
    records = read_array(folder, "records", "ecg")
    extent, signal = (read_array(folder, name, "ecg") for name in ("extent", "signal"))
    sample, kind = (read_array(folder, name, "ecg") for name in ("beat_sample", "beat_class"))
    ventricular = np.asarray(sample)[np.asarray(kind) == CLASSES.index("V")]
    size = round(seconds * PREPARED_RATE)
    step = PREPARED_RATE // rate
    waves, targets, groups = [], [], []
    for group in np.flatnonzero(np.isin(records, numbers)):
        first, last = extent[group]
        count = (last - first) // size
        lead = np.asarray(signal[first : first + count * size, 0], dtype=np.float32)
        # Averages of neighbours before thinning out, so that nothing folds back.
        waves.append(lead.reshape(count, size // step, step).mean(axis=2))
        inside = ventricular[(ventricular >= first) & (ventricular < first + count * size)]
        targets.append(np.bincount((inside - first) // size, minlength=count) > 0)
        groups.append(np.full(count, group))
    return Split(
        (torch.from_numpy(np.concatenate(waves))[:, None],),
        torch.from_numpy(np.concatenate(targets).astype(np.int64)),
        torch.from_numpy(np.concatenate(groups)),
    )
