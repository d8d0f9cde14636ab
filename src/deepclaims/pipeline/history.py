"""What the ledger of a claim tells of it as it is judged now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from deepclaims.claims import claim as claims
from deepclaims.evidence import ledger, transfer
from deepclaims.evidence.inherited import inherited
from deepclaims.evidence.ledger import SEEN, Kind, Ledger
from deepclaims.evidence.looks import Look, attempt_of, looks, seen
from deepclaims.evidence.record import REAL_SOURCES
from deepclaims.evidence.registration import Registration
from deepclaims.evidence.second_look import SecondLook
from deepclaims.evidence.sentence import STUDY, sentences_of
from deepclaims.evidence.transfer import Transfer
from deepclaims.evidence.verdict import Verdict
from deepclaims.pipeline.judging import Judged
from deepclaims.pipeline.promise import PROMISED, registration
from deepclaims.project import Project


@dataclass(frozen=True)
class History:
    """A judged measurement beside the ledger of its claim, which is read once.

    Args:
        judged: the claim with its raw verdict and the facts of its measurement.
        ledger: of the claim, oldest event first.
    """

    judged: Judged
    ledger: Ledger

    @classmethod
    def of(cls, project: Project, judged: Judged) -> Self:
        """The history of a claim.

        Raises:
            StorageError: for a ledger that was tampered with.
        """
        return cls(judged, ledger.read(project.root, judged.claim.name))

    @cached_property
    def look(self) -> Look:
        """What is seen now, as part of the attempt that it belongs to; not corrected."""
        own = look_at(self.judged)
        return replace(own, attempt=attempt_of(self.ledger, own))

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
        known = seen(self.ledger)
        if any(each.seeds == self.look.seeds and each.attempt != own for each in known):
            return None
        for event in self.ledger.events:
            if event.kind in SEEN and event.content["attempt"] == own:
                return None
            promised = event.kind is Kind.REGISTRATION and not event.reconstructed
            if promised and all(event.content.get(key) == told[key] for key in PROMISED):
                return {"when": event.when, "commit": event.commit}
        return None

    @property
    def predates_ledger(self) -> bool:
        """Whether the claim was worked on before there were ledgers, locks and relevant effects."""
        return any(each.reconstructed for each in self.ledger.events)

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
        told = str(Registration.of(self.judged.claim.written))
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
        look, told = self.look, str(Registration.of(self.judged.claim.written))
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


def attempts_of(project: Project, judged: Iterable[Judged]) -> dict[str, int]:
    """Which attempt at its claim each judged measurement is, as `attempts` counts."""
    return attempts((History.of(project, each) for each in judged), taken_over(project))


def attempts(
    histories: Iterable[History], before: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, int]:
    """Which attempt at its claim each judged measurement is, from 1, by claim name.

    Args:
        histories: the measurements beside their ledgers.
        before: attempts of others that count too, as `taken_over` finds them.
    """
    return {
        name: each.ledger.attempt(each.look.attempt) + len(before[name])
        for each in histories
        for name in [each.judged.claim.name]
    }


def taken_over(project: Project) -> dict[str, list[tuple[str, str]]]:
    """What each claim takes over: (claim, attempt) of others at its sentences, by its name."""
    tested = {name: _tested(project, name) for name in claims.catalogue(project.conf)}
    return inherited(ledger.all_of(project.root), tested)


def _tested(project: Project, name: str) -> frozenset[str]:
    """The sentences that a claim tests; the hash of its question, if it is a study."""
    written = claims.read(project.conf, name)
    question = Registration.of(written).question
    return frozenset(question if each.id == STUDY else each.id for each in sentences_of(written))


def family(project: Project) -> int:
    """How many sentences the catalogue registers, measured or not; a study counts as one."""
    written = (claims.read(project.conf, name) for name in claims.catalogue(project.conf))
    return sum(len(sentences_of(each)) for each in written)
