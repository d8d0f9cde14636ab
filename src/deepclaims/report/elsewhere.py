"""What a report says of a claim on other data sets than its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deepclaims.data.alike import ALIKE
from deepclaims.evidence.check import OUTCOMES, Text
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.evidence.transfer import State, Transfer


@dataclass(frozen=True)
class Difference:
    """A check that came out otherwise there.

    Args:
        check: its name.
        says: what it means if it holds.
        there: how it came out there: `holds`, `fails` or `open`.
    """

    check: str
    says: Text
    there: str


@dataclass(frozen=True)
class Elsewhere:
    """A claim on one other data set, as it stands now or as it was before a change.

    Args:
        dataset: its name.
        state: what is known.
        ruling: there, where it was measured.
        differences: the checks that came out otherwise.
        reason: why the ruling is another though no check came out otherwise; or why it is not to be
            measured there, where that was registered.
        stale: whether the claim has changed since.
        post_hoc: whether it had changed after rows were measured.
    """

    dataset: str
    state: State
    ruling: str = ""
    differences: tuple[Difference, ...] = ()
    reason: Text | None = None
    stale: bool = False
    post_hoc: bool = False

    @property
    def wording(self) -> str:
        """The state, told apart where the ruling is another though no check came out otherwise."""
        apart = self.state is State.FAILS and not self.differences
        return "otherwise_ruled" if apart else str(self.state)

    @property
    def mark(self) -> str:
        """What the front page says of it: once, however often it was looked at."""
        return f"{self.wording} {self.dataset}"


def elsewhere(record: EvidenceRecord) -> list[Elsewhere]:
    """What there is to say of a claim on the data sets alike to one it is about, oldest first.

    Where it was measured as it is now, that counts, whatever it registered. Empty for a claim that
    reads no data set to which another is alike.
    """
    return [
        each
        for dataset, own in ALIKE.items()
        if own in record.data_sources
        for each in _on(record, dataset)
    ]


def now(record: EvidenceRecord) -> dict[str, Elsewhere]:
    """The state of a claim as it is now, by data set."""
    return {each.dataset: each for each in elsewhere(record) if not each.stale}


def published(record: EvidenceRecord) -> dict[str, dict[str, Any]]:
    """The same as plain data: by data set, the state, the reason, and what was measured there."""
    return {
        dataset: {
            "state": str(each.state),
            "reason": each.reason,
            "differences": [difference.check for difference in each.differences],
            "looks": [told for told in record.transfers if told["dataset"] == dataset],
        }
        for dataset, each in now(record).items()
    }


def _on(record: EvidenceRecord, dataset: str) -> Iterator[Elsewhere]:
    told = [each for each in record.transfers if each["dataset"] == dataset]
    yield from (_seen(record, each) for each in told)
    if any(not each["stale"] for each in told):
        return
    if reason := record.claim.get("transfer"):
        yield Elsewhere(dataset, State.NOT_APPLICABLE, reason=reason)
    else:
        yield Elsewhere(dataset, State.UNSEEN)


def _seen(record: EvidenceRecord, told: Mapping[str, Any]) -> Elsewhere:
    look = Transfer.from_dict({key: value for key, value in told.items() if key != "stale"})
    own = {each.check: each for each in record.findings}
    changed = look.otherwise({name: each.outcome for name, each in own.items()})
    state = look.state(record.verdict)
    return Elsewhere(
        look.dataset,
        state,
        look.ruling,
        tuple(
            Difference(name, own[name].says, OUTCOMES[look.checks[name]["outcome"]])
            for name in changed
        ),
        reason=look.reason if state is State.FAILS and not changed else None,
        stale=bool(told["stale"]),
        post_hoc=bool(look.post_hoc),
    )
