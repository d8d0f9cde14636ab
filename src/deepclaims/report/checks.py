"""A check as a page shows it: what was measured, what was required, and a picture of the two."""

from markupsafe import Markup

from deepclaims.evidence.check import OUTCOMES
from deepclaims.evidence.record import Finding
from deepclaims.report import rounding
from deepclaims.report.forest import interval_plot
from deepclaims.report.words import Words


def state(finding: Finding) -> str:
    """Say in a word how a check came out: `holds`, `fails` or `open`."""
    return OUTCOMES[finding.outcome]


def measured(finding: Finding, words: Words) -> tuple[str, str]:
    """Write the value and the interval of a check; a dash where nothing could be estimated."""
    estimate = finding.estimate
    if estimate is None:
        return "–", ""
    return rounding.estimate(estimate.value, estimate.low, estimate.high, words.language)


def required(finding: Finding, words: Words) -> str:
    """Write what the criterion asks of a check."""
    if not isinstance(finding.bound, tuple):
        return words(finding.relation, bound=rounding.number(finding.bound, words.language))
    low, high = (rounding.number(end, words.language) for end in finding.bound)
    if finding.relation == "within" and low == high:
        return words("equal", bound=low)
    return words(finding.relation, bound=rounding.interval(low, high, words.language))


def picture(finding: Finding, words: Words) -> Markup:
    """Draw a check, with a description for those who do not see it."""
    description = words(
        "described",
        check=finding.check,
        measured=" ".join(measured(finding, words)).strip(),
        required=required(finding, words),
        outcome=getattr(words, state(finding)),
    )
    return interval_plot(finding, words.language, description)
