"""A registered check, and what was found when it was set against what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from deepclaims.errors import ClaimError
from deepclaims.evidence.estimate import Bound, Estimate, Relation, ends, exact, number
from deepclaims.evidence.family import OneQuantity, hardest, least_decided
from deepclaims.evidence.repeated import are_two, repeats
from deepclaims.languages import LANGUAGES

Text = Mapping[str, str]
"""One text in both languages: `{"es": …, "en": …}`."""

Measured = Estimate | Sequence[Estimate] | OneQuantity
"""What a claim's judge gives for a check.

An estimate, a list of them that must all pass it, or several intervals of one quantity.
"""


class Role(StrEnum):
    """What a check speaks for."""

    CLAIM = "claim"  # a sentence as printed
    REPAIR = "repair"  # the sentence as repaired
    CONTROL = "control"  # the experiment itself: it can see what it looks for
    BENCHMARK = "benchmark"  # something no slide says; it decides nothing


OUTCOMES = {True: "holds", False: "fails", None: "open"}
"""How a check came out, in a word; `open` while the interval contains the bound."""

_REQUIRED = ("role", "relation", "bound", "says")
_OPTIONAL = ("fails", "sentence", "relevant")


@dataclass(frozen=True)
class Check:
    """One registered comparison of an estimate with a bound.

    Args:
        name: the check's name within its claim.
        role: what it speaks for.
        relation: how the estimate must stand to the bound.
        bound: a number, or `[low, high]` for within and outside.
        says: what it means if it holds, by language.
        fails: what it means if it fails, by language.
        sentences: the sentences it belongs to; of a control, those it is a gate of (all if none).
        relevant: the smallest value of the quantity that is of any relevance, to ask the power at;
            in a file `{value: …, after_look: true}` where it was set when results were known.
    """

    name: str
    role: Role
    relation: Relation
    bound: Bound
    says: Text
    fails: Text
    sentences: tuple[str, ...] = ()
    relevant: float | None = None

    @classmethod
    def of(cls, name: str, written: Mapping[str, Any]) -> Self:
        """The check as a claim's YAML file writes it.

        Raises:
            ClaimError: for a missing, unknown or ill-fitting entry.
        """
        missing = [key for key in _REQUIRED if key not in written]
        unknown = [key for key in written if key not in _REQUIRED + _OPTIONAL]
        if missing or unknown:
            raise ClaimError(
                f"check {name}: needs {', '.join(_REQUIRED)}, may have {', '.join(_OPTIONAL)}, "
                f"has {', '.join(written)}"
            )
        says = _both(name, "says", written["says"])
        try:
            check = cls(
                name,
                Role(written["role"]),
                Relation(written["relation"]),
                written["bound"],
                says,
                _both(name, "fails", written["fails"]) if "fails" in written else _denied(says),
                _names(written.get("sentence")),
                _relevant(written.get("relevant")),
            )
            if check.relation in (Relation.ABOVE, Relation.BELOW):
                number(check.bound)
            else:
                ends(check.bound)
        except (TypeError, ValueError) as error:
            raise ClaimError(f"check {name}: {error}") from None
        if check.relevant is not None and not _satisfies(check):
            raise ClaimError(f"check {name}: its relevant effect lies where it fails")
        if check.sentences and check.role is Role.BENCHMARK:
            raise ClaimError(f"check {name}: a benchmark belongs to no sentence")
        return check

    def find(self, measured: Measured) -> Finding:
        """Compare what was measured with the bound; of several, the hardest to bring under it.

        Raises:
            ClaimError: for an empty list.
        """
        if isinstance(measured, Estimate):
            estimate = measured
        elif isinstance(measured, OneQuantity):
            estimate = least_decided(measured, self.relation, self.bound)
        elif measured:
            estimate = hardest(measured, self.relation, self.bound)
        else:
            raise ClaimError(f"check {self.name}: its judge gives an empty list of estimates")
        return Finding.of(self, estimate)


@dataclass(frozen=True)
class Finding:
    """A check with what was measured.

    Args:
        check: the registered comparison.
        estimate: the measured quantity.
        outcome: True: holds; False: fails; None: open.
        p: p-value in favour of the check.
        p_against: p-value in favour of its failing.
    """

    check: Check
    estimate: Estimate
    outcome: bool | None
    p: float
    p_against: float

    @classmethod
    def of(cls, check: Check, estimate: Estimate) -> Self:
        """An estimate set against a check's bound."""
        return cls(
            check=check,
            estimate=estimate,
            outcome=estimate.satisfies(check.relation, check.bound),
            p=estimate.p_value(check.relation, check.bound),
            p_against=estimate.p_against(check.relation, check.bound),
        )

    @property
    def means(self) -> Text:
        """What the outcome means in words; of an open one what it would mean if it held."""
        return self.check.fails if self.outcome is False else self.check.says


def findings(
    checks: Mapping[str, Mapping[str, Any]],
    measured: Mapping[str, Measured],
    elsewhere: Iterable[Mapping[str, Measured]] = (),
) -> tuple[Finding, ...]:
    """Compare what a claim's judge estimated with what its YAML file registered.

    Args:
        checks: `criterion.checks` of the YAML file.
        measured: an estimate for each check, or several.
        elsewhere: the same of other data, made only where a repair's number is that of the check
            it mends and both are counts, which may be the same by chance.

    Raises:
        ClaimError: when names differ, a check is malformed, or a repair has no estimate of its own.
    """
    if set(checks) != set(measured):
        raise ClaimError(
            f"checks registered: {sorted(checks)}; estimated: {sorted(measured)}; they must agree"
        )
    found = tuple(Check.of(name, each).find(measured[name]) for name, each in checks.items())
    for repair, claim in _mended(found):
        if _is_one(measured, repair.name, claim.name, elsewhere):
            raise ClaimError(
                f"check {repair.name} repairs with the number of the check {claim.name} read "
                "another way: a repair needs an estimate of its own"
            )
    return found


def _is_one(
    measured: Mapping[str, Measured],
    repair: str,
    claim: str,
    elsewhere: Iterable[Mapping[str, Measured]],
) -> bool:
    mine, theirs = _members(measured[repair]), _members(measured[claim])
    if not repeats(mine, theirs):
        return False
    others = ((_members(other[repair]), _members(other[claim])) for other in elsewhere)
    return not are_two(mine, theirs, others)


def _mended(found: Sequence[Finding]) -> Iterator[tuple[Check, Check]]:
    """Each repair that holds with each check of the claim that fails.

    Of others two numbers may agree by chance, as 23 of 24 and 23 of 24: nothing is gained by it.
    """
    for repair in found:
        for claim in found:
            holds = repair.check.role is Role.REPAIR and repair.outcome is True
            if holds and claim.check.role is Role.CLAIM and claim.outcome is False:
                yield repair.check, claim.check


def _members(measured: Measured) -> Sequence[Estimate]:
    if isinstance(measured, Estimate):
        return [measured]
    return measured.estimates if isinstance(measured, OneQuantity) else measured


def set_after_look(written: Mapping[str, Any]) -> bool:
    """Whether a check's file says that its relevant effect was set when results were known."""
    relevant = written.get("relevant")
    return isinstance(relevant, Mapping) and bool(relevant.get("after_look"))


def _satisfies(check: Check) -> bool:
    """Whether the check would hold with the truth at its relevant effect."""
    assert check.relevant is not None
    return exact(check.relevant).satisfies(check.relation, check.bound) is True


def _relevant(written: Any) -> float | None:
    """The smallest relevant effect: a number, or a mapping that says when it was set.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(written, Mapping):
        if set(written) != {"value", "after_look"} or written["after_look"] is not True:
            raise ValueError("relevant is a number, or {value: a number, after_look: true}")
        written = written["value"]
    return None if written is None else float(written)


def _both(name: str, key: str, written: Any) -> Text:
    if not isinstance(written, Mapping) or set(written) != set(LANGUAGES):
        raise ClaimError(f"check {name}: '{key}' needs {' and '.join(LANGUAGES)}")
    return dict(written)


def _denied(says: Text) -> Text:
    return {"es": f"no se cumple que {says['es']}", "en": f"it does not hold that {says['en']}"}


def _names(written: Any) -> tuple[str, ...]:
    if written is None:
        return ()
    return (written,) if isinstance(written, str) else tuple(map(str, written))
