"""The report as one PDF in each language, set by Typst: contents, vector figures, formulas.

Fonts are those that ship with Typst, and matplotlib's for what stands in figures; no date is
written, so that the same evidence gives the same bytes. A document whose source and figures have
not changed is not set again.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from deepclaims import __version__
from deepclaims.errors import ClaimError
from deepclaims.evidence.record import VERDICTS, EvidenceRecord
from deepclaims.report import checks, site, summary, takeaway, typesetting
from deepclaims.report.formulas import strings
from deepclaims.report.kept import NONE, Pages
from deepclaims.report.typesetting import TypstFormulas
from deepclaims.report.words import Words, table

BOOK = {"en": "report.pdf", "es": "report.es.pdf"}
"""The file of each language, beside the index."""

_NOTHING = 1e-9  # beside 1 in a matrix that turns by a right angle


def formulas(records: Sequence[EvidenceRecord], published: Pages = NONE) -> TypstFormulas:
    """All formulas of the claims and of the report's own words; some were converted before."""
    said = [text for record in records for text in site.texts_in(record)]
    shown = [latex for record in records for latex in strings(record.claim.get("formula"))]
    return typesetting.convert([*said, *strings(table())], shown, published)


def source(
    records: Sequence[EvidenceRecord],
    language: str,
    sizes: Mapping[str, tuple[int, int]],
    converted: TypstFormulas,
) -> str:
    """Write the Typst text of the report in one language.

    Args:
        records: of the claims, in order.
        language: `es` or `en`.
        sizes: of their figures, as for `deepclaims.report.site.render`.
        converted: their formulas.
    """
    words = Words(language)
    environment = Environment(
        loader=PackageLoader("deepclaims.report"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        literal=typesetting.literal,
        rich=converted.text,
        display=converted.display,
        claim_text=site.claim_text,
        takeaway=lambda record: takeaway.takeaway(record, words),
        measured=lambda finding: checks.measured(finding, words),
        required=lambda finding: checks.required(finding, words),
    )
    chapters = itertools.groupby(records, key=lambda record: record.chapter)
    return environment.get_template("book.typ").render(
        words=words,
        language=language,
        version=__version__,
        verdicts=VERDICTS,
        sizes=sizes,
        figure_path=site.figure_path,
        notes=_notes,
        stand_ins=sorted({name for record in records for name in record.stand_ins}),
        smoke=any(record.profile == "smoke" for record in records),
        tally=summary.tally(records),
        chapters=[(chapter, list(members)) for chapter, members in chapters],
        lectures=sorted(
            name
            for name in {(each.claim.get("source") or {}).get("lecture") for each in records}
            if f"lecture_{name}" in table()
        ),
    )


def write(
    records: Sequence[EvidenceRecord],
    folder: Path,
    sizes: Mapping[str, tuple[int, int]],
    before: Path | None = None,
    published: Pages = NONE,
) -> None:
    """Write the PDFs of both languages into a folder that has the report's figures.

    Args:
        records: of the claims, in order.
        folder: the report's.
        sizes: of their figures.
        before: an earlier report; a document of the same source is taken from there.
        published: what was converted for it.

    Raises:
        ClaimError: when Typst refuses a text; says what it refuses.
    """
    converted = formulas(records, published)
    figures = _figures(folder)

    def made(language: str) -> None:
        text = source(records, language, sizes, converted)
        key = hashlib.sha256((text + figures + _made_by()).encode()).hexdigest()
        _set(text, key, folder / BOOK[language], before and before / BOOK[language])

    with ThreadPoolExecutor(len(BOOK)) as threads:
        list(threads.map(made, BOOK))


def _set(text: str, key: str, target: Path, known: Path | None) -> None:
    import typst

    named = f"deepclaims:{key}"
    if known is not None and known.is_file() and named.encode() in known.read_bytes()[-400:]:
        target.write_bytes(known.read_bytes())
        return
    written = target.with_suffix(".typ")
    written.write_text(text, encoding="utf-8")
    try:
        typst.compile(
            written, output=target, root=target.parent, ignore_system_fonts=True,
            font_paths=[_fonts()],
        )  # fmt: skip
    except typst.TypstError as error:
        raise ClaimError(
            f"{target.name} cannot be set: {error}; publish it without, with pdf=false"
        ) from None
    finally:
        written.unlink()
    _pack(target)
    with target.open("ab") as file:  # a comment after the end, where PDF allows one
        file.write(f"%{named}\n".encode())


def _made_by() -> str:
    """What decides a document besides its source and figures: this module, and who sets it."""
    own = Path(__file__).read_text(encoding="utf-8")
    return repr([own, *map(version, ("typst", "pikepdf"))])


def _fonts() -> Path:
    """The folder of matplotlib's fonts, found without importing it."""
    return Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))


def _pack(document: Path) -> None:
    """Compress it well: Typst writes each small object as text, and numbers to nine digits."""
    import pikepdf

    pikepdf.settings.set_flate_compression_level(9)
    with pikepdf.open(document, allow_overwriting_input=True) as opened:
        for page in opened.pages:
            page.contents_coalesce()
            page.Contents = opened.make_stream(brief(page.Contents.read_bytes()))
        together = pikepdf.ObjectStreamMode.generate
        opened.save(document, object_stream_mode=together, deterministic_id=True)


_LONG = re.compile(rb"(\((?:\\.|[^\\()])*\))|(?<![/\w])-?\d*\.\d{4,}", re.DOTALL)


def brief(drawn: bytes) -> bytes:
    """What draws a page with its numbers to five digits, or to a hundredth of a point.

    Letters stand in strings, which stay as they are.
    """
    return _LONG.sub(lambda found: found[1] or _five_digits(float(found[0])), drawn)


def _five_digits(number: float) -> bytes:
    if abs(number) < _NOTHING:
        return b"0"
    places = 4 - math.floor(math.log10(abs(number)))
    text = f"{number:.{max(places, 2)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).encode()


def _figures(folder: Path) -> str:
    """A hash of all figures of a report."""
    found = hashlib.sha256()
    for file in sorted((folder / "figures").rglob("*.svg")):
        found.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


def _notes(written: Any) -> list[Any]:
    """The caveats of a claim as a list, however they were written."""
    if not written:
        return []
    return [written] if isinstance(written, str | Mapping) else list(written)
