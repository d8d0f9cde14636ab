"""The front page: the verdict on every sentence by deck and slide, and all claims to filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from deepclaims.evidence.record import EvidenceRecord
from deepclaims.evidence.transfer import State
from deepclaims.lectures.deck import Deck, Slide
from deepclaims.report import summary
from deepclaims.report.elsewhere import now
from deepclaims.report.pages.edition import Edition, deck_of, first, slide_of

UNTESTED = "untested"


@dataclass(frozen=True)
class Square:
    """A slide on the map of verdicts.

    Args:
        slide: it.
        marks: a ruling for each claim on each of its sentences, `untested` where none tests it.
        studied: whether a claim bears upon what it says without asserting it.
    """

    slide: Slide
    marks: tuple[str, ...]
    studied: bool = False

    @property
    def number(self) -> str:
        """The slide's number in its deck."""
        return self.slide.id.rpartition(".s")[2]

    @property
    def counts(self) -> dict[str, int]:
        """How many of its marks there are of each kind."""
        return {mark: self.marks.count(mark) for mark in dict.fromkeys(self.marks)}


def verdict_map(edition: Edition) -> list[tuple[Deck, list[Square]]]:
    """Every slide of every deck with the rulings on its sentences."""
    decks = edition.lectures.decks if edition.lectures else ()
    known = {record.id for record in edition.records}
    return [(deck, [_square(edition, slide, known) for slide in deck.slides]) for deck in decks]


def _square(edition: Edition, slide: Slide, known: set[str]) -> Square:
    marks: list[str] = []
    for sentence in slide.sentences:
        ruled = [note.ruling for _, note in edition.rulings.get(sentence.id, ())]
        marks += ruled or [UNTESTED]
    return Square(slide, tuple(marks), any(known.intersection(item.claims) for item in slide.items))


def sections(edition: Edition) -> list[tuple[str, str, list[EvidenceRecord]]]:
    """The statements by the section of the lecture they stand in: deck, section, claims."""
    places = edition.lectures
    of_slide = (
        {slide.id: slide.section for deck in places.decks for slide in deck.slides}
        if places
        else {}
    )

    def key(record: EvidenceRecord) -> tuple[str, str]:
        sentence = first(record)
        chapter = edition.words.of(record.chapter_title) or record.chapter
        return deck_of(sentence), of_slide.get(slide_of(sentence)) or chapter

    return [(*place, list(group)) for place, group in groupby(edition.statements, key)]


def on_fashion(record: EvidenceRecord) -> str:
    """What became of a claim on Fashion-MNIST: a state, empty where there is nothing to say."""
    found = now(record).get("fashion_mnist")
    return "" if found is None else str(found.state)


def render(edition: Edition, here: str, there: str, books: Mapping[str, str]) -> tuple[str, str]:
    """The front page of an edition; returns its path and its HTML."""
    counted = summary.sentences(edition.statements, studies=False)
    lectures = edition.lectures
    return edition.at(
        here,
        there,
        "pages/front.html",
        map=verdict_map(edition),
        sections=sections(edition),
        studies=edition.studies,
        counted=counted,
        family_studies=summary.studies(edition.records),
        tally=summary.tally(edition.records),
        measurable=len(lectures.sentences) if lectures else sum(counted.values()),
        tested=len(edition.rulings),
        chapters=_chapters(edition.records),
        datasets=sorted({name for each in edition.records for name in each.data_sources}),
        fashion=on_fashion,
        transfers=any(map(on_fashion, edition.records)),
        changed=str(State.FAILS),
        position=lambda record: deck_of(first(record)),
        books=books,
    )


def _chapters(records: Sequence[EvidenceRecord]) -> list[EvidenceRecord]:
    """The first claim of each chapter: it knows the chapter's title."""

    def firsts() -> Iterator[EvidenceRecord]:
        for _, group in groupby(records, key=lambda record: record.chapter):
            yield next(group)

    return list(firsts())
