"""The report in one language: what every page around the claims' pages is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import Environment

from deepclaims.evidence.record import EvidenceRecord, SentenceNote
from deepclaims.evidence.sentence import STUDY
from deepclaims.lectures.inventory import Lectures
from deepclaims.report.words import Words

LECTURES, PROJECTOR = "lectures", "projector"


def page_path(name: str, language: str) -> str:
    """Name a page of the site, relative to the report's folder."""
    return f"{language}/{name}.html"


@dataclass(frozen=True)
class Edition:
    """The evidence and the inventory of the slides, with the templates of one language.

    Args:
        words: of the language.
        other: the other language.
        environment: templates, with filters and globals.
        records: of all claims, in the order of the catalogue.
        lectures: the inventory of the slides; none in a project on nobody's lectures.
        points: measured points for the pictures that move, by claim.
        texts: files of the project that the report shows, by their path in it.
    """

    words: Words
    other: str
    environment: Environment
    records: Sequence[EvidenceRecord]
    lectures: Lectures | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, Sequence[Mapping[str, float]]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """`es` or `en`."""
        return self.words.language

    def page(self, name: str, template: str, **values: Any) -> tuple[str, str]:
        """Fill a template; returns the page's path and its HTML."""
        return self.at(
            page_path(name, self.language), page_path(name, self.other), template, **values
        )

    def at(self, here: str, there: str, template: str, **values: Any) -> tuple[str, str]:
        """Fill a template of a page at `here`, which in the other language is at `there`."""
        html = self.environment.get_template(template).render(
            root="../" * here.count("/"), here=here, there=there, **values
        )
        return here, html

    @cached_property
    def rulings(self) -> Mapping[str, Sequence[tuple[EvidenceRecord, SentenceNote]]]:
        """By sentence of the slides, the claims that test it with their rulings on it."""
        found: dict[str, list[tuple[EvidenceRecord, SentenceNote]]] = {}
        for record in self.records:
            for note in record.sentences:
                if note.id != STUDY:
                    found.setdefault(note.id, []).append((record, note))
        return found

    @cached_property
    def statements(self) -> Sequence[EvidenceRecord]:
        """The claims that rest on a sentence of a slide, in the order of the slides."""
        items = self.lectures.items if self.lectures else ()
        place = {item.id: position for position, item in enumerate(items)}
        sayings = [each for each in self.records if not is_study(each)]
        return sorted(sayings, key=lambda each: place.get(first(each), len(place)))

    @cached_property
    def studies(self) -> Sequence[EvidenceRecord]:
        """The claims that no slide makes, in the order of the catalogue."""
        return [each for each in self.records if is_study(each)]


def is_study(record: EvidenceRecord) -> bool:
    """Whether no slide says what the claim asks."""
    return all(note.id == STUDY for note in record.sentences)


def first(record: EvidenceRecord) -> str:
    """The first sentence of the slides that a claim tests; empty for a study."""
    return next((note.id for note in record.sentences if note.id != STUDY), "")


def slide_of(sentence: str) -> str:
    """The slide of a sentence, `L1.s20` of `L1.s20.5`."""
    return sentence.rpartition(".")[0]


def deck_of(sentence: str) -> str:
    """The deck of a sentence, `L1` of `L1.s20.5`."""
    return sentence.partition(".")[0]
