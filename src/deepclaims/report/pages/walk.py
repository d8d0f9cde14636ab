"""A walk through each lecture, slide by slide, and the same for a projector, one claim a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deepclaims.evidence.record import EvidenceRecord
from deepclaims.lectures.deck import Deck
from deepclaims.report.pages.edition import LECTURES, PROJECTOR, Edition, deck_of, first


def render(edition: Edition) -> Iterator[tuple[str, str]]:
    """The pages of every deck: path and HTML."""
    if edition.lectures is None:
        return
    for deck in edition.lectures.decks:
        yield edition.page(
            f"{LECTURES}/{deck.id}",
            "pages/walk.html",
            deck=deck,
            rulings=edition.rulings,
            known={record.id: record for record in edition.records},
            claims=_shown(edition, deck),
        )
        yield edition.page(
            f"{PROJECTOR}/{deck.id}", "pages/projector.html", deck=deck, shown=_shown(edition, deck)
        )


def _shown(edition: Edition, deck: Deck) -> Sequence[EvidenceRecord]:
    """The claims on a deck, in the order of its slides."""
    return [each for each in edition.statements if deck_of(first(each)) == deck.id]
