"""What others published beside what was measured here, claim by claim."""

from __future__ import annotations

from deepclaims.report.pages.edition import Edition


def render(edition: Edition) -> tuple[str, str]:
    """The page of an edition: path and HTML."""
    ordered = [*edition.statements, *edition.studies]
    return edition.page(
        "literature",
        "pages/literature.html",
        rows=[each for each in ordered if each.claim.get("literature")],
        citing=[each for each in ordered if (each.claim.get("source") or {}).get("cites")],
    )
