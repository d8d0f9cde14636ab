"""Publish: the evidence of all claims as a site in `reports/`, replaced whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deepclaims.claims.claim import catalogue
from deepclaims.errors import ConfigError, StageError, StorageError
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.project import Project
from deepclaims.report import pdf as book
from deepclaims.report import site
from deepclaims.report.figures import file_name, size
from deepclaims.report.files import write
from deepclaims.report.summary import tally
from deepclaims.report.words import LANGUAGES

KEPT = (".gitignore", "README.md")
"""Files of `reports/` that are not ours and outlive a publication."""

_JUDGE = "run `deepclaims judge` first"


def run(overrides: Sequence[str]) -> None:
    """Publish the project one stands in and say where the report is.

    Args:
        overrides: `pdf=true` also makes a PDF of each language (needs Typst); nothing else.

    Raises:
        ConfigError: when something is asked that publish does not know, or a PDF without Typst.
        StageError, StorageError: as `publish`.
    """
    project = Project.here()
    records, made = publish(project, pdf=_wants_pdf(overrides))
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(records).items())
    print(f"{len(records)} claims: {counts}")
    for latex in made.failed_formulas:
        print(f"a formula could not be converted, its LaTeX is shown: {latex}")
    print(f"report: {project.reports / site.INDEX['en']} (Español: {site.INDEX['es']})")
    if stand_ins := sorted({name for record in records for name in record.stand_ins}):
        print(_loud(stand_ins))


def publish(project: Project, *, pdf: bool = False) -> tuple[list[EvidenceRecord], site.Site]:
    """Render the report of every claim of the catalogue and put it into `reports/`.

    Args:
        project: whose folders.
        pdf: also make the report as one document in each language.

    Returns:
        The records published, and the text files made of them.

    Raises:
        ConfigError: when a PDF is asked for without Typst.
        StageError: when a claim has no evidence, or evidence lacks a figure.
        StorageError: when evidence is damaged or the report cannot be written.
    """
    if pdf:
        book.check()
    records = _read(project)
    figures = dict(_figures(project, records))
    sizes = dict(_sizes(figures))
    made = site.render(records, sizes, book.BOOK if pdf else {})
    try:
        with _workshop(project.reports) as fresh:
            _fill(fresh, project.reports, made, figures)
            if pdf:
                book.write(records, fresh, sizes)
            _swap(fresh, project.reports)
    except OSError as error:
        raise StorageError(f"cannot write {project.reports}: {error.strerror or error}") from error
    return records, made


def _wants_pdf(overrides: Sequence[str]) -> bool:
    answers = {"pdf=true": True, "pdf=false": False}
    unknown = [word for word in overrides if word not in answers]
    if unknown:
        raise ConfigError(f"publish does not know '{unknown[0]}'; known: {', '.join(answers)}")
    return any(answers[word] for word in overrides)


def _read(project: Project) -> list[EvidenceRecord]:
    names = catalogue(project.conf)
    if not names:
        raise StageError(f"there is no claim in {project.conf / 'claim'} to publish")
    paths = {name: _evidence(project, name) for name in names}
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


def _evidence(project: Project, name: str) -> Path:
    chapter, claim = name.split("/")
    return project.evidence(chapter) / f"{claim}.json"


def _figures(project: Project, records: Sequence[EvidenceRecord]) -> Iterator[tuple[str, Path]]:
    """Where each figure goes in the report, and the file it is copied from."""
    for record in records:
        folder = project.evidence(record.chapter) / record.id
        for figure in record.figures:
            for language in LANGUAGES:
                for ending in ("svg", "png"):
                    source = folder / file_name(figure.name, language, ending)
                    if not source.is_file():
                        raise StageError(f"{record.name} lacks its figure {source}: {_JUDGE}")
                    yield site.figure_path(record.name, figure.name, language, ending), source


def _sizes(figures: dict[str, Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    for path, source in figures.items():
        if path.endswith(".svg") and (found := size(source.read_text(encoding="utf-8"))):
            yield path, found


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder beside the old report to build the new one in; it is gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        fresh = workshop / "new"
        fresh.mkdir()
        yield fresh
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _fill(fresh: Path, old: Path, made: site.Site, figures: dict[str, Path]) -> None:
    for path, content in made.files.items():
        write(fresh / path, content)
    for path, source in figures.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, fresh / path)
    for name in KEPT:
        if (old / name).is_file():
            shutil.copy2(old / name, fresh / name)


def _swap(fresh: Path, target: Path) -> None:
    """Put the new report in the old one's place; if that fails, the old one stays."""
    old = fresh.with_name("old")
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _loud(stand_ins: list[str]) -> str:
    text = (
        f"WARNING: computed on STAND-IN DATA in place of {', '.join(stand_ins)}. "
        "These are not results on the published data sets."
    )
    rule = "!" * len(text)
    return f"{rule}\n{text}\n{rule}"
