"""The ledger of a claim: what was promised, tried and seen, a line an event, never taken back.

A claim's ledger is `ledger/<chapter>/<id>.jsonl`, in Git. Each line is a JSON object with the hash
of the line before it, so that no line can be changed, removed or put between others without a break
in the chain; that none was cut off at the end, Git's history shows (`extends`).

An *attempt* is a registration that was measured on the data it is about, so that its numbers could
be looked at. Whoever registers a claim again after looking tries again, and the k-th attempt must
meet α/(k(k+1)): the levels of all attempts that there can ever be add up to α.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from deepclaims import atomic
from deepclaims.errors import StorageError

FOLDER = "ledger"
"""Of a checkout: that of the ledgers, chapter by chapter."""

LOCK = ".ledger.lock"
"""Of a checkout: whoever writes into a ledger holds it, since a line hangs on the one before."""

UNKNOWN = "unknown"
"""In place of the hash of the code that judged, of a registration from before the ledger."""


class Kind(StrEnum):
    """What an event is."""

    REGISTRATION = "registration"  # what is promised, as hashes
    PILOT = "pilot"  # a trial that no verdict rests on
    MEASURED = "measured"  # the claim measured, so that its numbers could be seen
    LOOK = "look"  # the claim measured and judged
    SECOND_LOOK = "second_look"  # the same with other seeds
    TRANSFER = "transfer"  # the same on another data set


SEEN = (Kind.LOOK, Kind.MEASURED)
"""After these the numbers of a claim may be known to whoever registers it again."""


@dataclass(frozen=True)
class Event:
    """One line of a ledger.

    Args:
        kind: what happened.
        when: the day, `YYYY-MM-DD`.
        commit: of the code, as far as it is known.
        content: what is told of it; plain data that JSON can hold.
        reconstructed: whether it was read out of Git's history afterwards.
    """

    kind: Kind
    when: str
    commit: str
    content: Mapping[str, Any] = field(default_factory=dict)
    reconstructed: bool = False

    def line(self, before: str) -> str:
        """The event as a line of JSON, chained to the hash of the line before."""
        told = {
            "before": before,
            "kind": str(self.kind),
            "when": self.when,
            "commit": self.commit,
            **({"reconstructed": True} if self.reconstructed else {}),
            "content": dict(self.content),
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=False, separators=(",", ":"))


@dataclass(frozen=True)
class Ledger:
    """The events of a claim, oldest first, and the hash that the next line is chained to."""

    claim: str
    events: tuple[Event, ...]
    head: str

    @property
    def attempts(self) -> tuple[str, ...]:
        """The attempts at the claim, each as one word, in their order.

        An attempt is a registration that was measured or looked at. What was registered before
        there was a ledger counts in any case: that nobody looked is what Git's history cannot show.
        """
        words = (
            word_of(event.content) if event.kind is Kind.REGISTRATION else event.content["attempt"]
            for event in self.events
            if event.kind in SEEN or (event.kind is Kind.REGISTRATION and event.reconstructed)
        )
        return tuple(dict.fromkeys(map(str, words)))

    def of(self, *kinds: Kind) -> tuple[Event, ...]:
        """The events of these kinds."""
        return tuple(event for event in self.events if event.kind in kinds)

    def attempt(self, registration: str) -> int:
        """The number of an attempt, from 1; that of the next if it has not been looked at."""
        known = self.attempts
        return known.index(registration) + 1 if registration in known else len(known) + 1


def word_of(registration: Mapping[str, Any]) -> str:
    """What of a registration makes an attempt, as one word.

    Criterion, grid, seeds, and the code that judges, which is unknown of a reconstructed one.
    """
    return "-".join(
        str(registration.get(key, UNKNOWN)) for key in ("criterion", "grid", "seeds", "judge")
    )


def share(attempt: int) -> float:
    """The share of α that the k-th attempt may use, 1/(k(k+1)); the shares add up to one.

    Args:
        attempt: its number, from 1.

    Raises:
        ValueError: for a number below 1.
    """
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    return 1.0 / (attempt * (attempt + 1))


def path(root: Path, claim: str) -> Path:
    """The file of a claim's ledger in a checkout."""
    return root / FOLDER / f"{claim}.jsonl"


def read(root: Path, claim: str) -> Ledger:
    """Read a claim's ledger and verify its chain; an empty one if there is no file.

    Args:
        root: the checkout.
        claim: `chapter/id`.

    Raises:
        StorageError: names the first line that does not fit.
    """
    file = path(root, claim)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Ledger(claim, (), seed(claim))
    return parse(claim, lines, str(file))


def all_of(root: Path) -> Iterator[Ledger]:
    """Every ledger of a checkout, those of claims that are no more among them, by name.

    Raises:
        StorageError: names the first line that does not fit.
    """
    for file in sorted((root / FOLDER).rglob("*.jsonl")):
        yield read(root, file.relative_to(root / FOLDER).with_suffix("").as_posix())


def parse(claim: str, lines: Sequence[str], where: str) -> Ledger:
    """The ledger that lines hold.

    Args:
        claim: whose.
        lines: oldest first.
        where: what errors call it.

    Raises:
        StorageError: names the first line that does not fit.
    """
    events, head = [], seed(claim)
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            before = told["before"]
            event = Event(
                Kind(told["kind"]),
                told["when"],
                told["commit"],
                told["content"],
                told.get("reconstructed", False),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError(f"{where}, line {number} is damaged ({error}); {_MEND}") from None
        if before != head:
            raise StorageError(
                f"{where}, line {number} does not follow from the line before it: a line was "
                f"changed, removed or put in; {_MEND}"
            )
        events.append(event)
        head = _hash(line)
    return Ledger(claim, tuple(events), head)


def append(root: Path, claim: str, events: Iterable[Event]) -> Ledger:
    """Write events behind those that are there; the file is replaced whole.

    Another process that writes at the same time waits its turn, and none of the lines is lost.

    Raises:
        StorageError: when the ledger is damaged or cannot be written.
    """
    told = list(events)
    if not told:
        return read(root, claim)
    with _turn(root):
        ledger = read(root, claim)
        file = path(root, claim)
        old = file.read_text(encoding="utf-8") if ledger.events else ""
        lines, head = [], ledger.head
        for event in told:
            lines.append(event.line(head))
            head = _hash(lines[-1])
        atomic.write(file, old + "\n".join(lines) + "\n", sync=True)
        return read(root, claim)


@contextmanager
def _turn(root: Path) -> Iterator[None]:
    """While nobody else writes into the ledgers of a checkout."""
    lock = FileLock(root / LOCK)
    try:
        lock.acquire()
    except OSError as error:
        raise StorageError(f"cannot write {root / LOCK}: {error.strerror or error}") from None
    try:
        yield
    finally:
        lock.release()


def extends(older: str, newer: str) -> bool:
    """Whether a ledger's text has all lines of an older one, in their place."""
    return newer.startswith(older)


def seed(claim: str) -> str:
    """What the first line of a claim's ledger is chained to."""
    return _hash(claim)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_MEND = "restore the file from Git (`git checkout -- ledger`): a ledger only grows"
