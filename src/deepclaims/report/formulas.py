"""LaTeX to MathML: every formula of a report in one call of pandoc, which costs 0.1 s a call."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from markupsafe import Markup, escape

INLINE = re.compile(r"(?<!\\)\$(?!\s)([^$]+?)(?<!\s)\$")
CODE = re.compile(r"`([^`]+)`")
EMPHASIS = re.compile(r"(?<![\w*])\*(?!\s)([^*]+?)(?<!\s)\*(?![\w*])")
"""*so*, but not the star of n* or w*, nor a product."""


@dataclass(frozen=True)
class Formulas:
    """Converted formulas by their LaTeX and whether they stand on a line of their own."""

    markup: Mapping[tuple[str, bool], str] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """The formulas pandoc could not turn into MathML; pages show their LaTeX instead."""
        return sorted({latex for (latex, _), markup in self.markup.items() if not markup})

    def display(self, latex: str) -> Markup:
        """A formula on a line of its own."""
        return self._shown(clean(latex), alone=True)

    def text(self, text: str | None) -> Markup:
        """A text as HTML: `$…$` becomes MathML, backticks code, what is between `*` is stressed."""
        pieces = INLINE.split(" ".join((text or "").split()))
        return Markup("").join(
            self._shown(clean(piece), alone=False) if index % 2 else _with_code(piece)
            for index, piece in enumerate(pieces)
        )

    def _shown(self, latex: str, *, alone: bool) -> Markup:
        if markup := self.markup.get((latex, alone)):
            return Markup(markup)
        return Markup('<code class="latex">{}</code>').format(latex)


def convert(displayed: Iterable[str], *texts: Iterable[str]) -> Formulas:
    """Convert formulas that stand alone and those between `$` in running texts, all at once."""
    wanted = {(clean(latex), True) for latex in displayed}
    wanted |= {
        (clean(latex), False)
        for text in chain(*texts)
        if "$" in text
        for latex in INLINE.findall(text)
    }
    order = sorted(pair for pair in wanted if pair[0])
    return Formulas(dict(zip(order, _pandoc(order), strict=True)))


def strings(content: Any) -> Iterator[str]:
    """Every string inside nested mappings and sequences: where formulas may hide."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for each in content.values():
            yield from strings(each)
    elif isinstance(content, Iterable):
        for each in content:
            yield from strings(each)


def _pandoc(order: list[tuple[str, bool]]) -> list[str]:
    if not order:
        return []
    import pypandoc

    blocks = [
        f"::: {{#f{index}}}\n{'$$' if alone else '$'}{latex}{'$$' if alone else '$'}\n:::\n"
        for index, (latex, alone) in enumerate(order)
    ]
    html = pypandoc.convert_text(
        "\n".join(blocks),
        "html",
        format="markdown-raw_html-raw_tex-smart",
        extra_args=["--mathml", "--wrap=none"],
    )
    found = dict(re.findall(r'<div id="f(\d+)">(.*?)</div>', html, flags=re.DOTALL))
    return [_math(found.get(str(index), "")) for index in range(len(order))]


def _math(html: str) -> str:
    match = re.search(r"<math.*</math>", html, flags=re.DOTALL)
    return match[0] if match else ""


def clean(latex: str) -> str:
    """A formula on one line, without dollars: a blank line would end pandoc's formula."""
    return " ".join(latex.split()).strip("$").strip()


def _with_code(text: str) -> Markup:
    pieces = CODE.split(text.replace("\\$", "$"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else _with_emphasis(piece)
        for index, piece in enumerate(pieces)
    )


def _with_emphasis(text: str) -> Markup:
    pieces = EMPHASIS.split(text)
    return Markup("").join(
        Markup("<em>{}</em>").format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )
