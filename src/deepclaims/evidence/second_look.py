"""The same claim measured again with seeds it does not share: whether the verdict stands.

`deepclaims recheck` measures; what it found stands in the ledger, every time, so that judging
needs no second measurement. A verdict that came out otherwise with other seeds is inconclusive,
whatever the first set said. A look at a claim as it was before a change is stale: it stays on the
page, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from deepclaims.evidence.ledger import Event, Kind, Ledger
from deepclaims.evidence.sentence import SPANISH, Ruled, Ruling
from deepclaims.evidence.verdict import Verdict, headline


@dataclass(frozen=True)
class SecondLook:
    """How a claim came out with other seeds.

    Args:
        ruling: the headline, corrected for the number of sentences, as the first.
        seeds: how many, and the first and last of them.
        registration: of the claim's file when it was measured.
        profile: smoke, laptop or full.
        sources: where each data set came from.
        series: number of the series of seeds; the verdict's own is 0.
        sentences: the ruling on each sentence; empty in looks from before there were any.
        checks: what was asked and seen, by name.
    """

    ruling: str
    seeds: tuple[int, int, int]
    registration: str
    profile: str
    sources: Mapping[str, str]
    series: int = 1
    sentences: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, event: Event) -> Self:
        """The second look that an event tells of."""
        told = dict(event.content)
        if sentences := told.get("sentences"):
            told["ruling"] = headline(sentences)  # by the rule as it is now
        return cls(**{**told, "seeds": tuple(told["seeds"])})

    def to_dict(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        told = {key: value for key, value in asdict(self).items() if key != "checks"}
        return {**told, "seeds": list(self.seeds)}

    def is_of(self, registration: str, profile: str, sources: Mapping[str, str]) -> bool:
        """Whether it looked at the same claim, on the same data, in the same profile."""
        mine = (self.registration, self.profile, dict(self.sources))
        return mine == (registration, profile, dict(sources))

    def is_of_grid(self, registration: str, profile: str, sources: Mapping[str, str]) -> bool:
        """Whether it measured the same things, whatever was asked of them."""
        grids = {each.rpartition("-")[2] for each in (self.registration, registration)}
        same_data = (self.profile, dict(self.sources)) == (profile, dict(sources))
        return len(grids) == 1 and same_data

    def asked_the_same(self, ruled: Ruled) -> bool:
        """Whether each check of a sentence is what it was, with the bound it had."""
        return all(
            (asked := self.checks.get(each.check.name)) is not None
            and (asked["relation"], asked["bound"], asked.get("role", each.check.role))
            == (each.check.relation, each.check.bound, each.check.role)
            for each in ruled.findings
        )


def second_looks(ledger: Ledger) -> list[SecondLook]:
    """All second looks at a claim, oldest first."""
    return [SecondLook.read(event) for event in ledger.of(Kind.SECOND_LOOK)]


def confirm(verdict: Verdict, looks: Sequence[SecondLook]) -> Verdict:
    """The verdict; inconclusive on each sentence on which other seeds gave another ruling.

    Args:
        verdict: with the first seeds, corrected for the number of sentences and attempts.
        looks: the second looks at the claim as it is now.
    """
    for look in looks:
        confirmed = tuple(_confirmed(each, look) for each in verdict.sentences)
        verdict = replace(verdict, sentences=confirmed)
    return verdict


def confirm_unchanged(verdict: Verdict, looks: Sequence[SecondLook]) -> Verdict:
    """The same by looks at the claim as it was, for each sentence that they asked as it is now.

    Who moves the bound of one sentence does not rid the others of what was seen.

    Args:
        verdict: as `confirm` leaves it.
        looks: second looks at the same grid, from before something else was changed.
    """
    for look in looks:
        sentences = tuple(
            _confirmed(each, look) if look.asked_the_same(each) else each
            for each in verdict.sentences
        )
        verdict = replace(verdict, sentences=sentences)
    return verdict


def _confirmed(ruled: Ruled, look: SecondLook) -> Ruled:
    other = look.sentences.get(ruled.sentence.id, look.ruling)
    if other == ruled.ruling or ruled.ruling is Ruling.INCONCLUSIVE:
        return ruled
    _, first, last = look.seeds
    own = ruled.reason
    return replace(
        ruled,
        overruled={
            "es": f"con estas semillas quedaría {SPANISH[ruled.ruling]} ({own['es']}), pero con "
            f"otras ({first} a {last}) queda {SPANISH[Ruling(other)]}",
            "en": f"with these seeds it would be {ruled.ruling} ({own['en']}), but with others "
            f"({first} to {last}) it is {other}",
        },
    )
