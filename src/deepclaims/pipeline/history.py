"""What the ledger of a claim tells of it as it is judged now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from deepclaims.claims import claim as claims
from deepclaims.claims.claim import Claim
from deepclaims.evidence import ledger, transfer
from deepclaims.evidence.inherited import given_up, inherited
from deepclaims.evidence.ledger import SEEN, Event, Kind, Ledger
from deepclaims.evidence.looks import Look, attempt_of, looks, seen
from deepclaims.evidence.record import REAL_SOURCES
from deepclaims.evidence.registration import Registration
from deepclaims.evidence.reruns import of_one_attempt
from deepclaims.evidence.second_look import SecondLook
from deepclaims.evidence.sentence import STUDY, sentences_of
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.promise import PROMISED, registration
from deepclaims.project import Project

DECIDED = ("criterion", "grid")
"""What the word of an attempt begins with."""
Events = tuple[Event, ...]
NOTHING: Mapping[str, Sequence[Event]] = MappingProxyType({})


@dataclass(frozen=True)
class History:
    """A judged measurement beside the ledger of its claim, which is read once.

    Args:
        judged: the claim with its raw verdict and the facts of its measurement.
        ledger: of the claim, oldest event first, after what it takes over from others.
        before: what it takes over, by the claim that it is of.
    """

    judged: Judged
    ledger: Ledger
    before: Mapping[str, Sequence[Event]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, project: Project, judged: Judged, before: Mapping[str, Sequence[Event]] = NOTHING
    ) -> Self:
        """The history of a claim.

        Args:
            project: whose ledger.
            judged: the claim.
            before: events that it takes over from others, as `taken_over` finds them.

        Raises:
            StorageError: for a ledger that was tampered with.
        """
        own = ledger.read(project.root, judged.claim.name)
        older = tuple(event for events in before.values() for event in events)
        return cls(judged, replace(own, events=(*older, *own.events)), before)

    @cached_property
    def look(self) -> Look:
        """What is seen now, as part of the attempt that it belongs to; not corrected."""
        own = look_at(self.judged)
        return replace(own, attempt=attempt_of(self.ledger, own))

    @property
    def attempt(self) -> int:
        """Which attempt at its claim this is, from 1."""
        return self.ledger.attempt(self.look.attempt)

    @property
    def counts(self) -> bool:
        """Whether a verdict may rest on it: on the data it is about, in a published profile."""
        sources = self.judged.facts["data_sources"].values()
        return not self.judged.claim.pilot and all(each in REAL_SOURCES for each in sources)

    @property
    def registered(self) -> dict[str, str] | None:
        """When, and at which commit, a claim was registered as it is, before it was looked at so.

        None where the ledger does not show it: what was read out of Git's history afterwards shows
        nothing of the order in which things were done, and what has the seeds of an earlier attempt
        was registered after they were seen.
        """
        own, told = self.look.attempt, registration(self.judged.claim)
        if any(self._others_on_these_seeds):
            return None
        for event in self.ledger.events:
            if event.kind in SEEN and event.content["attempt"] == own:
                return None
            promised = event.kind is Kind.REGISTRATION and not event.reconstructed
            if promised and all(event.content.get(key) == told[key] for key in PROMISED):
                return {"when": event.when, "commit": event.commit}
        return None

    @property
    def post_hoc(self) -> tuple[str, ...]:
        """What was registered otherwise when these seeds were looked at, and changed after it."""
        own = self.look.attempt.split("-")
        changed = {
            name
            for other in self._others_on_these_seeds
            for name, mine, theirs in zip(DECIDED, own, other.attempt.split("-"), strict=False)
            if mine != theirs
        }
        return tuple(name for name in DECIDED if name in changed)

    @property
    def _others_on_these_seeds(self) -> list[Look]:
        """The looks at other attempts that may have seen a seed of this one."""
        _, first, last = self.look.seeds
        return [
            each
            for each in seen(self.ledger)
            if each.attempt != self.look.attempt
            and max(first, each.seeds[1]) <= min(last, each.seeds[2])
        ]

    @property
    def predates_ledger(self) -> bool:
        """Whether the claim was worked on before there were ledgers, locks and relevant effects."""
        return any(each.reconstructed for each in self.ledger.events)

    @property
    def test_seen(self) -> bool:
        """Whether a trial from before the test split was locked may have scored it."""
        tried = (event.content.get("test_seen", False) for event in self.ledger.of(Kind.PILOT))
        return self.predates_ledger or any(tried)

    @property
    def same_attempt(self) -> list[Look]:
        """All that was seen of this attempt, on these seeds and data, judged or not."""
        return of_one_attempt(self.look, [each for each in seen(self.ledger) if each.checks])

    @property
    def was_seen(self) -> bool:
        """Whether these numbers were seen of this attempt before."""
        return any(self.look.saw(each) for each in self.same_attempt)

    @property
    def relevant_after_look(self) -> bool:
        """Whether relevant effects were registered, something was seen, and then came those of now.

        Of what was registered before registrations told of them the ledger shows nothing.
        """
        now, registered, looked = registration(self.judged.claim)["relevant"], False, False
        for event in self.ledger.events:
            if event.kind in SEEN:
                looked = registered
            elif event.kind is Kind.REGISTRATION and "relevant" in event.content:
                if event.content["relevant"] == now:
                    break
                registered = True
        return looked

    @cached_property
    def looks(self) -> list[Look]:
        """The looks at the claim, oldest first."""
        return looks(self.ledger)

    def tells_of(self, settled: Verdict) -> bool:
        """Whether the ledger tells of a look that saw this."""
        now = self.look.ruled(settled)
        return any(now.repeats(each) for each in self.looks)

    @cached_property
    def second_looks(self) -> list[tuple[SecondLook, bool]]:
        """All second looks at the claim, and whether each is at the claim as it is now.

        One at the attempt that this is counts whatever was reworded since: the words of a question
        cannot undo it.
        """
        told = str(self.judged.claim.registered)
        profile, sources = self.judged.claim.profile, self.judged.facts["data_sources"]
        found, attempt = [], ""
        for event in self.ledger.of(*SEEN, Kind.SECOND_LOOK):
            if event.kind in SEEN:
                attempt = event.content["attempt"]
                continue
            look = SecondLook.read(event)
            asked = look.registration if attempt == self.look.attempt else told
            found.append((look, look.is_of(asked, profile, sources)))
        return found

    @cached_property
    def transfers(self) -> list[tuple[Transfer, bool]]:
        """All transfers of the claim, and whether each is of the claim as it is now."""
        look, told = self.look, str(self.judged.claim.registered)
        now = (told, look.profile, look.seeds, look.sources)
        return [(each, each.is_of(*now)) for each in transfer.transfers(self.ledger)]


def look_at(judged: Judged) -> Look:
    """What is seen of a judged measurement, as an attempt of its own; not corrected."""
    return Look.of(
        ledger.word_of(registration(judged.claim)),
        judged.facts["seeds"],
        judged.claim.profile,
        judged.facts["data_sources"],
        judged.verdict,
    )


def histories_of(project: Project, judged: Iterable[Judged]) -> dict[str, History]:
    """Each judged measurement beside all that was ever tried of its sentences, by claim name."""
    judged = list(judged)
    before = taken_over(project, [each.claim for each in judged])
    return {
        each.claim.name: History.of(project, each, before.get(each.claim.name, NOTHING))
        for each in judged
    }


def attempts_of(project: Project, judged: Iterable[Judged]) -> dict[str, int]:
    """Which attempt at its claim each judged measurement is, from 1, by claim name."""
    return {name: each.attempt for name, each in histories_of(project, judged).items()}


def taken_over(project: Project, known: Iterable[Claim] = ()) -> dict[str, dict[str, Events]]:
    """What each claim takes over: events of others at its sentences, by its name and theirs.

    Args:
        project: whose catalogue and ledgers.
        known: claims of the catalogue that need not be read again.
    """
    tested = _all_tested(_written(project, known))
    return inherited(ledger.all_of(project.root), tested)


def family(project: Project, known: Iterable[Claim] = ()) -> int:
    """How many sentences there are to correct for, measured or not; a study counts as one.

    Those that the catalogue registers, and those that were tried and that nobody tests now.

    Args:
        project: whose catalogue and ledgers.
        known: claims of the catalogue that need not be read again.
    """
    written = _written(project, known)
    registered = sum(len(sentences_of(each)) for each in written.values())
    return registered + len(given_up(ledger.all_of(project.root), _all_tested(written)))


def _written(project: Project, known: Iterable[Claim]) -> dict[str, Mapping[str, Any]]:
    """The files of the catalogue as they stand, by claim."""
    there = {each.name: each.written for each in known}
    return {
        name: there[name] if name in there else claims.read(project.conf, name)
        for name in claims.catalogue(project.conf)
    }


def _all_tested(written: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    return {name: _tested(each) for name, each in written.items()}


def _tested(written: Mapping[str, Any]) -> frozenset[str]:
    """The sentences that a claim tests; the hash of its question, if it is a study."""
    ids = [each.id for each in sentences_of(written)]
    question = Registration.of(written).question if STUDY in ids else ""
    return frozenset(question if each == STUDY else each for each in ids)
