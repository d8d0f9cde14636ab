"""A claim measured on another data set in the place of its own: what its ledger says of it.

`deepclaims recheck data=…` measures, once for a claim as it is: criterion, grid and seeds are the
same, and so there is nothing to measure again. It decides nothing about the claim, whose verdict is
of the data that it names; it says how far that verdict carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from deepclaims.evidence.check import Text
from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.sentence import Ruling


class State(StrEnum):
    """What is known of a claim on another data set."""

    HOLDS = "holds"  # its verdict is the same there
    FAILS = "fails"  # it is another there
    UNDECIDED = "undecided"  # there is no verdict that could hold elsewhere
    NOT_APPLICABLE = "not_applicable"  # registered beforehand
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Transfer:
    """How a claim came out on another data set.

    Args:
        dataset: that stood in its own's place.
        ruling: corrected for the number of claims and attempts, as if it stood in the catalogue in
            the place of the first.
        reason: why that ruling, in both languages.
        seeds: how many, and the first and last of them; the same as the claim's.
        registration: of the claim's file when it was measured.
        profile: smoke, laptop or full.
        sources: where each data set came from.
        checks: name -> relation, bound, value, low, high, n and outcome.
        post_hoc: what in the claim's file differs from that under which rows were measured.
        sentences: the ruling on each.
    """

    dataset: str
    ruling: str
    reason: Text
    seeds: tuple[int, int, int]
    registration: str
    profile: str
    sources: Mapping[str, str]
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    post_hoc: tuple[str, ...] = ()
    sentences: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The transfer that plain data tell of."""
        lists = {key: tuple(told[key]) for key in ("seeds", "post_hoc")}
        return cls(**{**told, **lists})

    @classmethod
    def read(cls, event: Event) -> Self:
        """The transfer that an event tells of."""
        return cls.from_dict(event.content)

    def to_dict(self) -> dict[str, Any]:
        """The transfer as plain data that JSON can hold."""
        return {**asdict(self), "seeds": list(self.seeds), "post_hoc": list(self.post_hoc)}

    def is_of(
        self,
        registration: str,
        profile: str,
        seeds: tuple[int, int, int],
        sources: Mapping[str, str],
    ) -> bool:
        """Whether it is of this claim as it is measured on its own data.

        The same file, profile and seeds, and the other data sets from the same source.
        """
        mine = (self.registration, self.profile, self.seeds)
        return mine == (registration, profile, seeds) and all(
            sources.get(name, source) == source for name, source in self.sources.items()
        )

    def state(self, verdict: str) -> State:
        """Whether a verdict on the claim's own data holds here too."""
        if verdict == Ruling.INCONCLUSIVE:
            return State.UNDECIDED
        return State.HOLDS if self.ruling == verdict else State.FAILS

    def otherwise(self, outcomes: Mapping[str, bool | None]) -> list[str]:
        """The checks that came out otherwise than on the claim's own data, by name.

        Args:
            outcomes: there, by check.
        """
        return sorted(
            name
            for name, check in self.checks.items()
            if name in outcomes and check["outcome"] is not outcomes[name]
        )


def transfers(ledger: Ledger) -> list[Transfer]:
    """All transfers of a claim, oldest first."""
    return [Transfer.read(event) for event in ledger.of(Kind.TRANSFER)]
