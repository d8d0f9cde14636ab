"""The report as one PDF: the site's texts through pandoc into Typst, for those who print.

Needs the package's `docs` extra (Typst). Fonts are those that ship with Typst and no date is
written, so that the same evidence gives the same bytes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from deepclaims.errors import ClaimError, ConfigError
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.report import site
from deepclaims.report.words import Words

BOOK = {"en": "report.pdf", "es": "report.es.pdf"}
"""The file of each language, beside the index."""

_PAGES = """
#set document(title: {title}, date: none)
#set text(lang: "{language}", size: 10pt)
#set page(paper: "a4", margin: (x: 2cm, y: 2.2cm), numbering: "1", header: {header})
#set par(justify: false)
#set table(stroke: (x: none, y: 0.4pt + luma(180)), inset: 5pt)
#set quote(block: true)
#show figure.where(kind: table): set block(breakable: true)
#show table.cell: set align(left)
#show raw: set text(size: 8.5pt)
#show heading.where(level: 1): it => {{ pagebreak(weak: true); text(size: 20pt, it.body) }}
#show heading.where(level: 2): it => block(above: 2em, below: 0.8em, text(size: 14pt, it.body))
#text(size: 26pt, weight: "bold", {title})

{notice}

#outline(title: none, depth: 2)
"""


def check() -> None:
    """Make sure that a PDF can be made.

    Raises:
        ConfigError: when Typst is not installed.
    """
    if find_spec("typst") is None:
        raise ConfigError("pdf=true needs Typst: pip install 'deepclaims[docs]'")


def source(
    records: Sequence[EvidenceRecord], language: str, sizes: Mapping[str, tuple[int, int]]
) -> str:
    """Write the Typst text of the report in one language.

    Args:
        records: of the claims, in order.
        language: `es` or `en`.
        sizes: of their figures, as for `deepclaims.report.site.render`.
    """
    import pypandoc

    words = Words(language)
    stand_ins = sorted({name for record in records for name in record.stand_ins})
    alarm = f'#text(fill: red, weight: "bold", {_string(words.stand_in_title)})'
    body = pypandoc.convert_text(
        site.book(records, language, sizes), "typst", format="html", extra_args=["--wrap=none"]
    )
    pages = _PAGES.format(
        title=_string(words.site_title),
        language=language,
        header=f"[{alarm}]" if stand_ins else "none",
        notice="\n\n".join(_box(text) for text in _notices(records, stand_ins, words)),
    )
    return pages + body


def write(
    records: Sequence[EvidenceRecord], folder: Path, sizes: Mapping[str, tuple[int, int]]
) -> None:
    """Write the PDFs of both languages into a folder that has the report's figures.

    Raises:
        ClaimError: when Typst refuses a text, as it may with a formula; says what it refuses.
    """
    import typst

    for language, name in BOOK.items():
        text = folder / f"{name}.typ"
        text.write_text(source(records, language, sizes), encoding="utf-8")
        try:
            typst.compile(text, output=folder / name, root=folder, ignore_system_fonts=True)
        except typst.TypstError as error:
            raise ClaimError(f"{name} cannot be set ({error}): publish without pdf=true") from None
        text.unlink()


def _notices(
    records: Sequence[EvidenceRecord], stand_ins: Sequence[str], words: Words
) -> Iterator[str]:
    for name in stand_ins:
        known = name in ("mnist", "ecg")
        yield words(f"stand_in_{name}") if known else words("stand_in_other", dataset=name)
    if any(record.profile == "smoke" for record in records):
        yield f"{words.smoke_title}. {words.smoke_text.replace('`', '')}"


def _box(text: str) -> str:
    return f"#block(stroke: 2pt + red, inset: 10pt, width: 100%, {_string(text)})"


def _string(text: str) -> str:
    """A Typst string literal; its escapes are those of JSON but for Unicode, which stays as is."""
    return json.dumps(text, ensure_ascii=False)
