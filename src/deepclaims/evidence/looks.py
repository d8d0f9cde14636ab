"""Looks at a claim as its ledger tells them: what was seen, and which attempt it was.

Two looks are of one attempt if nothing was decided anew between them: the same registration, or one
written otherwise (code tidied, a format changed) that compares the same estimates with the same
bounds and comes to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from deepclaims.evidence.ledger import UNKNOWN, Event, Kind, Ledger
from deepclaims.evidence.verdict import Verdict

SAME = 1e-6
"""Relative difference up to which two numbers are one: processors round late digits otherwise."""


@dataclass(frozen=True)
class Look:
    """A claim measured and judged once.

    Args:
        attempt: its registration, as one word.
        seeds: how many, and the first and last of them.
        profile: smoke, laptop or full.
        sources: where each data set came from.
        ruling: as published, corrected for the number of claims and attempts.
        checks: name -> relation, bound, value, low, high, n and outcome.
    """

    attempt: str
    seeds: tuple[int, int, int]
    profile: str
    sources: Mapping[str, str]
    ruling: str
    checks: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(
        cls,
        attempt: str,
        seeds: Sequence[int],
        profile: str,
        sources: Mapping[str, str],
        verdict: Verdict,
    ) -> Self:
        """What was seen, from a verdict and the seeds that it rests on."""
        checks = {
            each.check.name: {
                "relation": str(each.check.relation),
                "bound": each.check.bound,
                "value": _plain(each.estimate.value),
                "low": _plain(each.estimate.low),
                "high": _plain(each.estimate.high),
                "n": each.estimate.n,
                "outcome": each.outcome,
            }
            for each in verdict.findings
        }
        spread = (len(seeds), min(seeds), max(seeds))
        return cls(attempt, spread, profile, dict(sources), str(verdict.ruling), checks)

    @classmethod
    def read(cls, event: Event) -> Self:
        """The look that an event tells of."""
        told = event.content
        return cls(
            str(told["attempt"]),
            (int(told["seeds"][0]), int(told["seeds"][1]), int(told["seeds"][2])),
            str(told["profile"]),
            dict(told["sources"]),
            str(told["ruling"]),
            dict(told["checks"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        return {**vars(self), "seeds": list(self.seeds)}

    def repeats(self, other: Look) -> bool:
        """Whether it saw what another saw: a rerun, which the ledger need not tell again."""
        mine, theirs = (
            (each.attempt, each.seeds, each.profile, each.sources, each.ruling, each.outcomes)
            for each in (self, other)
        )
        return mine == theirs

    def restates(self, other: Look) -> bool:
        """Whether it has another's bounds, data, seeds and numbers, whatever its registration."""
        asked, was = (
            (
                each.seeds, each.profile, each.sources,
                {name: (check["relation"], check["bound"]) for name, check in each.checks.items()},
            )
            for each in (self, other)
        )  # fmt: skip
        return asked == was and all(
            _same(check[key], other.checks[name][key])
            for name, check in self.checks.items()
            for key in ("value", "low", "high")
        )

    @property
    def outcomes(self) -> dict[str, bool | None]:
        """How each check came out."""
        return {name: check["outcome"] for name, check in self.checks.items()}


def looks(ledger: Ledger) -> list[Look]:
    """The looks at a claim, oldest first."""
    return [Look.read(event) for event in ledger.of(Kind.LOOK)]


def attempt_of(ledger: Ledger, look: Look) -> str:
    """The attempt that a look belongs to: an earlier one that it restates, or its own.

    Of attempts from before there was a ledger the judging code is not known: the first look that
    has one's criterion, grid and seeds goes on with it.
    """
    if look.attempt in ledger.attempts:
        return look.attempt
    for earlier in reversed(looks(ledger)):
        if look.restates(earlier):
            return earlier.attempt
    heir = f"{look.attempt.rpartition('-')[0]}-{UNKNOWN}"
    own = {event.content["attempt"] for event in ledger.of(Kind.LOOK) if not event.reconstructed}
    return heir if heir in ledger.attempts and heir not in own else look.attempt


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-12)
