"""A check as a page shows it: what was measured, what was required, and a picture of the two.

Of what a number is, and in what unit, a check says in parentheses at the end of its words, as in
"lowers the test error (percentage points)"; `quantities` of the claim's file may say it instead.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from deepclaims.evidence.check import OUTCOMES, Text
from deepclaims.evidence.record import EvidenceRecord, Finding
from deepclaims.languages import LANGUAGES
from deepclaims.report import rounding
from deepclaims.report.forest import interval_plot
from deepclaims.report.words import Words

SHARES = ("percent", "points")
"""Units of what is measured as a share of one."""
_TAIL = re.compile(r"^(.*\S)\s*\(((?:[^()]|\([^()]*\))*)\)$", re.DOTALL)
"""Words, and what stands in parentheses after them."""
_NOUNS = re.compile(
    r"(\|?log(?:₁₀)?|tendencia|pérdida|razón|exceso|parte|puntos|cocientes?|medianas?|"
    r"diferencias?|proporción|fracción|factor|pendiente|bits|"
    r"entropía|errores?|distancia|área|mayor ángulo|órdenes|exponente|cantidad|"
    r"números?|tasas?|pasos|nats|rango|varianza|desvío|grados|épocas)\b"
)
"""How what is in parentheses begins, in Spanish, where it says what the number is."""
_POINTS = {
    "es": re.compile(r"puntos(?: porcentuales)?\b"),
    "en": re.compile(r"(?:percentage )?points\b"),
}
_SEVERAL = re.compile(r"\b(punto|porcentual|point)(?:es|s)\b")
_ONE = ("1", "−1")
_SHARE = re.compile(r"(proporción|fracción|parte de)\b")


def state(finding: Finding) -> str:
    """Say in a word how a check came out: `holds`, `fails` or `open`."""
    return OUTCOMES[finding.outcome]


@dataclass(frozen=True)
class Quantity:
    """What the number of a check is of, from `quantities` of the claim's file.

    Args:
        noun: what it is, by language; empty where the file does not say.
        unit: `percent` and `points` of what is measured as a share, else written as it is; by
            language where it is words.
    """

    noun: Text = field(default_factory=dict)
    unit: str | Text = ""

    @property
    def scale(self) -> float:
        """What the number is multiplied by to be in its unit."""
        return 100.0 if self.unit in SHARES else 1.0

    def in_words(self, words: Words, number: str) -> str:
        """The unit as it stands after a number as it is written."""
        if not self.unit:
            return ""
        if isinstance(self.unit, Mapping):
            unit = words.of(self.unit)
        else:
            known = f"unit_{self.unit}"
            unit = words(known) if words.has(known) else self.unit
        return "\u00a0" + (_SEVERAL.sub(r"\1", unit) if number in _ONE else unit)


NONE = Quantity()


def quantity(record: EvidenceRecord, finding: Finding) -> Quantity:
    """What the number of a check is of."""
    written = dict((record.claim.get("quantities") or {}).get(finding.check) or {})
    if written:
        unit = str(written.pop("unit", ""))
        return Quantity(written, unit)
    tails = {each: _TAIL.match(finding.says.get(each, "").strip()) for each in LANGUAGES}
    told = {each: found[2].strip() for each, found in tails.items() if found}
    if len(told) < len(LANGUAGES) or not _NOUNS.match(told["es"]):
        return NONE
    points = {each: _POINTS[each].match(told[each]) for each in LANGUAGES}
    if all(points.values()):
        units = {each: found[0] for each, found in points.items() if found}
        rest = {each: told[each].removeprefix(units[each]).lstrip(" ,:") for each in LANGUAGES}
        return Quantity({} if not rest["es"] else rest, units)
    return Quantity(told, "percent" if _SHARE.match(told["es"]) else "")


def stated(text: str, of: Quantity, language: str) -> str:
    """The words of a check without what they say of its number, where that is said apart."""
    found = _TAIL.match(text.strip())
    if not found or not (of.noun or of.unit):
        return text
    told = found[2].strip()
    own = str(of.noun.get(language) or "")
    unit = str(of.unit.get(language) or "") if isinstance(of.unit, Mapping) else ""
    said = told.startswith((own, unit) if own and unit else own or unit) or told in own
    return found[1] if said else text


def noun(record: EvidenceRecord, finding: Finding, words: Words) -> str:
    """The noun of a number with what joins it to the number; empty where there is none."""
    text = words.of(quantity(record, finding).noun)
    return f"{text}: " if text else ""


def states(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """How many checks came out in each way, what failed and what is open first."""
    found = [state(each) for each in findings]
    return [(each, found.count(each)) for each in ("fails", "open", "holds") if each in found]


def falls_short(finding: Finding) -> bool:
    """Whether a check holds by less than the smallest effect that it calls relevant."""
    if finding.outcome is not True or finding.estimate is None or finding.operating is None:
        return False
    value, relevant = finding.estimate.value, finding.operating.relevant
    return {"above": value < relevant, "below": value > relevant}.get(finding.relation, False)


def measured(finding: Finding, words: Words, of: Quantity = NONE) -> tuple[str, str]:
    """Write value and interval of a check in their unit; a dash where nothing was estimated."""
    estimate = finding.estimate
    if estimate is None:
        return "–", ""
    centre, low, high = (of.scale * each for each in (estimate.value, estimate.low, estimate.high))
    value, interval = rounding.estimate(centre, low, high, words.language)
    return value + (of.in_words(words, value) if value != "–" else ""), interval


_ROUNDED = {"above": "at_least", "below": "at_most"}
"""What is written of a bound that differs from what was measured by less than is written."""


def required(finding: Finding, words: Words, of: Quantity = NONE) -> str:
    """Write what the criterion asks of a check."""
    if not isinstance(finding.bound, tuple):
        number = rounding.number(of.scale * finding.bound, words.language)
        bound = number + of.in_words(words, number)
        alike = finding.outcome is True and measured(finding, words, of)[0] == bound
        return words(_ROUNDED[finding.relation] if alike else finding.relation, bound=bound)
    low, high = (rounding.number(of.scale * end, words.language) for end in finding.bound)
    if finding.relation == "within" and low == high:
        return words("equal", bound=low + of.in_words(words, low))
    bound = rounding.interval(low, high, words.language)
    return words(finding.relation, bound=bound + of.in_words(words, bound))


def picture(finding: Finding, words: Words, of: Quantity = NONE) -> Markup:
    """Draw a check, with a description for those who do not see it; its words stand beside it.

    Args:
        finding: the check.
        words: of the page's language.
        of: what its number is of.
    """
    description = words(
        "described",
        measured=" ".join(measured(finding, words, of)).strip(),
        required=required(finding, words, of),
        outcome=getattr(words, state(finding)),
    )
    return interval_plot(finding, words.language, description, of.scale)
