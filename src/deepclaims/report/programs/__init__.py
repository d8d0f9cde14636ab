"""What programs read of a report: schema, bibliography, software metadata, research object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files as packaged

import yaml

from deepclaims.atomic import json_text
from deepclaims.evidence.record import EvidenceRecord
from deepclaims.report.programs import bibliography, crate
from deepclaims.report.programs.codemeta import codemeta

SCHEMA, REFERENCES = "claims.schema.json", "references.bib"
CITATION, CODEMETA, PIPELINE = "CITATION.cff", "codemeta.json", "dvc.yaml"


def names(texts: Mapping[str, str]) -> list[str]:
    """The files for programs, in the order in which pages name them."""
    always = ["claims.json", SCHEMA, "metrics.json", "provenance.json", REFERENCES]
    cited = [CITATION, CODEMETA] if CITATION in texts else []
    return [*always, *cited, *([crate.METADATA] if _whole(texts) else [])]


def files(
    records: Sequence[EvidenceRecord],
    texts: Mapping[str, str],
    tables: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Their content by path, but for those that `summary` makes.

    Args:
        records: of all claims published.
        texts: files of the project by path; without `CITATION.cff` there is neither that nor
            `codemeta.json`, and without `dvc.yaml` too no research object.
        tables: by claim, the paths of its published tables.
    """
    schema = packaged("deepclaims.report") / "static" / SCHEMA
    made = {
        SCHEMA: schema.read_text(encoding="utf-8"),
        REFERENCES: bibliography.bibtex(records),
    }
    if CITATION in texts:
        citation = yaml.safe_load(texts[CITATION])
        made |= {CITATION: texts[CITATION], CODEMETA: json_text(codemeta(citation))}
        if _whole(texts):
            described = crate.metadata(records, citation, tables)
            made |= {crate.WORKFLOW: texts[PIPELINE], crate.METADATA: json_text(described)}
    return made


def _whole(texts: Mapping[str, str]) -> bool:
    return CITATION in texts and PIPELINE in texts
