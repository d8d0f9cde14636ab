"""Looks at a claim as its ledger tells them: what was seen, and which attempt it was.

Two looks are of one attempt if nothing was decided anew between them: the same registration, or one
written otherwise (code tidied, a format changed) that compares the same estimates with the same
bounds and comes to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from deepclaims.evidence.check import Role
from deepclaims.evidence.ledger import SEEN, UNKNOWN, Event, Kind, Ledger
from deepclaims.evidence.verdict import Verdict

BENCHMARK = str(Role.BENCHMARK)
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
        ruling: the headline as published, corrected for the number of sentences and attempts; ""
            of what was measured and not judged.
        checks: name -> role, sentences, relation, bound, value, low, high, n and outcome; none
            where only tables could be read.
        sentences: the ruling on each; empty in looks from before there were any.
    """

    attempt: str
    seeds: tuple[int, int, int]
    profile: str
    sources: Mapping[str, str]
    ruling: str
    checks: Mapping[str, Mapping[str, Any]]
    sentences: Mapping[str, str] = field(default_factory=dict)

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
        own = {
            ruled.sentence.id: {found.check.name for found in ruled.findings}
            for ruled in verdict.sentences
        }
        checks = {
            each.check.name: {
                "role": str(each.check.role),
                "sentences": [id_ for id_, names in own.items() if each.check.name in names],
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
        return cls(attempt, spread, profile, dict(sources), "", checks).ruled(verdict)

    def ruled(self, verdict: Verdict) -> Self:
        """The same look with the rulings of a verdict."""
        sentences = {name: str(ruling) for name, ruling in verdict.rulings.items()}
        return replace(self, ruling=str(verdict.ruling), sentences=sentences)

    @classmethod
    def read(cls, event: Event) -> Self:
        """The look that an event tells of."""
        told = event.content
        return cls(
            str(told["attempt"]),
            (int(told["seeds"][0]), int(told["seeds"][1]), int(told["seeds"][2])),
            str(told["profile"]),
            dict(told["sources"]),
            str(told.get("ruling", "")),
            dict(told["checks"]),
            dict(told.get("sentences", {})),
        )

    def to_dict(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        return {**vars(self), "seeds": list(self.seeds)}

    def repeats(self, other: Look) -> bool:
        """Whether it saw what another saw: a rerun, which the ledger need not tell again.

        One whose numbers differ in early digits is told, as on another processor, where sums are
        rounded otherwise and what is trained long goes other ways.
        """
        mine, theirs = (
            (
                each.attempt,
                each.seeds,
                each.profile,
                each.sources,
                each.ruling,
                each.sentences,
                each.outcomes,
            )
            for each in (self, other)
        )
        return mine == theirs and self.saw(other)

    def saw(self, other: Look) -> bool:
        """Whether its numbers are another's; those of benchmarks decide nothing."""
        return self._deciding <= set(other.checks) and all(
            _found_the_same(self.checks[name], other.checks[name]) for name in self._deciding
        )

    def restates(self, other: Look) -> bool:
        """Whether it has another's bounds, data, seeds and numbers, whatever its registration.

        What it leaves out, or decides nothing by any more, must have held: so nothing is gained. A
        benchmark decides nothing, whatever it measures anew (a wall time, say).
        """
        mine, theirs = ((each.seeds, each.profile, each.sources) for each in (self, other))
        if mine != theirs or not self._deciding <= set(other.checks):
            return False
        return all(
            _asks_and_finds_the_same(self.checks[name], before)
            if name in self.checks
            else before["outcome"] is True
            for name, before in other.checks.items()
            if name in self._deciding or before.get("role") != BENCHMARK
        )

    @property
    def _deciding(self) -> set[str]:
        return {name for name, check in self.checks.items() if check.get("role") != BENCHMARK}

    @property
    def outcomes(self) -> dict[str, bool | None]:
        """How each check came out."""
        return {name: check["outcome"] for name, check in self.checks.items()}


def looks(ledger: Ledger) -> list[Look]:
    """The looks at a claim, oldest first."""
    return [Look.read(event) for event in ledger.of(Kind.LOOK)]


def seen(ledger: Ledger) -> list[Look]:
    """The looks at a claim and what was measured of it, judged or not, oldest first."""
    return [Look.read(event) for event in ledger.of(*SEEN)]


def attempt_of(ledger: Ledger, look: Look) -> str:
    """The attempt that a look belongs to: an earlier one that it restates, or its own.

    Of attempts from before there was a ledger the judging code is not known: the first look that
    has one's criterion, grid and seeds goes on with it. So does a look without checks, which cannot
    be compared: who made the earlier attempt has read the same tables.
    """
    if look.attempt in ledger.attempts:
        return look.attempt
    for event in ledger.of(Kind.MEASURED):
        if event.content["registration"] == look.attempt:
            return str(event.content["attempt"])
    promised = _promised(look.attempt)
    if not look.checks:
        alike = [each for each in ledger.attempts if _promised(each) == promised]
        return alike[-1] if alike else look.attempt
    for earlier in reversed(seen(ledger)):
        if look.restates(earlier):
            return earlier.attempt
    heir = f"{promised}-{UNKNOWN}"
    own = {event.content["attempt"] for event in ledger.of(*SEEN) if not event.reconstructed}
    return heir if heir in ledger.attempts and heir not in own else look.attempt


def _promised(attempt: str) -> str:
    """Criterion, grid and seeds of an attempt, without the code that judges."""
    return attempt.rpartition("-")[0]


def _asks_and_finds_the_same(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a check is what it was.

    Looks from before there were benchmarks tell no roles: what is one now may have decided then.
    Older ones do not tell of which sentences a check is either.
    """
    told = [set(each["sentences"]) for each in (now, before) if "sentences" in each]
    if len(told) == 2 and told[0] != told[1]:
        return False
    if "role" in before:
        same_role = now.get("role") == before["role"]
    else:
        same_role = now.get("role") != "benchmark" or before["outcome"] is True
    if not same_role:
        return False
    asked = (now["relation"], now["bound"]) == (before["relation"], before["bound"])
    return asked and _found_the_same(now, before)


def _found_the_same(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return all(_same(now[key], before[key]) for key in ("value", "low", "high"))


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-12)
