"""What MLflow shows of a claim, on its parent run: verdict, takeaway, figures and page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from deepclaims import atomic
from deepclaims.evidence.record import EvidenceRecord, Finding
from deepclaims.pipeline.place import rehearsed
from deepclaims.project import Project
from deepclaims.report import site
from deepclaims.report.figures import file_name
from deepclaims.report.summary import decisive
from deepclaims.tracking.index import database, place_of
from deepclaims.tracking.outbox import outbox_of
from deepclaims.tracking.settings import Tracking
from deepclaims.tracking.tags import set_tags

NOTE = "mlflow.note.content"
FIGURES = "figures"


def write_notes(
    project: Project, records: Sequence[EvidenceRecord], tracking: Tracking | None = None
) -> int:
    """Give the parent runs of claims their notes and figures, here and on a server.

    Args:
        project: whose store and report.
        records: of the claims; those without a run in the store are left out. A rehearsal's are
            not told: the run of a claim is that of what is published.
        tracking: which server gets them too; as without a `tracking` group if None.

    Returns:
        Of how many claims the store has the run.

    Raises:
        StorageError: when the store cannot be written.
    """
    if rehearsed(project.space):
        return 0
    outbox = outbox_of(project.mlflow, (tracking or Tracking()).server)
    tags, files = {}, {}
    for record in records:
        parent = record.mlflow.parent or ""
        place = place_of(project.mlflow, parent) if parent else None
        if place is None:
            continue
        tags[parent] = {
            "deepclaims.verdict": record.verdict,
            "deepclaims.post_hoc": ", ".join(record.post_hoc),
            NOTE: note(project, record),
        }
        files[parent] = list(_figures(project, record, place))
    set_tags(project.mlflow, tags)
    if outbox is not None:
        for parent, told in tags.items():
            outbox.put_news(parent, told, files[parent])
        outbox.send()
    return len(tags)


def note(project: Project, record: EvidenceRecord) -> str:
    """The note of a claim, in Markdown."""
    page = project.reports / site.claim_path(record.name, "en")
    lines = [f"**{record.verdict}**: {record.reason['en']}", ""]
    lines += [f"- {line}" for line in map(_line, decisive(record)) if line]
    figures = ", ".join(figure.name for figure in record.figures)
    lines += ["", f"Figures ({FIGURES}/ among the artifacts): {figures}" if figures else ""]
    lines += [f"Page: [{page.relative_to(project.root)}]({page.resolve().as_uri()})"]
    return "\n".join(lines)


def _line(finding: Finding) -> str:
    if (found := finding.estimate) is None:
        return ""
    value, low, high = (f"{each:.4g}" for each in (found.value, found.low, found.high))
    return f"{finding.check}: {value} [{low}, {high}]. {finding.means['en']}"


def _figures(project: Project, record: EvidenceRecord, place: Path) -> Iterator[Path]:
    """Copy a claim's figures among the artifacts of its run; gives where they are there."""
    for figure in record.figures:
        name = file_name(figure.name, "en", "png")
        source = project.drawn(record.name) / name
        if source.is_file():
            atomic.update(place / FIGURES / name, source.read_bytes())
            yield place / FIGURES / name


def are_missed(project: Project, records: Sequence[EvidenceRecord]) -> bool:
    """Whether the store of MLflow is gone that these records were measured into."""
    told = any(record.mlflow.parent for record in records)
    return told and not rehearsed(project.space) and not database(project.mlflow).is_file()
