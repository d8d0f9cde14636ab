"""What EC57 reads in an annotation file: beats, ventricular fibrillation, unreadable stretches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

CLASSES = "NSVFQ"
"""Normal, supraventricular ectopic, ventricular ectopic, fusion, unclassifiable."""

EC57 = {"N": "NLRB", "S": "AaJSejn", "V": "VEr", "F": "F", "Q": "Q/f?"}
"""WFDB symbols of each class for `bxb`, to whom the escape beats e and j are S."""

DE_CHAZAL = {"N": "NLRBej", "S": "AaJSn", "V": "VEr", "F": "F", "Q": "Q/f?"}
"""The same with e and j as N: de Chazal et al. 2004, and the many who follow them."""

MAPPINGS = {"ec57": EC57, "de_chazal": DE_CHAZAL}

NOISE, FLUTTER_ON, FLUTTER_OFF = "~", "[", "]"
UNREADABLE = 0x30
"""Bits of the subtype of `~`: with both, no signal can be read."""

Event = tuple[int, str, int]
"""Sample, symbol, subtype."""


@dataclass(frozen=True)
class Track:
    """The annotations of one record by one annotator.

    Args:
        sample: (n,) of the beats outside of [ ], not decreasing.
        label: (n,) their classes, indices into `CLASSES`.
        flutter: (k, 2) first and last sample of each [ ].
        shutdowns: (m, 2) first and last sample of what cannot be read.
        open_shutdown: where one begins that does not end before the file does.
    """

    sample: np.ndarray
    label: np.ndarray
    flutter: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    shutdowns: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    open_shutdown: int | None = None

    def in_flutter(self, sample: int) -> bool:
        """Whether a sample is in [ ], both ends included."""
        return _within(self.flutter, sample)

    def in_shutdown(self, sample: int) -> bool:
        """Whether nothing can be read at a sample, both ends of a stretch included.

        A stretch that does not end counts if no other was before it: so does `bxb`.
        """
        if self.open_shutdown is not None and not len(self.shutdowns):
            return sample >= self.open_shutdown
        return _within(self.shutdowns, sample)

    def shutdown_samples(self, end: int) -> int:
        """Samples that cannot be read, in a record that ends at `end`."""
        open_ended = 0 if self.open_shutdown is None else end - self.open_shutdown
        return int(np.diff(self.shutdowns).sum()) + open_ended

    def intervals(self) -> np.ndarray:
        """(n + 2,) samples from each beat's predecessor to it; 0 where there is no RR interval.

        There is none to the first beat, past the last (the two entries at the end), and where a
        [ or a shutdown begins between the two, at the first of them included.
        """
        found = np.zeros(len(self.sample) + 2, np.int64)
        found[1 : len(self.sample)] = np.diff(self.sample)
        begins = [*self.flutter[:, 0], *self.shutdowns[:, 0]]
        if self.open_shutdown is not None:
            begins.append(self.open_shutdown)
        for begin in begins:
            found[np.searchsorted(self.sample, begin, side="right")] = 0
        return found


def read_track(
    events: Sequence[Event], window: int, mapping: Mapping[str, str] = EC57, end: int = 2**62
) -> Track:
    """Read the annotations of a file in their order.

    Args:
        events: of the whole file, by time.
        window: samples; how far a shutdown that only one mark tells of keeps from its neighbours.
        mapping: class -> symbols; every other symbol marks no beat, `!` outside of [ ] neither.
        end: a [ that is not closed ends here.
    """
    class_of = {symbol: CLASSES.index(name) for name, text in mapping.items() for symbol in text}
    return _Reader(class_of, window, end).read(events)


@dataclass
class _Reader:
    class_of: Mapping[str, int]
    window: int
    end: int
    beats: list[tuple[int, int]] = field(default_factory=list)
    flutter: list[tuple[int, int]] = field(default_factory=list)
    shutdowns: list[tuple[int, int]] = field(default_factory=list)
    open_shutdown: int | None = None

    def read(self, events: Sequence[Event]) -> Track:
        rest = _Rest(events)
        for sample, symbol, subtype in rest:
            if symbol in self.class_of:
                self.beats.append((sample, self.class_of[symbol]))
            elif symbol == FLUTTER_ON:
                closed = next((at for at, s, _ in rest if s == FLUTTER_OFF), self.end)
                self.flutter.append((sample, closed))
            elif _unreadable(symbol, subtype):
                self._shutdown(sample, rest)
        beats = _pairs(self.beats)
        return Track(
            beats[:, 0],
            beats[:, 1],
            _pairs(self.flutter),
            _pairs(self.shutdowns),
            self.open_shutdown,
        )

    def _shutdown(self, begin: int, rest: _Rest) -> None:
        following = rest.following
        if following is None:
            self.open_shutdown = begin
            return
        end, symbol, subtype = following
        if symbol == NOISE and not _unreadable(symbol, subtype):
            next(rest)
        else:  # as in AHA's files: one mark, somewhere in the middle
            before = max(self.beats[-1][0] if self.beats else 0,
                         self.flutter[-1][1] if self.flutter else 0)  # fmt: skip
            end -= self.window
            begin = min(before + self.window, end)
        self.shutdowns.append((begin, end))


class _Rest(Iterator[Event]):
    """What is still to be read, with a look at the next."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events, self.at = events, 0

    @property
    def following(self) -> Event | None:
        return self.events[self.at] if self.at < len(self.events) else None

    def __next__(self) -> Event:
        if self.following is None:
            raise StopIteration
        self.at += 1
        return self.events[self.at - 1]


def _unreadable(symbol: str, subtype: int) -> bool:
    return symbol == NOISE and subtype & UNREADABLE == UNREADABLE


def _within(stretches: np.ndarray, sample: int) -> bool:
    return bool(((stretches[:, 0] <= sample) & (sample <= stretches[:, 1])).any())


def _pairs(stretches: list[tuple[int, int]]) -> np.ndarray:
    return np.array(stretches, np.int64).reshape(-1, 2)
