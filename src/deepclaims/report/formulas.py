"""LaTeX to MathML: every formula of a report in one call of pandoc, which costs 0.1 s a call."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup, escape

from deepclaims.report.kept import NONE, Pages
from deepclaims.report.pandoc import converted

INLINE = re.compile(r"(?<!\\)\$(?!\s)([^$]+?)(?<!\s)\$")
CODE = re.compile(r"`([^`]+)`")
EMPHASIS = re.compile(r"(?<![\w*])\*(?!\s)([^*]+?)(?<!\s)\*(?![\w*])")
"""*so*, but not the star of n* or w*, nor a product."""

_SPACES = re.compile(r"[ \t\r\n]+")  # but not the spaces that do not break
_DECIMAL = re.compile(r"(?<![\w.,:/])(?<!sec\. )(?<!arXiv )(\d+)\.(\d+)(?![\w]|\.\w|\.?/)")
"""A number with English decimals; no version, reference, or sentence of a slide."""
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SCRIPT = re.compile(
    rf"(?<![\w\\])([^\W\d_]|\d+)([_^])(\{{[^{{}}]+\}}|[^\W_{_POWERS}]+|[−-]\d+)(?![^\W{_POWERS}])"
)
"""W_t, θ_{t−1}, 10^{-3}, c_k²: one letter or a number, and its index or power."""
_GRANTED = re.compile(
    r' xmlns="[^"]*"| display="inline"'
    r'|(?<=<mo)(?: stretchy="true")? form="prefix"(?=>[(\[{]<)'
    r'|(?<=<mo)(?: stretchy="true")? form="postfix"(?=>[)\]}]<)'
    r'|(?<=<mo stretchy="false") form="(?:prefix(?=">[(\[{]<)|postfix(?=">[)\]}]<))"'
    r'|(?<=<mi) mathvariant="(?!normal)[^"]*"(?=>[\U0001d400-\U0001d7ff\u2100-\u214f]<)'
)
"""Namespace and place of a formula, side and growth of a bracket, a look that the letter has."""
_SOURCE = re.compile(r"</?semantics>|<annotation .*?</annotation>", flags=re.DOTALL)
"""The LaTeX that pandoc leaves in a formula, to be copied: kept where it stands alone."""
_TOKEN = re.compile(r"(?P<word>[^\W\d_]+)|(?P<number>\d+(?:[.,]\d+)?)|(?P<sign>\S)")


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

    def text(self, text: str | None, language: str = "en") -> Markup:
        """A text as HTML: `$…$` becomes MathML, backticks code, what is between `*` is stressed.

        Indices written as text, as W_t, become MathML too, and Spanish decimals get their comma.
        """
        pieces = INLINE.split(_SPACES.sub(" ", text or "").strip(" "))
        return Markup("").join(
            self._shown(clean(piece), alone=False) if index % 2 else _with_code(piece, language)
            for index, piece in enumerate(pieces)
        )

    def plain(self, text: str | None) -> str:
        """A text without markup, as an alternative text must be: formulas as they are read out."""
        pieces = INLINE.split(_SPACES.sub(" ", text or "").strip(" "))
        return "".join(
            spoken(self.markup.get((clean(piece), False), "")) or piece
            if index % 2
            else piece.replace("`", "").replace("\\$", "$")
            for index, piece in enumerate(pieces)
        )

    def _shown(self, latex: str, *, alone: bool) -> Markup:
        if markup := self.markup.get((latex, alone)):
            return Markup(markup)
        return Markup('<code class="latex">{}</code>').format(latex)


def convert(displayed: Iterable[str], *texts: Iterable[str], published: Pages = NONE) -> Formulas:
    """Convert formulas that stand alone and those between `$` in running texts, all at once.

    Args:
        displayed: those that stand alone.
        texts: the running texts.
        published: what was converted before.
    """
    wanted = {(clean(latex), True) for latex in displayed}
    wanted |= {
        (clean(latex), False)
        for text in chain(*texts)
        if "$" in text
        for latex in INLINE.findall(text)
    }
    order = sorted(pair for pair in wanted if pair[0])
    return Formulas(dict(zip(order, _pandoc(order, published), strict=True)))


def strings(content: Any) -> Iterator[str]:
    """Every string inside nested mappings and sequences: where formulas may hide."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, float | int):  # most of what there is, and slower to tell from below
        return
    elif isinstance(content, Mapping):
        for each in content.values():
            yield from strings(each)
    elif isinstance(content, Iterable):
        for each in content:
            yield from strings(each)


_RAISED = str.maketrans("0123456789-−+nTt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺ⁿᵀᵗ")


def spoken(markup: str) -> str:
    """MathML as one line of text: `θ sub t−1`, `x²`, `(a)/(b)`."""
    if not markup:
        return ""
    root = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", markup))
    for annotation in root.iter("semantics"):
        for each in annotation.findall("annotation"):
            annotation.remove(each)
    return " ".join(_read(root).split())


def _read(node: ElementTree.Element) -> str:
    parts = [_read(child) for child in node]
    match node.tag:
        case "msub" | "munder":
            return f"{parts[0]} sub {parts[1]}"
        case "mover":
            return parts[0] + "\u0302" if parts[1] in ("^", "ˆ", "\u0302") else "".join(parts)
        case "msup":
            return parts[0] + _raised(parts[1])
        case "msubsup" | "munderover":
            return f"{parts[0]} sub {parts[1]} {_raised(parts[2])}"
        case "mfrac":
            return f"({parts[0]})/({parts[1]})"
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mspace":
            return " "
    return (node.text or "").strip().replace("\u2061", " ") + "".join(parts)


def _raised(text: str) -> str:
    short = text.replace(" ", "").translate(_RAISED)
    if all(each in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀᵗ*′" for each in short):
        return short
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _pandoc(order: list[tuple[str, bool]], published: Pages) -> list[str]:
    if not order:
        return []
    blocks = [
        f"::: {{#f{index}}}\n{'$$' if alone else '$'}{latex}{'$$' if alone else '$'}\n:::\n"
        for index, (latex, alone) in enumerate(order)
    ]
    html = converted("\n".join(blocks), "html", "--mathml", "--wrap=none", published=published)
    found = dict(re.findall(r'<div id="f(\d+)">(.*?)</div>', html, flags=re.DOTALL))
    made = (_math(found.get(str(index), "")) for index in range(len(order)))
    return [
        markup if alone else _SOURCE.sub("", markup)
        for markup, (_, alone) in zip(made, order, strict=True)
    ]


def _math(html: str) -> str:
    """The formula of pandoc's paragraph, without what HTML and MathML take for granted."""
    match = re.search(r"<math.*</math>", html, flags=re.DOTALL)
    return _GRANTED.sub("", match[0]) if match else ""


def clean(latex: str) -> str:
    """A formula on one line, without dollars: a blank line would end pandoc's formula."""
    return " ".join(latex.split()).strip("$").strip()


def _with_code(text: str, language: str) -> Markup:
    pieces = CODE.split(text.replace("\\$", "$"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else _with_emphasis(piece, language)
        for index, piece in enumerate(pieces)
    )


def _with_emphasis(text: str, language: str) -> Markup:
    if language == "es":
        text = _DECIMAL.sub(r"\1,\2", text)
    pieces = EMPHASIS.split(text)
    return Markup("").join(
        Markup("<em>{}</em>").format(_indexed(piece)) if index % 2 else _indexed(piece)
        for index, piece in enumerate(pieces)
    )


def _indexed(text: str) -> Markup:
    """Indices and powers written as text, set as mathematics."""
    pieces, end = [], 0
    for found in _SCRIPT.finditer(text):
        pieces += [escape(text[end : found.start()]), _script(*found.groups())]
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _script(base: str, sign: str, script: str) -> Markup:
    tag = "msub" if sign == "_" else "msup"
    return Markup("<math><{0}>{1}<mrow>{2}</mrow></{0}></math>").format(
        tag, _tokens(base), _tokens(script.strip("{}"))
    )


def _tokens(text: str) -> Markup:
    kinds = {"word": "mi", "number": "mn", "sign": "mo"}
    return Markup("").join(
        Markup("<{0}>{1}</{0}>").format(kinds[str(found.lastgroup)], found[0])
        for found in _TOKEN.finditer(text)
    )
