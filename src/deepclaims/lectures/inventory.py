"""The inventory of both decks: what can be measured, what tests it, and what nothing tests yet."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from deepclaims.errors import ConfigError
from deepclaims.lectures.deck import Deck, Sentence, Slide

T = TypeVar("T", Deck, Slide, Sentence)
STUDY = "study"
DEGREES = (STUDY, "criterion", "detail")
"""How far a claim goes beyond the slides: wholly, in what its verdict hangs on, in a detail."""
NEEDS = ("arithmetic", "timing", "training")


@dataclass(frozen=True)
class Extension:
    """What a claim adds to the slides.

    Args:
        degree: one of `DEGREES`; a study rests on no sentence of a slide.
        beyond: what is ours, in both languages.
    """

    degree: str
    beyond: Mapping[str, str]


@dataclass(frozen=True)
class Proposal:
    """A claim that is still to be written.

    Args:
        needs: one of `NEEDS`.
        how: what it is to measure, with its controls.
    """

    needs: str
    how: str


@dataclass(frozen=True)
class Count:
    """How many items there are, and how many of them are what.

    Args:
        items: all.
        tested: measurable, and a claim that is written tests it.
        planned: measurable, and only claims that are not written yet are to test it.
        untested: measurable, and no claim is to test it; it says why.
        doubtful: measurable, in a doubtful transcription; tested or not.
    """

    items: int
    tested: int
    planned: int
    untested: int
    doubtful: int

    @property
    def measurable(self) -> int:
        """All that can be measured."""
        return self.tested + self.planned + self.untested


@dataclass(frozen=True)
class Lectures:
    """Both decks with what tests them.

    Args:
        decks: in their order.
        claims: what each claim of the catalogue adds to the slides, by its id.
        proposed: the claims that sentences wait for, by the id they are to have.
    """

    decks: tuple[Deck, ...]
    claims: Mapping[str, Extension]
    proposed: Mapping[str, Proposal]

    @cached_property
    def items(self) -> tuple[Sentence, ...]:
        """All that stands on the slides, in their order."""
        return tuple(item for deck in self.decks for item in deck.items)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """What of it can be measured."""
        return tuple(item for item in self.items if item.measurable)

    @cached_property
    def studies(self) -> frozenset[str]:
        """The claims that rest on no sentence."""
        return frozenset(name for name, each in self.claims.items() if each.degree == STUDY)

    def deck(self, name: str) -> Deck:
        """The deck of that id.

        Raises:
            ConfigError: when there is none; names the closest.
        """
        return _named("deck", name, self.decks)

    def slide(self, name: str) -> Slide:
        """The slide of that id.

        Raises:
            ConfigError: when there is none; names the closest.
        """
        return _named("slide", name, [slide for deck in self.decks for slide in deck.slides])

    def sentence(self, name: str) -> Sentence:
        """The item of that id, measurable or not.

        Raises:
            ConfigError: when there is none; names the closest.
        """
        return _named("sentence", name, self.items)

    def tested_by(self, claim: str) -> tuple[Sentence, ...]:
        """The measurable sentences that a claim tests, by the claim's id."""
        return tuple(each for each in self.sentences if claim in each.claims)


def count(items: Iterable[Sentence], written: Collection[str]) -> Count:
    """Count items.

    Args:
        items: what stands on the slides.
        written: ids of the claims that are written.
    """
    items = tuple(items)
    measurable = [item for item in items if item.measurable]
    tested = sum(any(claim in written for claim in item.claims) for item in measurable)
    claimed = sum(bool(item.claims) for item in measurable)
    return Count(
        items=len(items),
        tested=tested,
        planned=claimed - tested,
        untested=len(measurable) - claimed,
        doubtful=sum(item.doubtful for item in measurable),
    )


def _named(what: str, name: str, known: Iterable[T]) -> T:
    by_id = {each.id: each for each in known}
    if name in by_id:
        return by_id[name]
    close = difflib.get_close_matches(name, by_id, n=3)
    hint = f"; close to it: {', '.join(close)}" if close else ""
    raise ConfigError(f"no {what} '{name}'{hint}; `deepclaims slides` lists them all")
