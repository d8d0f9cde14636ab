"""A lecture deck: its slides, and what stands on each of them, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

MEASURABLE = ("claim", "formula", "procedure")
"""Kinds of what can be measured: an assertion, an equation or bound, something to be done."""
KINDS = (*MEASURABLE, "definition", "opinion", "heading", "citation", "figure")


@dataclass(frozen=True)
class Untested:
    """Why no claim tests a sentence yet, and where it is to go.

    Args:
        to: ids of the claims that are to take it, of the catalogue or proposed.
        why: the reason, in both languages.
    """

    to: tuple[str, ...]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Sentence:
    """One thing on a slide: a sentence, a formula, a piece of code, a heading, a figure.

    Args:
        id: deck, slide and number, e.g. `L1.s20.5`; it stays when others are added.
        kind: one of `KINDS`.
        text: the slide's own words, formulas among them between dollar signs.
        latex: the formula: one within `text`, or the one displayed after it, or all there is.
        code: a program or a table, line by line, in place of `text`.
        en: the text in English; what it says in words where it is a formula or code alone.
        doubt: what is doubtful in the transcription, in both languages; empty where it is sure.
        claims: ids of the claims of the catalogue that test it, written or not; where it is not
            measurable, of those that bear upon it.
        untested: why none does, where it is measurable and no claim is to test it.
        note: what to beware of; for a figure, what is lost.
    """

    id: str
    kind: str
    text: str = ""
    latex: str = ""
    code: str = ""
    en: str = ""
    doubt: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    untested: Untested | None = None
    note: str = ""

    @property
    def measurable(self) -> bool:
        """Whether it says something that can be measured."""
        return self.kind in MEASURABLE

    @property
    def doubtful(self) -> bool:
        """Whether its transcription may not be what the slide has."""
        return bool(self.doubt)

    @property
    def displayed(self) -> str:
        """The formula that stands on a line of its own; empty if none does."""
        return "" if self.latex and self.latex in self.text else self.latex

    @property
    def quotation(self) -> str:
        """What the slide has, in Markdown: the text with the formula displayed after it."""
        formula = f"${self.displayed}$" if self.displayed else ""
        return " ".join(filter(None, (self.text, self.code, formula)))


@dataclass(frozen=True)
class Slide:
    """A slide, all its steps as one.

    Args:
        id: deck and number, e.g. `L1.s20`.
        title: as printed; empty if it has none.
        section: the part of the lecture it stands in; empty before the first.
        items: all that stands on it, from top to bottom.
        steps: how many steps it is uncovered in.
        note: what to know of it.
    """

    id: str
    title: str
    section: str
    items: tuple[Sentence, ...]
    steps: int = 1
    note: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What of it can be measured."""
        return tuple(item for item in self.items if item.measurable)


@dataclass(frozen=True)
class Deck:
    """A lecture.

    Args:
        id: `L1` or `L2`.
        title: as printed.
        author: as printed; empty if none is.
        course: as printed.
        slides: in their order.
    """

    id: str
    title: str
    author: str
    course: str
    slides: tuple[Slide, ...]

    @cached_property
    def items(self) -> tuple[Sentence, ...]:
        """All that stands on its slides, in their order."""
        return tuple(item for slide in self.slides for item in slide.items)
