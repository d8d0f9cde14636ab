"""From checks and estimates to a verdict: computed, never typed in.

`docs/evidence.md` has the table of which findings give which ruling, and how a claim's headline
follows from the rulings on its sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deepclaims.evidence.check import Check, Finding, Text
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.sentence import STUDY, Ruled, Ruling, ruled, sentences_of
from deepclaims.languages import LANGUAGES

HEADLINE = (Ruling.REFUTED, Ruling.INCONCLUSIVE, Ruling.CORRECTED, Ruling.SUPPORTED)
"""A claim says all its sentences: the first of these that any of them has is the claim's."""


def said(sentences: Iterable[str]) -> set[str]:
    """Of a claim's sentences, by id, those of slides; a study only where there is none."""
    known = set(sentences)
    return known - {STUDY} or known


def headline(rulings: Mapping[str, str]) -> Ruling:
    """A claim's ruling, of those on its sentences; a study decides nothing beside a slide's."""
    given = {rulings[each] for each in said(rulings)}
    return next(each for each in HEADLINE if each in given)


@dataclass(frozen=True)
class Verdict:
    """A claim's ruling with all that led to it.

    Args:
        findings: every check with its estimate.
        sentences: each with the ruling on it.
        post_hoc: what changed in question, criterion or grid after rows were measured.
    """

    findings: tuple[Finding, ...]
    sentences: tuple[Ruled, ...]
    post_hoc: tuple[str, ...] = ()

    @property
    def ruling(self) -> Ruling:
        """The headline: refuted if a sentence is, else open if one is, else as corrected."""
        return headline({each.sentence.id: each.ruling for each in self.sentences})

    @property
    def rulings(self) -> dict[str, Ruling]:
        """The ruling on each sentence, by its id."""
        return {each.sentence.id: each.ruling for each in self.sentences}

    @property
    def deciding(self) -> list[Ruled]:
        """The sentences that the headline rests on."""
        decide = said(each.sentence.id for each in self.sentences)
        return [
            each
            for each in self.sentences
            if each.sentence.id in decide and each.ruling is self.ruling
        ]

    @property
    def p(self) -> float:
        """The p-value of the headline, before any correction: of a refutation the smallest.

        One refuted sentence refutes the claim; supported, it needs all of them.
        """
        choose = min if self.ruling is Ruling.REFUTED else max
        return choose(each.p for each in self.deciding)

    @property
    def p_adjusted(self) -> float:
        """`p` after the correction for all sentences and attempts; equal to it before."""
        choose = min if self.ruling is Ruling.REFUTED else max
        return choose(each.p if each.p_adjusted is None else each.p_adjusted
                      for each in self.deciding)  # fmt: skip

    @property
    def reason(self) -> Text:
        """Why, by language."""
        return {
            language: "; ".join(dict.fromkeys(each.reason[language] for each in self.deciding))
            for language in LANGUAGES
        }

    def to_dict(self) -> dict[str, Any]:
        """What a verdict follows from, as plain data that JSON can hold; its checks by name."""
        return {
            "void": list(self.sentences[0].void),
            "post_hoc": list(self.post_hoc),
            "estimates": {each.check.name: each.estimate.to_dict() for each in self.findings},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], written: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` wrote, of a claim with these registered checks and sentences.

        Raises:
            KeyError: when it is not of these checks.
        """
        found = tuple(
            Finding.of(Check.of(name, check), Estimate.from_dict(data["estimates"][name]))
            for name, check in written["criterion"]["checks"].items()
        )
        return verdict(found, written, data["void"]).marked(data["post_hoc"])

    def marked(self, changes: Sequence[str]) -> Verdict:
        """The same verdict, marked post hoc where anything registered changed."""
        return replace(self, post_hoc=tuple(changes))


def verdict(
    found: Sequence[Finding], written: Mapping[str, Any], void: Sequence[str] = ()
) -> Verdict:
    """Rule on one claim, sentence by sentence.

    Args:
        found: its checks with their estimates.
        written: the claim's text, of which `sentences` is read, and `question` where it has none.
        void: what was tuned to an end of its grid, so that nothing follows from a comparison.

    Raises:
        ClaimError: when sentences and checks do not fit each other.
    """
    return Verdict(tuple(found), ruled(sentences_of(written), found, void))
