"""Looks at one attempt, on the same seeds and data: what each rerun saw counts, not the last alone.

A rerun on another processor, or on a busy one, may see other numbers. Nothing was chosen anew, so
it is no further attempt; but a sentence that it would rule otherwise is undecided, or one could
rerun until a verdict suits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deepclaims.evidence.looks import Look
from deepclaims.evidence.sentence import SPANISH, Ruled, Ruling
from deepclaims.evidence.verdict import Verdict


def of_one_attempt(now: Look, looks: Sequence[Look]) -> list[Look]:
    """The looks at what is looked at now: the same attempt, seeds, profile and data."""
    return [
        each
        for each in looks
        if (each.attempt, each.seeds, each.profile, each.sources)
        == (now.attempt, now.seeds, now.profile, now.sources)
    ]


def agreed(verdict: Verdict, looks: Sequence[Look]) -> Verdict:
    """The verdict; inconclusive on each sentence that another look would rule otherwise.

    Args:
        verdict: corrected for the number of sentences and attempts.
        looks: at the same attempt, as `of_one_attempt` finds them.
    """
    for look in looks:
        sentences = tuple(_agreed(each, look) for each in verdict.sentences)
        verdict = replace(verdict, sentences=sentences)
    return verdict


def _agreed(ruled: Ruled, look: Look) -> Ruled:
    if ruled.ruling is Ruling.INCONCLUSIVE:
        return ruled
    seen = look.outcomes
    findings = tuple(
        replace(each, outcome=seen.get(each.check.name, each.outcome)) for each in ruled.findings
    )
    other = replace(ruled, findings=findings).own_ruling
    if other == ruled.own_ruling:
        return ruled
    own = ruled.reason
    return replace(
        ruled,
        overruled={
            "es": f"con estos números quedaría {SPANISH[ruled.ruling]} ({own['es']}), pero otra "
            f"mirada al mismo intento, con las mismas semillas, lo deja {SPANISH[other]}",
            "en": f"with these numbers it would be {ruled.ruling} ({own['en']}), but another look "
            f"at the same attempt, on the same seeds, leaves it {other}",
        },
    )
