"""How to cite a claim, and where the files that define and judge it lie in the report."""

from __future__ import annotations

from collections.abc import Mapping

from deepclaims import __version__
from deepclaims.evidence.record import EvidenceRecord

FOLDER = "sources"
"""Of the report: that of the files that define and judge the claims."""
KINDS = ("claim", "measure", "judge", "figures")
"""What a claim is made of, in the order of its page."""


def source_path(name: str, file: str) -> str:
    """Where a file of a claim (`chapter/id`) lies, relative to the report's folder."""
    return f"{FOLDER}/{name}/{file}"


def sources(name: str, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """The files of a claim that are in the report: what each is, and its path."""
    paths = {
        kind: source_path(name, f"{kind}.yaml" if kind == "claim" else f"{kind}.py.txt")
        for kind in KINDS
    }
    return [(kind, path) for kind, path in paths.items() if path in known]


def bibtex(record: EvidenceRecord) -> str:
    """An entry for a bibliography; without a date, as the report has none."""
    title = record.claim["title"]
    text = str(title.get("en", "") if isinstance(title, Mapping) else title)
    plain = text.replace("$", "").replace("&", r"\\&").replace("%", r"\\%")
    return (
        f"@misc{{deepclaims:{record.id},\n"
        f"  title = {{{{{plain}}}}},\n"
        "  author = {{deepclaims maintainers}},\n"
        f"  howpublished = {{deepclaims {__version__}, claim {record.name}}},\n"
        f"  note = {{Ruling: {record.verdict}}}\n"
        "}"
    )
