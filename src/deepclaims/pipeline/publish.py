"""Publish: the evidence of all claims as a site in `reports/`, replaced whole or not at all."""

import itertools
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deepclaims import atomic
from deepclaims.arguments import Key
from deepclaims.claims.claim import catalogue
from deepclaims.errors import ConfigError, StageError, StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.languages import LANGUAGES
from deepclaims.lectures.reading import of_checkout as inventory
from deepclaims.pipeline import deposit, seal
from deepclaims.pipeline.kept import DRAWN
from deepclaims.pipeline.kept_pages import pages_of, sources_of
from deepclaims.pipeline.notes import write_notes
from deepclaims.pipeline.place import of_a_place, read_place
from deepclaims.project import Project
from deepclaims.report import citing, site
from deepclaims.report import pdf as book
from deepclaims.report.beside import Beside
from deepclaims.report.drawn import Plot
from deepclaims.report.figures import FOLDER, WIDE, files_of, shown_in, size
from deepclaims.report.kept import NONE, Pages
from deepclaims.report.pages.measured import moved, points
from deepclaims.report.summary import metrics_path, tally
from deepclaims.tracking.settings import TRACKING, tracking_of

PDF = Key(choices=("true", "false"), default="true", says="the report as one PDF in each language")
MODEL = {
    "model": Key(
        choices=("deepclaims-ecg",), says="the networks of annotate, to MLflow's registry"
    ),
    "alias": Key(default="champion", says="of that version of the model"),
}
ARGUMENTS = of_a_place("publish", pdf=PDF, **MODEL, **TRACKING)
_JUDGE = "run `deepclaims judge` first"


def run(overrides: Sequence[str]) -> None:
    """Publish the project one stands in and say where the report is.

    Args:
        overrides: `pdf=false` leaves out the PDFs; `claim=NAME` puts the pages of one claim into
            the report, `--rehearsal` into that of rehearsals.

    Raises:
        ConfigError: when something is asked that publish does not know, with what it knows.
        StageError, StorageError: as `publish`.
    """
    place = read_place(ARGUMENTS, overrides)
    project = place.project
    tracking = tracking_of(project.conf, place.given.values)
    if name := place.given["model"]:
        from deepclaims.ecg.registered import register_labellers

        if place.claim or project.space:
            raise ConfigError("model= and claim= or a rehearsal are two things: name one of them")
        print(register_labellers(project, name, place.given["alias"], tracking.server))
        return
    if place.claim:
        print(f"page: {publish_one(project, place.claim)}")
        write_notes(project, _read(project, [place.claim]), tracking)
        return
    records, made = publish(project, pdf=place.given["pdf"] == "true")
    write_notes(project, records, tracking)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(records).items())
    print(f"{len(records)} claims: {counts}")
    for latex in made.failed_formulas:
        print(f"a formula could not be converted, its LaTeX is shown: {latex}")
    print(f"report: {project.reports / site.INDEX['en']} (Español: {site.INDEX['es']})")
    if stand_ins := sorted({name for record in records for name in record.stand_ins}):
        print(_loud(stand_ins))


def publish(project: Project, *, pdf: bool = True) -> tuple[list[EvidenceRecord], site.Site]:
    """Render the report of every claim of the catalogue and put it into `reports/`.

    Args:
        project: whose folders.
        pdf: make the report as one document in each language too.

    Returns:
        The records published, and the text files made of them.

    Raises:
        StageError: when a claim has no evidence, or evidence lacks a figure or its tables.
        StorageError: when evidence is damaged or the report cannot be written.
    """
    names = catalogue(project.conf)
    published = pages_of(project, names)
    records = _read(project, names)
    figures = dict(_figures(project, records))
    tables = dict(_tables(project, records))
    sizes = dict(_sizes(figures))
    with atomic.folder(project.reports) as fresh, ThreadPoolExecutor(1) as aside:
        _copy(fresh, project.reports, figures)
        if pdf:  # most of its time is Typst's, beside which all else is made
            books = aside.submit(book.write, records, fresh, sizes, project.reports, published)
        _copy(fresh, project.reports, tables)
        made = _rendered(project, records, sizes, book.BOOK if pdf else {}, published=published)
        ends = {seal.LEDGERS: seal.ledgers(project.root, names)}
        for path, content in (made.files | ends).items():
            atomic.renew(fresh / path, content, project.reports / path)
        if pdf:
            books.result()
        atomic.write(fresh / seal.SUMS, seal.sums(fresh))
        _keep(fresh, project.reports)
    published.write()
    return records, made


def publish_one(project: Project, name: str) -> Path:
    """Put the pages and figures of one claim into the report; returns its page in English.

    Index and summaries follow where every claim has evidence; a first report begins with what
    there is.

    Raises:
        StageError, StorageError: as `publish`.
    """
    names = catalogue(project.conf)
    judged = [each for each in names if project.record(each).is_file() or each == name]
    records = _read(project, judged)
    figures = dict(_figures(project, records))
    tables = dict(_tables(project, [each for each in records if each.name == name]))
    there = {key: name for key, name in book.BOOK.items() if (project.reports / name).is_file()}
    whole = name in moved(names) or not (project.reports / site.INDEX["en"]).is_file()
    made = _rendered(project, records, dict(_sizes(figures)), there, [name], whole=whole)
    pages = [site.claim_path(name, language) for language in LANGUAGES]
    pages.append(metrics_path(name))
    for path, content in made.files.items():
        target = project.reports / path
        own = path in pages or path.startswith((f"{FOLDER}/{name}/", f"{citing.FOLDER}/{name}/"))
        of_all = not path.startswith((f"{FOLDER}/", f"{citing.FOLDER}/"))
        if own or (of_all and (judged == names or not target.exists())):
            atomic.update(target, content)
    for path, source in figures.items():
        if path.startswith(f"{FOLDER}/{name}/"):
            atomic.update(project.reports / path, source.read_bytes())
    with atomic.folder(project.published_tables(name)) as fresh:
        for source in tables.values():
            shutil.copyfile(source, fresh / source.name)
    ends = seal.ledgers_with(project.root, project.reports, name)
    atomic.update(project.reports / seal.LEDGERS, ends)
    atomic.update(project.reports / seal.SUMS, seal.sums(project.reports))
    return project.reports / site.claim_path(name, "en")


def _rendered(
    project: Project,
    records: Sequence[EvidenceRecord],
    sizes: dict[str, tuple[int, int]],
    books: dict[str, str],
    only: Sequence[str] | None = None,
    *,
    whole: bool = True,
    published: Pages = NONE,
) -> site.Site:
    tables: dict[str, list[str]] = {record.name: [] for record in records}
    for path, _ in _tables(project, records):
        chapter, claim, _ = path.split("/")[1:]
        tables[f"{chapter}/{claim}"].append(path)
    named = [record.name for record in records] if whole else []
    measured = points(named, lambda name: project.deposit(name) / "replicas.parquet")
    texts, beside = dict(_texts(project.root)), _beside(project, records)
    lectures = inventory(project.conf)
    return site.render(
        records, sizes, books, lectures, texts, tables, measured, beside, only,
        whole=whole, published=published,
    )  # fmt: skip


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """The files of the project that the report has or shows, by their path."""
    found = [root / "CITATION.cff", root / "dvc.yaml", *sorted((root / "docs").glob("*.md"))]
    apart = {root / "conf" / "claim", root / "conf" / "lectures"}
    found += [
        each for each in sorted((root / "conf").rglob("*.yaml")) if not apart & {*each.parents}
    ]
    for file in (each for each in found if each.is_file()):
        yield file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")


def _read(project: Project, names: Sequence[str]) -> list[EvidenceRecord]:
    if not names:
        raise StageError(f"there is no claim in {project.conf / 'claim'} to publish")
    paths = {name: project.record(name) for name in names}
    missing = [name for name, path in paths.items() if not path.is_file()]
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise StageError(f"{len(missing)} of {len(names)} claims lack evidence ({shown}): {_JUDGE}")
    records = []
    for name, path in paths.items():
        record = EvidenceRecord.read(path)
        if record.name != name:
            raise StorageError(f"{path} holds the evidence of {record.name}: {_JUDGE}")
        records.append(record)
    return records


def _figures(project: Project, records: Sequence[EvidenceRecord]) -> Iterator[tuple[str, Path]]:
    """Where each drawing goes in the report, and the file it is copied from."""
    for record in records:
        folder = project.drawn(record.name)
        wanted = itertools.chain.from_iterable(files_of(each.name) for each in record.figures)
        for name in (DRAWN, *wanted):
            if not (folder / name).is_file():
                raise StageError(f"{record.name} lacks its figure {folder / name}: {_JUDGE}")
            yield f"{FOLDER}/{record.name}/{name}", folder / name


def _beside(project: Project, records: Sequence[EvidenceRecord]) -> Beside:
    names = [record.name for record in records]
    return Beside(
        shown=_shown(project, records),
        ledgers={name: ledger.read(project.root, name) for name in names},
        sources=dict(itertools.chain.from_iterable(sources_of(project, name) for name in names)),
    )


def _shown(project: Project, records: Sequence[EvidenceRecord]) -> dict[tuple[str, str, str], Plot]:
    """What each figure shows, by claim, figure and language."""
    return {
        (record.name, figure.name, language): shown_in(
            project.drawn(record.name), figure.name, language
        )
        for record in records
        for figure in record.figures
        for language in LANGUAGES
    }


def _sizes(figures: dict[str, Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    for path, source in ((path, each) for path, each in figures.items() if path.endswith(WIDE)):
        with source.open(encoding="utf-8") as file:
            found = size(file.read(400))
        if found:
            yield path, found


def _tables(project: Project, records: Sequence[EvidenceRecord]) -> Iterator[tuple[str, Path]]:
    """Where each file of the deposits goes in the report, and the file it is copied from."""
    for record in records:
        folder = project.deposit(record.name)
        if not (folder / deposit.ABOUT).is_file():
            raise StageError(f"{record.name} lacks its tables in {folder}: {_JUDGE}")
        for source in sorted(folder.iterdir()):
            yield f"{seal.FOLDER}/{record.name}/{source.name}", source


def _copy(fresh: Path, old: Path, sources: dict[str, Path]) -> None:
    for path, source in sources.items():
        atomic.renew(fresh / path, source.read_bytes(), old / path)


def _keep(fresh: Path, old: Path) -> None:
    for name in seal.FOREIGN:
        if (old / name).is_file():
            shutil.copy2(old / name, fresh / name)


def _loud(stand_ins: list[str]) -> str:
    text = (
        f"WARNING: computed on STAND-IN DATA in place of {', '.join(stand_ins)}. "
        "These are not results on the published data sets."
    )
    rule = "!" * len(text)
    return f"{rule}\n{text}\n{rule}"
