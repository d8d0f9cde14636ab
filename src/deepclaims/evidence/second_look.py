"""The same claim measured again with seeds it does not share: whether the verdict stands.

`deepclaims recheck` measures; what it found stands in the ledger, every time, so that judging
needs no second measurement. A verdict that came out otherwise with other seeds is inconclusive,
whatever the first set said. A look at a claim as it was before a change is stale: it stays on the
page, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.verdict import SPANISH, Ruling, Verdict


@dataclass(frozen=True)
class SecondLook:
    """How a claim came out with other seeds.

    Args:
        ruling: corrected for the number of claims, as the first.
        seeds: how many, and the first and last of them.
        registration: of the claim's file when it was measured.
        profile: smoke, laptop or full.
        sources: where each data set came from.
        series: number of the series of seeds; the verdict's own is 0.
    """

    ruling: str
    seeds: tuple[int, int, int]
    registration: str
    profile: str
    sources: Mapping[str, str]
    series: int = 1

    @classmethod
    def read(cls, event: Event) -> Self:
        """The second look that an event tells of."""
        told = {key: value for key, value in event.content.items() if key != "checks"}
        return cls(**{**told, "seeds": tuple(told["seeds"])})

    def to_dict(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        return {**asdict(self), "seeds": list(self.seeds)}

    def is_of(self, registration: str, profile: str, sources: Mapping[str, str]) -> bool:
        """Whether it looked at the same claim, on the same data, in the same profile."""
        mine = (self.registration, self.profile, dict(self.sources))
        return mine == (registration, profile, dict(sources))


def second_looks(ledger: Ledger) -> list[SecondLook]:
    """All second looks at a claim, oldest first."""
    return [SecondLook.read(event) for event in ledger.of(Kind.SECOND_LOOK)]


def confirm(verdict: Verdict, looks: Sequence[SecondLook]) -> Verdict:
    """The verdict, or inconclusive where other seeds gave another one.

    Args:
        verdict: with the first seeds, corrected for the number of claims and attempts.
        looks: the second looks at the claim as it is now.
    """
    for look in looks:
        verdict = _confirmed(verdict, look)
    return verdict


def _confirmed(verdict: Verdict, look: SecondLook) -> Verdict:
    if look.ruling == verdict.ruling or verdict.ruling is Ruling.INCONCLUSIVE:
        return verdict
    _, first, last = look.seeds
    return replace(
        verdict,
        ruling=Ruling.INCONCLUSIVE,
        reason={
            "es": f"con estas semillas quedaría {SPANISH[verdict.ruling]} "
            f"({verdict.reason['es']}), pero con otras ({first} a {last}) queda "
            f"{SPANISH[Ruling(look.ruling)]}",
            "en": f"with these seeds it would be {verdict.ruling} ({verdict.reason['en']}), but "
            f"with others ({first} to {last}) it is {look.ruling}",
        },
    )
