"""The documents as pages, sorted as Diátaxis does, and a reference of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt
from markupsafe import Markup

from deepclaims.report.pages import reference
from deepclaims.report.pages.edition import Edition

FOLDER = "docs"
CONFIGURATION = "configuration"
SPANISH = ".es"
"""How the name of a document in Spanish ends."""
ENGLISH = "../../en/docs/"
"""The way from a document in Spanish to those in English."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "tutorial": ("tutorial",),
    "how_to": ("own-models", "own-research", "training", "sweeps", "scaling", "annotate"),
    "reference": (CONFIGURATION, "pipeline", "data", "optimizers", "lectures", "report"),
    "explanation": ("architecture", "evidence", "performance"),
}
"""What kind of document each is; one that is in none is a how-to."""


def render(edition: Edition) -> Iterator[tuple[str, str]]:
    """The pages of the documents in a language: path and HTML.

    They are in English; those that are in Spanish too have `.es` in the name of their file.
    """
    everything = _documents(edition.texts)
    if not everything:
        return
    documents = {name: text for name, text in everything.items() if not name.endswith(SPANISH)}
    spanish = {
        name.removesuffix(SPANISH): text
        for name, text in everything.items()
        if name.endswith(SPANISH)
    }
    own = documents if edition.language == "en" else spanish
    names = [*documents, CONFIGURATION]
    shelves = {kind: [name for name in listed if name in names] for kind, listed in KINDS.items()}
    known = {name for listed in KINDS.values() for name in listed}
    shelves["how_to"] += [name for name in documents if name not in known]
    titles = {name: _title(text) for name, text in {**documents, **own}.items()}
    titles[CONFIGURATION] = edition.words.configuration
    yield edition.page(
        f"{FOLDER}/index", "pages/documents.html", shelves=shelves, titles=titles, folder=FOLDER,
        own=own,
    )  # fmt: skip
    yield edition.page(
        f"{FOLDER}/{CONFIGURATION}",
        "pages/configuration.html",
        groups=reference.groups(edition.texts),
    )
    for name, text in own.items():
        both = name in documents and name in spanish
        yield edition.at(
            f"{edition.language}/{FOLDER}/{name}.html",
            f"{edition.other}/{FOLDER}/{name if both else 'index'}.html",
            "pages/document.html",
            title=titles[name],
            body=Markup(html(text, names, "" if edition.language == "en" else ENGLISH)),
        )


def there(texts: Mapping[str, str]) -> bool:
    """Whether a project has documents to show."""
    return bool(_documents(texts))


def html(markdown: str, documents: list[str], there: str = "") -> str:
    """A document as HTML: links among documents lead to pages, others of the project to nothing.

    Args:
        markdown: its text.
        documents: the names of those that there are.
        there: the way to the pages of the others.
    """
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    made = re.sub(r"<h([2-4])>(.*?)</h\1>", _anchored, made)
    made = re.sub(
        r'<a href="([^"]*)">(.*?)</a>',
        lambda found: _link(found, documents, there),
        made,
        flags=re.DOTALL,
    )
    made = made.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")
    return made.replace(
        "<table>", '<div class="scroll" tabindex="0"><table class="plain">'
    ).replace("</table>", "</table></div>")


def _documents(texts: Mapping[str, str]) -> dict[str, str]:
    """The documents by name."""
    return {
        path.removeprefix(f"{FOLDER}/").removesuffix(".md"): text
        for path, text in texts.items()
        if path.startswith(f"{FOLDER}/") and path.endswith(".md")
    }


def _title(markdown: str) -> str:
    return markdown.lstrip().partition("\n")[0].lstrip("# ").strip()


def _anchored(found: re.Match[str]) -> str:
    level, inner = found.groups()
    text = re.sub(r"<[^>]+>|&\w+;", "", inner).lower()
    anchor = re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")
    return f'<h{level} id="{anchor}">{inner}</h{level}>'


def _link(found: re.Match[str], documents: list[str], there: str) -> str:
    target, inner = found.groups()
    path, _, anchor = target.partition("#")
    if not path:
        return found[0]
    name = path.removesuffix(".md")
    if path.endswith(".md") and name in documents:
        return f'<a href="{there}{name}.html{"#" + anchor if anchor else ""}">{inner}</a>'
    return inner
