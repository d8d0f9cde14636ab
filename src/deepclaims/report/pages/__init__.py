"""The site around the claims' pages: front page, lectures, corrections, methods, documents."""

from __future__ import annotations

from collections.abc import Mapping

from deepclaims.report.pages import corrections, documents, front, literature, methods, moving, walk
from deepclaims.report.pages.edition import LECTURES, Edition


def render(
    edition: Edition, index: Mapping[str, str], books: Mapping[str, str], *, whole: bool = True
) -> dict[str, str]:
    """All pages of an edition but those of the claims, by path.

    Args:
        edition: what they are made from.
        index: the first page of each language.
        books: language -> file of the report as one document, where there is one.
        whole: with the pages that no claim's verdict changes: documents and pictures that move.
    """
    words = edition.words
    lectures = edition.lectures.decks if edition.lectures else ()
    edition.environment.globals["site_pages"] = [
        *((f"{LECTURES}/{deck.id}", f"{words.lectures} {deck.id}") for deck in lectures),
        ("corrections", words.corrections),
        ("pictures", words.pictures),
        ("methods", words.methods),
        ("glossary", words.glossary),
        ("literature", words.literature_beside),
        *([("docs/index", words.documents)] if documents.there(edition.texts) else ()),
    ]
    pages = [
        front.render(edition, index[edition.language], index[edition.other], books),
        *walk.render(edition),
        corrections.render(edition),
        *methods.render(edition),
        literature.render(edition),
    ]
    if whole:
        pages += [moving.render(edition), *documents.render(edition)]
    return dict(pages)
