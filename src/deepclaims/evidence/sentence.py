"""A sentence of a slide as a claim registers it, and the ruling on it.

A claim is made of sentences, and each has its own ruling: `docs/evidence.md` has the table. What is
said of a ruling is made of the words of the checks, so that it can be read without the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from deepclaims.errors import ClaimError
from deepclaims.evidence.check import Check, Finding, Role, Text
from deepclaims.languages import LANGUAGES

STUDY = "study"
"""In place of a sentence's id: what no slide says, and we ask."""


class Ruling(StrEnum):
    """What a sentence, or a claim, comes to."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    CORRECTED = "corrected"


SPANISH = {
    Ruling.SUPPORTED: "respaldada",
    Ruling.REFUTED: "refutada",
    Ruling.CORRECTED: "corregida",
    Ruling.INCONCLUSIVE: "no concluyente",
}


class Reading(StrEnum):
    """How a sentence is read."""

    LITERAL = "literal"  # the sentence or formula itself
    OPERATIONAL = "operational"  # our way to measure what it says


class Transcription(StrEnum):
    """Whether the slide has these very words: the decks are read by a program, which errs."""

    SURE = "sure"
    DOUBTFUL = "doubtful"


_ENTRIES = ("reading", "means", "repair", "transcription")


@dataclass(frozen=True)
class Sentence:
    """A sentence that a claim tests.

    Args:
        id: of the inventory of the lectures, as `L1.s20.5`; `study` where no slide says it.
        reading: how it is read.
        means: what the operational reading measures, in a plain sentence; none of a literal one.
        repair: the sentence restated so that it might hold; none if nobody proposes one.
        transcription: whether the slide is known to have these words.
    """

    id: str
    reading: Reading
    means: Text | None = None
    repair: Text | None = None
    transcription: Transcription = Transcription.SURE

    @classmethod
    def of(cls, name: str, written: Mapping[str, Any]) -> Self:
        """The sentence as a claim's file registers it.

        Raises:
            ClaimError: for a missing, unknown or ill-fitting entry.
        """
        where = f"sentence {name}"
        if not isinstance(written, Mapping) or "reading" not in written:
            raise ClaimError(f"{where}: needs a reading, {' or '.join(Reading)}")
        if unknown := [key for key in written if key not in _ENTRIES]:
            raise ClaimError(
                f"{where}: does not know {', '.join(unknown)}; known: {', '.join(_ENTRIES)}"
            )
        try:
            reading = Reading(written["reading"])
            transcription = Transcription(written.get("transcription", Transcription.SURE))
        except ValueError as error:
            raise ClaimError(f"{where}: {error}") from None
        means, repair = (_text(where, key, written.get(key)) for key in ("means", "repair"))
        if (reading is Reading.OPERATIONAL) != (means is not None):
            raise ClaimError(f"{where}: an operational reading, and no other, says what it means")
        return cls(name, reading, means, repair, transcription)


@dataclass(frozen=True)
class Ruled:
    """A sentence with the ruling on it.

    Args:
        sentence: as registered.
        findings: on the checks that belong to it and the controls that are its gates.
        void: what was tuned to an end of its grid, so that nothing follows from a comparison.
        p_adjusted: `p` corrected for all sentences and attempts; none before that.
        overruled: why the ruling does not stand, in both languages; none where it does.
    """

    sentence: Sentence
    findings: tuple[Finding, ...]
    void: tuple[str, ...] = ()
    p_adjusted: float | None = None
    overruled: Text | None = None

    def of(self, role: Role) -> list[Finding]:
        """The findings of a role."""
        return [each for each in self.findings if each.check.role is role]

    @property
    def ruling(self) -> Ruling:
        """What the sentence comes to."""
        return Ruling.INCONCLUSIVE if self.overruled else self.own_ruling

    @cached_property
    def own_ruling(self) -> Ruling:
        """The ruling before any correction: the first row of the table that fits."""
        claims, repairs = self.of(Role.CLAIM), self.of(Role.REPAIR)
        if self.void or not _all_hold(self.of(Role.CONTROL)):
            return Ruling.INCONCLUSIVE
        if _all_hold(claims):
            return Ruling.SUPPORTED
        if all(each.outcome is not False for each in claims) or self.is_doubtful:
            return Ruling.INCONCLUSIVE
        if any(each.outcome is None for each in claims):
            return Ruling.REFUTED
        return Ruling.CORRECTED if repairs and _all_hold(repairs) else Ruling.REFUTED

    @property
    def is_doubtful(self) -> bool:
        """Whether the slide may have other words."""
        return self.sentence.transcription is Transcription.DOUBTFUL

    @property
    def p(self) -> float:
        """The p-value of the ruling before any correction; 1 where it is inconclusive.

        Support needs every check, so its null is a union and the largest p serves
        (intersection–union test, Berger 1982). Refutation needs any one of them: the smallest
        serves, times their number (Bonferroni). Correction needs a refutation and every repair.
        """
        claims = self.of(Role.CLAIM)
        against = min(1.0, len(claims) * min(each.p_against for each in claims))
        match self.own_ruling:
            case Ruling.SUPPORTED:
                return max(each.p for each in claims)
            case Ruling.REFUTED:
                return against
            case Ruling.CORRECTED:
                return max(against, *(each.p for each in self.of(Role.REPAIR)))
            case Ruling.INCONCLUSIVE:
                return 1.0

    @property
    def reason(self) -> Text:
        """Why, in the words of the checks."""
        return self.overruled or {each: _reason(self, each) for each in LANGUAGES}


def sentences_of(written: Mapping[str, Any]) -> list[Sentence]:
    """The sentences that a claim's file registers; one study where it registers none.

    Raises:
        ClaimError: for one that is malformed.
    """
    registered = written.get("sentences")
    if not registered:
        return [Sentence(STUDY, Reading.OPERATIONAL, means=dict(written.get("question") or {}))]
    return [Sentence.of(str(name), each) for name, each in registered.items()]


def ruled(
    sentences: Sequence[Sentence], found: Sequence[Finding], void: Sequence[str] = ()
) -> tuple[Ruled, ...]:
    """Each sentence with its findings.

    Raises:
        ClaimError: when sentences and checks do not fit each other.
    """
    by_name = {each.check.name: each for each in found}
    own = belonging(sentences, [each.check for each in found])
    return tuple(
        Ruled(each, tuple(by_name[check.name] for check in own[each.id]), tuple(void))
        for each in sentences
    )


def belonging(
    sentences: Sequence[Sentence], checks: Sequence[Check]
) -> dict[str, tuple[Check, ...]]:
    """The checks of each sentence, with the controls that are its gates; benchmarks of none.

    Raises:
        ClaimError: when a check belongs to no registered sentence, a sentence has no check, or has
            repair checks without a repaired sentence or the other way round.
    """
    known = [each.id for each in sentences]
    for check in checks:
        _belongs(check, known)
    own = {name: tuple(each for each in checks if _is_of(each, name, known)) for name in known}
    for each in sentences:
        roles = {check.role for check in own[each.id]}
        if Role.CLAIM not in roles:
            raise ClaimError(
                f"sentence {each.id}: a criterion needs at least one check with role claim"
            )
        if each.id != STUDY and (Role.REPAIR in roles) != bool(each.repair):
            raise ClaimError(
                f"sentence {each.id}: a repaired sentence needs checks with role repair, and these "
                "the repaired sentence"
            )
    return own


def _belongs(check: Check, known: Sequence[str]) -> None:
    if unknown := [name for name in check.sentences if name not in known]:
        raise ClaimError(f"check {check.name}: the claim has no sentence {', '.join(unknown)}")
    if check.role in (Role.CLAIM, Role.REPAIR) and not check.sentences and len(known) > 1:
        raise ClaimError(f"check {check.name}: which sentence does it belong to?")


def _is_of(check: Check, sentence: str, known: Sequence[str]) -> bool:
    if check.role is Role.BENCHMARK:
        return False
    everywhere = not check.sentences and (len(known) == 1 or check.role is Role.CONTROL)
    return sentence in check.sentences or everywhere


def _all_hold(found: Iterable[Finding]) -> bool:
    return all(each.outcome is True for each in found)


_WORDS = {
    "void": {
        "es": "lo elegido cae en un extremo de su grilla ({}): la comparación no vale",
        "en": "what was chosen is an end of its grid ({}): the comparison is void",
    },
    "blind": {
        "es": "el experimento no puede decidir, porque {}",
        "en": "the experiment cannot decide, because {}",
    },
    "unsure": {
        "es": "el experimento no puede decidir, porque de un control no se sabe si vale: {}",
        "en": "the experiment cannot decide, because of a control it is open whether it holds: {}",
    },
    "doubtful": {
        "es": "el texto como fue transcrito no se sostiene ({}), pero la transcripción es dudosa",
        "en": "the text as transcribed does not hold ({}), but the transcription is doubtful",
    },
    "open": {
        "es": "queda abierto si se cumple: {}",
        "en": "it is left open whether this holds: {}",
    },
    "supported": {"es": "se sostiene: {}", "en": "it holds: {}"},
    "refuted": {"es": "no se sostiene: {}", "en": "it does not hold: {}"},
    "unmended": {
        "es": "; la reparación propuesta tampoco: {}",
        "en": "; nor does the repair that was proposed: {}",
    },
    "repair_open": {
        "es": "; de la reparación propuesta queda abierto si se cumple: {}",
        "en": "; of the repair that was proposed it is open whether it holds: {}",
    },
    "repair_beside_open": {
        "es": "; la reparación propuesta vale, pero no corrige mientras quede abierto: {}",
        "en": "; the repair that was proposed holds, and corrects nothing while open: {}",
    },
    "corrected": {
        "es": "no como está escrita: {}; en su lugar: {}",
        "en": "not as printed: {}; instead: {}",
    },
}
"""How the words of checks are put into a reason."""


def _reason(ruled: Ruled, language: str) -> str:
    def say(key: str, *found: Sequence[Finding]) -> str:
        words = ("; ".join(each.means[language] for each in some) for some in found)
        return _WORDS[key][language].format(*words)

    claims, repairs, controls = map(ruled.of, (Role.CLAIM, Role.REPAIR, Role.CONTROL))
    failing = [each for each in claims if each.outcome is False]
    match ruled.own_ruling:
        case Ruling.SUPPORTED:
            return say("supported", claims)
        case Ruling.CORRECTED:
            return say("corrected", failing, repairs)
        case Ruling.REFUTED:
            return say("refuted", failing) + _unmended(claims, repairs, say)
    if blind := [each for each in controls if each.outcome is False]:
        return say("blind", blind)
    if unsure := [each for each in controls if each.outcome is None]:
        return say("unsure", unsure)
    if ruled.void:
        return _WORDS["void"][language].format("; ".join(ruled.void))
    if failing:
        return say("doubtful", failing)
    return say("open", [each for each in claims if each.outcome is None])


def _unmended(claims: Sequence[Finding], repairs: Sequence[Finding], say: Any) -> str:
    """What is said of a repair that does not save the sentence."""
    if failing := [each for each in repairs if each.outcome is False]:
        return str(say("unmended", failing))
    if still_open := [each for each in repairs if each.outcome is None]:
        return str(say("repair_open", still_open))
    if repairs and (still_open := [each for each in claims if each.outcome is None]):
        return str(say("repair_beside_open", still_open))
    return ""


def _text(where: str, key: str, written: Any) -> Text | None:
    if written is None:
        return None
    if not isinstance(written, Mapping) or set(written) != set(LANGUAGES):
        raise ClaimError(f"{where}: '{key}' needs {' and '.join(LANGUAGES)}")
    return dict(written)
