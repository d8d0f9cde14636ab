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
KINDS: Mapping[str, tuple[str, ...]] = {
    "tutorial": ("tutorial",),
    "how_to": ("own-models", "own-research", "training", "sweeps", "scaling", "annotate"),
    "reference": (CONFIGURATION, "pipeline", "data", "optimizers", "lectures", "report"),
    "explanation": ("architecture", "evidence", "performance"),
}
"""What kind of document each is; one that is in none is a how-to."""


def render(edition: Edition) -> Iterator[tuple[str, str]]:
    """The pages of the documents, which are in English: path and HTML."""
    documents = _documents(edition.texts)
    if not documents:
        return
    names = [*documents, CONFIGURATION]
    shelves = {kind: [name for name in listed if name in names] for kind, listed in KINDS.items()}
    known = {name for listed in KINDS.values() for name in listed}
    shelves["how_to"] += [name for name in documents if name not in known]
    titles = {name: _title(text) for name, text in documents.items()}
    titles[CONFIGURATION] = edition.words.configuration
    yield edition.page(
        f"{FOLDER}/index", "pages/documents.html", shelves=shelves, titles=titles, folder=FOLDER
    )
    yield edition.page(
        f"{FOLDER}/{CONFIGURATION}",
        "pages/configuration.html",
        groups=reference.groups(edition.texts),
    )
    if edition.language == "en":
        there = f"{edition.other}/{FOLDER}/index.html"
        for name, text in documents.items():
            yield edition.at(
                f"en/{FOLDER}/{name}.html",
                there,
                "pages/document.html",
                title=titles[name],
                body=Markup(html(text, names)),
            )


def there(texts: Mapping[str, str]) -> bool:
    """Whether a project has documents to show."""
    return bool(_documents(texts))


def html(markdown: str, documents: list[str]) -> str:
    """A document as HTML: links among documents lead to pages, others of the project to nothing."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    made = re.sub(r"<h([2-4])>(.*?)</h\1>", _anchored, made)
    made = re.sub(
        r'<a href="([^"]*)">(.*?)</a>', lambda found: _link(found, documents), made, flags=re.DOTALL
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


def _link(found: re.Match[str], documents: list[str]) -> str:
    target, inner = found.groups()
    path, _, anchor = target.partition("#")
    if not path:
        return found[0]
    name = path.removesuffix(".md")
    if path.endswith(".md") and name in documents:
        return f'<a href="{name}.html{"#" + anchor if anchor else ""}">{inner}</a>'
    return inner
