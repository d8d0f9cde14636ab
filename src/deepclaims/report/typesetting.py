"""Texts with formulas as Typst markup: all formulas in one call of pandoc, as on the site.

Pandoc may write a symbol under a name that the installed Typst no longer has. Such a formula is
found by setting it, and stands as LaTeX.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from deepclaims.report.formulas import CODE, EMPHASIS, INLINE, clean
from deepclaims.report.kept import NONE, Pages
from deepclaims.report.pandoc import converted

RENAMED = {"dot.circle": "dot.o"}
"""Symbols that pandoc names as an older Typst did."""


@dataclass(frozen=True)
class TypstFormulas:
    """Typst markup of formulas by their LaTeX; empty where one cannot be set."""

    markup: Mapping[str, str]

    @property
    def failed(self) -> list[str]:
        """The formulas that cannot be set."""
        return sorted(latex for latex, markup in self.markup.items() if not markup)

    def text(self, text: str | None) -> str:
        """A text as Typst markup: `$…$` is set, backticks are code, `*…*` is stressed."""
        pieces = INLINE.split(" ".join((text or "").split()))
        return "".join(
            self._formula(clean(piece)) if index % 2 else _plain(piece)
            for index, piece in enumerate(pieces)
        )

    def display(self, latex: str) -> str:
        """A formula on a line of its own."""
        found = self.markup.get(clean(latex), "")
        return f"$ {found[1:-1]} $" if found else self._formula(clean(latex))

    def _formula(self, latex: str) -> str:
        return self.markup.get(latex) or f"#raw({literal(latex)})"


def convert(
    texts: Iterable[str], displayed: Iterable[str] = (), published: Pages = NONE
) -> TypstFormulas:
    """The formulas between `$` of texts, and those displayed; some were converted before."""
    wanted = {clean(latex) for text in texts if "$" in text for latex in INLINE.findall(text)}
    order = sorted((wanted | {clean(latex) for latex in displayed}) - {""})
    made = _pandoc(order, published)
    bad = set(_refused(made))
    return TypstFormulas(
        {latex: "" if each in bad else each for latex, each in zip(order, made, strict=True)}
    )


def literal(text: str) -> str:
    """A Typst string; its escapes are those of JSON but for Unicode, which stays as it is."""
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    parts = CODE.split(text.replace("\\$", "$"))
    return "".join(
        f"#raw({literal(part)})" if index % 2 else _stressed(part)
        for index, part in enumerate(parts)
    )


def _stressed(text: str) -> str:
    parts = EMPHASIS.split(text)
    return "".join(
        f"#emph({literal(part)})" if index % 2 else f"#{literal(part)}" if part else ""
        for index, part in enumerate(parts)
    )


def _pandoc(order: Sequence[str], published: Pages) -> list[str]:
    if not order:
        return []
    blocks = [f"FORMULA{index}X\n\n${latex}$\n" for index, latex in enumerate(order)]
    found = converted("\n".join(blocks), "typst", "--wrap=none", published=published)
    pieces = re.split(r"FORMULA(\d+)X", found)
    by_index = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    made = [" ".join(by_index.get(str(index), "").split()) for index in range(len(order))]
    for old, new in RENAMED.items():
        made = [re.sub(rf"\b{re.escape(old)}\b", new, each) for each in made]
    return [each if re.fullmatch(r"\$[^$]+\$", each) else "" for each in made]


def _refused(formulas: Sequence[str]) -> list[str]:
    """Those of some formulas that Typst cannot set."""
    some = [each for each in formulas if each]
    if not some or _sets("\n\n".join(some)):
        return []
    if len(some) == 1:
        return some
    half = len(some) // 2
    return _refused(some[:half]) + _refused(some[half:])


def _sets(markup: str) -> bool:
    import typst

    try:
        typst.compile(markup.encode(), ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True
