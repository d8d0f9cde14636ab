"""The site: an index with the verdicts by chapter and a page per claim, in Spanish and English.

Pages are plain HTML with relative links only: they work from a folder, without a server and
without a network. They hold no dates: the same evidence gives the same bytes.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined

from deepclaims import __version__
from deepclaims.atomic import json_lines, json_text
from deepclaims.evidence.check import Text, set_after_look
from deepclaims.evidence.operating import ENOUGH
from deepclaims.evidence.record import ROLES, VERDICTS, EvidenceRecord, FigureNote, Finding
from deepclaims.languages import LANGUAGES
from deepclaims.lectures.inventory import Lectures
from deepclaims.report import (
    checks,
    citing,
    datatable,
    pages,
    programs,
    rounding,
    summary,
    takeaway,
)
from deepclaims.report.beside import NOTHING, Beside
from deepclaims.report.chronicle import chronicle
from deepclaims.report.described import describe
from deepclaims.report.drawn import Plot
from deepclaims.report.elsewhere import elsewhere
from deepclaims.report.figures import FOLDER, file_name, points_of
from deepclaims.report.formulas import Formulas, convert, strings
from deepclaims.report.kept import NONE, Pages
from deepclaims.report.pages import moving
from deepclaims.report.pages.edition import Edition, page_path
from deepclaims.report.pages.measured import Points
from deepclaims.report.pages.methods import glossary
from deepclaims.report.sparkline import sparkline
from deepclaims.report.tight import tight
from deepclaims.report.words import Words

INDEX = {"en": "index.html", "es": "index.es.html"}
"""The first page in each language; the English one is what a web server shows by default."""

_OPTIONAL = ("formula", "question", "criterion", "control", "literature", "notes")

STATIC = (
    *("static/report.css", "static/claim.css", "static/site.css", "static/site.js"),
    *(*moving.SCRIPTS, *moving.LICENCES),
)


def claim_path(name: str, language: str) -> str:
    """Name the page of a claim (`chapter/id`), relative to the report's folder."""
    return f"{language}/{name}.html"


def figure_path(name: str, figure: str, language: str, ending: str) -> str:
    """Name a figure of a claim (`chapter/id`), relative to the report's folder."""
    return f"{FOLDER}/{name}/{file_name(figure, language, ending)}"


def data_path(name: str, figure: str) -> str:
    """Name the data of a figure of a claim (`chapter/id`), relative to the report's folder."""
    return f"{FOLDER}/{name}/{points_of(figure)}"


@dataclass(frozen=True)
class Site:
    """All text files of a report, by path relative to its folder.

    Args:
        files: path -> content.
        failed_formulas: LaTeX that could not be converted and is shown as it is.
    """

    files: dict[str, str]
    failed_formulas: list[str]


def render(
    records: Sequence[EvidenceRecord],
    sizes: Mapping[str, tuple[int, int]] | None = None,
    books: Mapping[str, str] = MappingProxyType({}),
    lectures: Lectures | None = None,
    texts: Mapping[str, str] = MappingProxyType({}),
    tables: Mapping[str, Sequence[str]] = MappingProxyType({}),
    points: Mapping[str, Points] = MappingProxyType({}),
    beside: Beside = NOTHING,
    only: Collection[str] | None = None,
    *,
    whole: bool = True,
    published: Pages = NONE,
) -> Site:
    """Render the report from its evidence; the figures' files are not part of it.

    Args:
        records: of all claims to publish, in the order in which they are to appear.
        sizes: width and height of figures in CSS pixels, by `figure_path` of their SVG; with
            them a page does not jump while it loads.
        books: language -> file of the report as one document, where the index is to offer it.
        lectures: the inventory of the slides, if the claims are about any.
        texts: files of the project that the report has or shows, by their path in it.
        tables: by claim, the paths of its published tables.
        points: measured points for the pictures that move, by claim.
        beside: what figures show, the claims' ledgers, and the files that define them.
        only: the claims whose own pages are asked for; all when None.
        whole: with the pages that no claim's verdict changes: documents and pictures that move.
        published: the pages of claims that may be as they were.
    """
    formulas = _formulas(records, lectures, beside, published)
    made = {
        **{
            name: (files("deepclaims.report") / name).read_text(encoding="utf-8") for name in STATIC
        },
        "metrics.json": json_text(summary.metrics(records)),
        "claims.json": json_lines(summary.claims(records)),
        "provenance.json": json_lines(summary.provenance(records)),
        **programs.files(records, texts, tables),
    }
    made |= {
        summary.metrics_path(each.name): json_text(summary.metrics_of(each)) for each in records
    }
    made |= beside.sources
    for language in LANGUAGES:
        writer = _Writer(records, formulas, language, sizes or {}, books, texts, beside)
        edition = Edition(
            writer.words, writer.other, writer.environment, records, lectures, texts, points
        )
        around = pages.render(edition, INDEX, books, whole=whole)
        made |= {path: tight(page) for path, page in around.items()}
        made |= writer.claims(published, only)
    return Site(made, formulas.failed)


def _formulas(
    records: Sequence[EvidenceRecord],
    lectures: Lectures | None = None,
    beside: Beside = NOTHING,
    published: Pages = NONE,
) -> Formulas:
    items = lectures.items if lectures else ()
    displayed = [formula for record in records for formula in strings(record.claim.get("formula"))]
    return convert(
        displayed + [item.displayed for item in items if item.displayed],
        (text for each in records for text in texts_in(each)),
        (text for each in items for text in strings(asdict(each))),
        (text for plot in beside.shown.values() for text in _texts_of(plot)),
        strings(glossary()),
        published=published,
    )


def texts_in(record: EvidenceRecord) -> Iterator[str]:
    """All texts of a claim's evidence; thousands of numbers in its estimates say nothing."""
    plain = record.to_dict()
    yield from strings({name: plain[name] for name in plain if name != "findings"})
    for finding in plain["findings"]:
        yield from strings({name: finding[name] for name in finding if name != "estimate"})


def _texts_of(plot: Plot) -> Iterator[str]:
    """Titles, axes, series and places."""
    for panel in plot.panels:
        yield from (panel.title, panel.x, panel.y)
        for each in panel.series:
            yield each.name
            yield from (place for place in (*each.x, *each.y) if isinstance(place, str))


class _Writer:
    """Fills the templates in one language."""

    def __init__(
        self,
        records: Sequence[EvidenceRecord],
        formulas: Formulas,
        language: str,
        sizes: Mapping[str, tuple[int, int]],
        books: Mapping[str, str],
        texts: Mapping[str, str],
        beside: Beside,
    ) -> None:
        self.records, self.words, self.language = records, Words(language), language
        self.formulas = formulas
        self.other = next(each for each in LANGUAGES if each != language)
        self.environment = Environment(
            loader=PackageLoader("deepclaims.report"),
            bytecode_cache=FileSystemBytecodeCache(),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        text = cache(formulas.text)  # more than half of what pages ask for comes again
        self.environment.filters.update(
            claim_text=lambda record: dict.fromkeys(_OPTIONAL) | dict(record.claim),
            reason=lambda ruled: sentence(ruled.reason, self.words),
            rich=lambda said: text(self.words.of(said), language),
            display=lambda latex: formulas.display(self.words.of(latex)),
            elsewhere=elsewhere,
            picture=lambda finding: checks.picture(finding, self.words),
            measured=lambda finding: checks.measured(finding, self.words),
            required=lambda finding: checks.required(finding, self.words),
            **self._of_a_claim(formulas, beside),
            plain=lambda text: formulas.plain(self.words.of(text)),
            sparkline=sparkline,
            datatables=lambda plot: datatable.tables(plot, language),
            percent=lambda share: rounding.number(100 * share, language, significant=3),
            **{
                name: partial(getattr(rounding, name), language=language)
                for name in ("number", "probability")
            },
        )
        self.environment.globals.update(
            words=self.words,
            language=language,
            other=self.other,
            stand_ins=_unique(name for record in records for name in record.stand_ins),
            smoke=any(record.profile == "smoke" for record in records),
            sizes=sizes,
            books=books,
            version=__version__,
            verdicts=VERDICTS,
            total=len(records),
            index=INDEX,
            claim_path=claim_path,
            figure_path=figure_path,
            data_path=data_path,
            plot_of=lambda name, figure: beside.plot(name, figure, language),
            alternative=lambda plot: describe(plot, self.words, formulas.plain),
            decisive=summary.decisive,
            page_path=page_path,
            site_pages=[],
            program_files=programs.names(texts),
            enough=ENOUGH,
        )

    def _of_a_claim(self, formulas: Formulas, beside: Beside) -> dict[str, Any]:
        """The filters of a claim's page."""
        words = self.words

        def plots(record: EvidenceRecord) -> Iterable[tuple[FigureNote, Plot | None]]:
            return ((each, beside.plot(record.name, each.name, "en")) for each in record.figures)

        def of(check: Finding, record: EvidenceRecord) -> checks.Quantity:
            return checks.quantity(record, check)

        def relevant(check: Finding, record: EvidenceRecord) -> str:
            own, effect = of(check, record), check.operating.relevant if check.operating else None
            scaled = None if effect is None else own.scale * effect
            number = rounding.number(scaled, words.language)
            return number + own.in_words(words, number)

        return {
            "takeaway": lambda record: takeaway.takeaway(record, words),
            "headline": lambda record: takeaway.headline(record, words),
            "told_in": lambda check, record: takeaway.told(record, check, words),
            "limits": lambda record: takeaway.limits(record, words),
            "deciding_figure": lambda record: takeaway.deciding_figure(record, plots(record)),
            "checks_of": lambda note, record: [
                each
                for each in takeaway.findings_of(record, note)
                if each.role in ("claim", "repair")
            ],
            "quantity": of,
            "state": checks.state,
            "falls_short": checks.falls_short,
            "states": checks.states,
            "measured_in": lambda check, record: checks.measured(check, words, of(check, record)),
            "required_in": lambda check, record: checks.required(check, words, of(check, record)),
            "picture_in": lambda check, record: checks.picture(check, words, of(check, record)),
            "relevant_in": relevant,
            "relevant_after": lambda record: (
                record.predates_ledger
                or record.relevant_after_look
                or any(map(set_after_look, _checks_of(record.claim).values()))
            ),
            "stated_in": lambda check, record: checks.stated(
                words.of(check.says), of(check, record), words.language
            ),
            "power": lambda share: rounding.power(share, words.language),
            "unrounded": lambda value: rounding.unrounded(value, words.language),
            "chronicle": lambda record: (
                chronicle(beside.ledgers[record.name], words)
                if record.name in beside.ledgers
                else []
            ),
            "sources": lambda record: citing.sources(record.name, beside.sources),
            "bibtex": lambda record: citing.bibtex(record),
            "quoted": formulas.text,
        }

    def claims(self, published: Pages, only: Collection[str] | None) -> Iterator[tuple[str, str]]:
        """The pages of the claims by path, of all or of some."""
        names, common = [record.name for record in self.records], self._common()
        for position, name in enumerate(names):
            if only is None or name in only:
                path = claim_path(name, self.language)
                about = (name, *names[max(position - 1, 0) : position + 2])
                make = partial(self._claim, position)
                yield path, published.page(path, about, common, make)

    def _common(self) -> str:
        """Hash of what every page can show: the templates' data, and all formulas."""
        data = (str, int, float, Sequence, Mapping)
        seen = {
            name: each for name, each in self.environment.globals.items() if isinstance(each, data)
        }
        shown = [seen, sorted(self.formulas.markup.items())]
        return hashlib.sha256(json.dumps(shown, sort_keys=True, default=dict).encode()).hexdigest()

    def _claim(self, position: int) -> str:
        record = self.records[position]
        page = self.environment.get_template("claim.html").render(
            root="../../",
            here=claim_path(record.name, self.language),
            there=claim_path(record.name, self.other),
            record=record,
            source=record.claim.get("source") or {},
            checks=sorted(record.findings, key=lambda each: ROLES.index(each.role)),
            before=self.records[position - 1] if position else None,
            after=self.records[position + 1] if position + 1 < len(self.records) else None,
        )
        return tight(page)


def claim_text(record: EvidenceRecord) -> dict[str, Any]:
    """A claim's file as judged, with nothing for what it leaves out."""
    return dict.fromkeys(_OPTIONAL) | dict(record.claim)


def sentence(reason: Text, words: Words) -> str:
    """The reason of a ruling as a sentence."""
    text = words.of(reason).strip()
    if text[:1].isalpha():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _unique(values: Iterable[Any]) -> list[Any]:
    """The values without repetition, in the order of their first appearance."""
    return list(dict.fromkeys(value for value in values if value))


def _checks_of(claim: Mapping[str, Any]) -> Mapping[str, Any]:
    """The checks as a claim's file has them."""
    found: Mapping[str, Any] = (claim.get("criterion") or {}).get("checks") or {}
    return found
