"""From checks and estimates to a verdict: computed, never typed in.

`docs/evidence.md` has the table of which findings give which ruling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from deepclaims.errors import ClaimError
from deepclaims.evidence.estimate import Bound, Estimate, Relation, ends, number
from deepclaims.evidence.family import OneQuantity, hardest, least_decided

Text = Mapping[str, str]
"""One text in both languages: `{"es": …, "en": …}`."""

Measured = Estimate | Sequence[Estimate] | OneQuantity
"""What a claim's judge gives for a check.

An estimate, a list of them that must all pass it, or several intervals of one quantity.
"""


class Role(StrEnum):
    """What a check speaks for."""

    CLAIM = "claim"  # the slide as printed
    REPAIR = "repair"  # the repaired statement
    CONTROL = "control"  # the experiment itself: it can see what it looks for


class Ruling(StrEnum):
    """What a claim comes to."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    CORRECTED = "corrected"


OUTCOMES = {True: "holds", False: "fails", None: "open"}
"""How a check came out, in a word; `open` while the interval contains the bound."""

SPANISH = {
    Ruling.SUPPORTED: "respaldada",
    Ruling.REFUTED: "refutada",
    Ruling.CORRECTED: "corregida",
    Ruling.INCONCLUSIVE: "no concluyente",
}


@dataclass(frozen=True)
class Check:
    """One registered comparison of an estimate with a bound.

    Args:
        name: the check's name within its claim.
        role: what it speaks for.
        relation: how the estimate must stand to the bound.
        bound: a number, or `[low, high]` for within and outside.
        says: what it means if it holds, by language.
    """

    name: str
    role: Role
    relation: Relation
    bound: Bound
    says: Text

    @classmethod
    def of(cls, name: str, written: Mapping[str, Any]) -> Check:
        """The check as a claim's YAML file writes it.

        Raises:
            ClaimError: for a missing, unknown or ill-fitting entry.
        """
        asked = ("role", "relation", "bound", "says")
        if set(written) != set(asked):
            raise ClaimError(f"check {name}: needs exactly {', '.join(asked)}, has {list(written)}")
        if set(written["says"]) != {"es", "en"}:
            raise ClaimError(f"check {name}: 'says' needs es and en")
        try:
            check = cls(
                name,
                Role(written["role"]),
                Relation(written["relation"]),
                written["bound"],
                dict(written["says"]),
            )
            if check.relation in (Relation.ABOVE, Relation.BELOW):
                number(check.bound)
            else:
                ends(check.bound)
        except (TypeError, ValueError) as error:
            raise ClaimError(f"check {name}: {error}") from None
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
        return Finding(
            check=self,
            estimate=estimate,
            outcome=estimate.satisfies(self.relation, self.bound),
            p=estimate.p_value(self.relation, self.bound),
            p_against=estimate.p_against(self.relation, self.bound),
        )


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


@dataclass(frozen=True)
class Verdict:
    """A claim's ruling with all that led to it.

    Args:
        ruling: supported, refuted, inconclusive or corrected.
        findings: every check with its estimate.
        p: p-value of the ruling (1 where it is inconclusive).
        reason: why, by language.
        p_adjusted: `p` after Holm over the catalogue; equal to `p` until `multiplicity.settle`.
        post_hoc: what changed in question, criterion or grid after rows were measured.
    """

    ruling: Ruling
    findings: tuple[Finding, ...]
    p: float
    reason: Text
    p_adjusted: float
    post_hoc: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain data that JSON can hold; its checks by name alone."""
        return {
            "ruling": str(self.ruling),
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "reason": dict(self.reason),
            "post_hoc": list(self.post_hoc),
            "findings": {
                each.check.name: {
                    "estimate": each.estimate.to_dict(),
                    "outcome": each.outcome,
                    "p": each.p,
                    "p_against": each.p_against,
                }
                for each in self.findings
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], checks: Mapping[str, Mapping[str, Any]]) -> Verdict:
        """The verdict that `to_dict` wrote, of these registered checks.

        Raises:
            KeyError: when it is not of these checks.
        """
        found = tuple(
            Finding(
                Check.of(name, written),
                Estimate.from_dict(each["estimate"]),
                each["outcome"],
                float(each["p"]),
                float(each["p_against"]),
            )
            for name, written in checks.items()
            for each in [data["findings"][name]]
        )
        return cls(
            Ruling(data["ruling"]),
            found,
            float(data["p"]),
            dict(data["reason"]),
            float(data["p_adjusted"]),
            tuple(data["post_hoc"]),
        )

    def marked(self, changes: Sequence[str]) -> Verdict:
        """The same verdict, marked post hoc where anything registered changed."""
        return replace(self, post_hoc=tuple(changes))


def findings(
    checks: Mapping[str, Mapping[str, Any]], estimates: Mapping[str, Measured]
) -> tuple[Finding, ...]:
    """Compare what a claim's judge estimated with what its YAML file registered.

    Args:
        checks: `criterion.checks` of the YAML file.
        estimates: one for each check, or a list of those that must all pass it.

    Raises:
        ClaimError: when names differ, or a check is malformed.
    """
    if set(checks) != set(estimates):
        raise ClaimError(
            f"checks registered: {sorted(checks)}; estimated: {sorted(estimates)}; they must agree"
        )
    return tuple(Check.of(name, written).find(estimates[name]) for name, written in checks.items())


def verdict(found: Sequence[Finding], void: Sequence[str] = ()) -> Verdict:
    """Rule on one claim.

    Args:
        found: its checks with their estimates.
        void: what was tuned to an end of its grid, so that nothing follows from a comparison.

    Raises:
        ClaimError: when no check speaks for the claim.
    """
    claims, repairs, controls = (
        [finding for finding in found if finding.check.role is role]
        for role in (Role.CLAIM, Role.REPAIR, Role.CONTROL)
    )
    if not claims:
        raise ClaimError("a criterion needs at least one check with role claim")
    if void and _all_hold(controls):
        return Verdict(Ruling.INCONCLUSIVE, tuple(found), 1.0, _void(void), 1.0)
    ruling = _ruling(claims, repairs, controls)
    p = _p(ruling, claims, repairs)
    return Verdict(ruling, tuple(found), p, _reason(ruling, claims, repairs, controls), p)


def _void(void: Sequence[str]) -> Text:
    what = "; ".join(void)
    return {
        "es": f"lo elegido cae en un extremo de su grilla ({what}): la comparación no vale",
        "en": f"what was chosen is an end of its grid ({what}): the comparison is void",
    }


def _ruling(
    claims: Sequence[Finding], repairs: Sequence[Finding], controls: Sequence[Finding]
) -> Ruling:
    if not _all_hold(controls):
        return Ruling.INCONCLUSIVE
    if _all_hold(claims):
        return Ruling.SUPPORTED
    if all(finding.outcome is not False for finding in claims):
        return Ruling.INCONCLUSIVE
    return Ruling.CORRECTED if repairs and _all_hold(repairs) else Ruling.REFUTED


def _p(ruling: Ruling, claims: Sequence[Finding], repairs: Sequence[Finding]) -> float:
    """The p-value of a ruling.

    Support needs every check, so its null is a union and the largest p serves (intersection–union
    test, Berger 1982). Refutation needs any one of them, so the smallest serves, times their
    number (Bonferroni). Correction needs both a refutation and every repair.
    """
    against = min(1.0, len(claims) * min(finding.p_against for finding in claims))
    match ruling:
        case Ruling.SUPPORTED:
            return max(finding.p for finding in claims)
        case Ruling.REFUTED:
            return against
        case Ruling.CORRECTED:
            return max(against, *(finding.p for finding in repairs))
        case Ruling.INCONCLUSIVE:
            return 1.0


def _all_hold(found: Sequence[Finding]) -> bool:
    return all(finding.outcome is True for finding in found)


def _reason(
    ruling: Ruling,
    claims: Sequence[Finding],
    repairs: Sequence[Finding],
    controls: Sequence[Finding],
) -> Text:
    missing = [finding for finding in controls if finding.outcome is not True]
    failing = [finding for finding in claims if finding.outcome is False]
    still_open = [finding for finding in claims if finding.outcome is None]
    match ruling:
        case Ruling.INCONCLUSIVE if missing:
            return {
                "es": f"no se cumple el control {_names(missing)}: el experimento no puede decidir",
                "en": f"the control {_names(missing)} does not hold: the experiment cannot decide",
            }
        case Ruling.INCONCLUSIVE:
            return {
                "es": f"el intervalo de {_names(still_open)} contiene la cota: queda abierto",
                "en": f"the interval of {_names(still_open)} contains the bound: left open",
            }
        case Ruling.SUPPORTED:
            return {
                "es": f"se cumple todo lo registrado: {_names(claims)}",
                "en": f"everything registered holds: {_names(claims)}",
            }
        case Ruling.CORRECTED:
            return {
                "es": f"tal como está escrita falla en {_names(failing)}; "
                f"reparada se cumple: {_names(repairs)}",
                "en": f"as printed it fails in {_names(failing)}; "
                f"repaired it holds: {_names(repairs)}",
            }
        case Ruling.REFUTED:
            es, en = _unmended(repairs)
            return {
                "es": f"falla en {_names(failing)}{es}",
                "en": f"fails in {_names(failing)}{en}",
            }


def _unmended(repairs: Sequence[Finding]) -> tuple[str, str]:
    """What is said of a repair that does not save the claim."""
    failing = [finding for finding in repairs if finding.outcome is False]
    still_open = [finding for finding in repairs if finding.outcome is None]
    if failing:
        return (
            f"; tampoco se sostiene la reparación: {_names(failing)}",
            f"; nor does the repair hold: {_names(failing)}",
        )
    if still_open:
        return (
            f"; la reparación queda abierta: {_names(still_open)}",
            f"; the repair is left open: {_names(still_open)}",
        )
    return "", ""


def _names(found: Sequence[Finding]) -> str:
    return ", ".join(finding.check.name for finding in found)
