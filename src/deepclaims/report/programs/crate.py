"""The report as a research object: an RO-Crate of the Workflow Run profile.

The pipeline is the workflow, each claim's measurement a run of it, with the data sets read and the
tables written. https://w3id.org/ro/wfrun/workflow/0.5 has the profile. Times and machines are not
in it, for a rerun would change them: `provenance.json` has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepclaims import __version__
from deepclaims.evidence.record import EvidenceRecord

METADATA = "ro-crate-metadata.json"
WORKFLOW = "workflow.yaml"
"""The pipeline's file in the report; as `dvc.yaml` it would be a second pipeline there."""
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
DVC = "https://dvc.org"
DATA = {
    "mnist": ("MNIST", "http://yann.lecun.com/exdb/mnist/", "CC-BY-SA-3.0"),
    "fashion_mnist": (
        "Fashion-MNIST",
        "https://github.com/zalandoresearch/fashion-mnist",
        "MIT",
    ),
    "ecg": (
        "MIT-BIH Arrhythmia Database",
        "https://physionet.org/content/mitdb/1.0.0/",
        "ODC-By-1.0",
    ),
}
"""Name, address and licence of the data sets."""
Entity = dict[str, Any]


def metadata(
    records: Sequence[EvidenceRecord],
    citation: Mapping[str, Any],
    tables: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The crate's metadata as JSON-LD.

    Args:
        records: of all claims published.
        citation: the content of `CITATION.cff`.
        tables: by claim, the paths of its tables in the report.
    """
    graph = [
        _descriptor(),
        _root(records, citation, tables),
        *({"@id": each, "@type": "CreativeWork", "name": name, "version": version}
          for each, (name, version) in PROFILES.items()),
        *_software(citation),
        *_files(tables),
        *_data(records),
        *(_run(record, tables.get(record.name, ())) for record in records),
    ]  # fmt: skip
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": [
            {"@id": "https://w3id.org/ro/crate/1.1"},
            {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
        ],
    }


FILES = {
    "claims.json": ("application/json", "The result of every claim"),
    "claims.schema.json": ("application/schema+json", "JSON Schema of claims.json"),
    "metrics.json": ("application/json", "Verdicts and main estimates, flat"),
    "provenance.json": ("application/json", "Where and when the numbers were computed"),
    "references.bib": ("application/x-bibtex", "All works cited"),
    "CITATION.cff": ("text/yaml", "How to cite this work"),
    "codemeta.json": ("application/ld+json", "Metadata of the software"),
    "index.html": ("text/html", "The report in English"),
    "index.es.html": ("text/html", "The report in Spanish"),
}


def _root(
    records: Sequence[EvidenceRecord],
    citation: Mapping[str, Any],
    tables: Mapping[str, Sequence[str]],
) -> Entity:
    registered = [record.registered["when"] for record in records if record.registered]
    read = [entity["@id"] for entity in _data(records)]
    parts = [WORKFLOW, *FILES, *(path for paths in tables.values() for path in paths), *read]
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": str(citation["title"]),
        "description": (
            f"The evidence on {len(records)} claims of two lecture decks on neural networks: what "
            "was measured, how it was judged, and the pages that say so in Spanish and in English."
        ),
        "datePublished": max([str(citation["date-released"]), *registered]),
        "license": {"@id": f"https://spdx.org/licenses/{citation['license']}"},
        "author": [{"@id": "#authors"}],
        "publisher": {"@id": "#authors"},
        "conformsTo": [{"@id": each} for each in PROFILES],
        "mainEntity": {"@id": WORKFLOW},
        "hasPart": [{"@id": path} for path in parts],
        "mentions": [{"@id": f"#run-{record.id}"} for record in records],
    }


def _software(citation: Mapping[str, Any]) -> Iterator[Entity]:
    yield {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "fetch, prepare, register, measure, judge, publish",
        "description": "The pipeline that makes the report from the data sets",
        "encodingFormat": "application/yaml",
        "programmingLanguage": {"@id": DVC},
        "version": __version__,
        "input": [{"@id": "#input-data"}],
        "output": [{"@id": "#output-tables"}],
        "license": {"@id": f"https://spdx.org/licenses/{citation['license']}"},
    }
    yield {
        "@id": DVC, "@type": "ComputerLanguage", "name": "DVC pipeline", "url": {"@id": DVC},
        "identifier": {"@id": DVC}, "alternateName": "DVC", "version": "3",
    }  # fmt: skip
    for name, text in (("input-data", "Data set read"), ("output-tables", "Tables judged from")):
        yield {
            "@id": f"#{name}", "@type": "FormalParameter", "additionalType": "File", "name": text,
            "valueRequired": False,
            "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
        }  # fmt: skip
    yield {
        "@id": "#authors",
        "@type": "Organization",
        "name": ", ".join(str(each.get("name", "")) for each in citation["authors"]),
    }
    yield {
        "@id": f"https://spdx.org/licenses/{citation['license']}",
        "@type": "CreativeWork",
        "name": str(citation["license"]),
    }


def _files(tables: Mapping[str, Sequence[str]]) -> Iterator[Entity]:
    for path, (kind, text) in FILES.items():
        yield {"@id": path, "@type": "File", "name": text, "encodingFormat": kind}
    for claim, paths in tables.items():
        for path in paths:
            kind = (
                "application/json" if path.endswith(".json") else "application/vnd.apache.parquet"
            )
            yield {
                "@id": path, "@type": "File", "name": f"{claim}: {path.rpartition('/')[2]}",
                "encodingFormat": kind, "exampleOfWork": {"@id": "#output-tables"},
            }  # fmt: skip


def _data(records: Sequence[EvidenceRecord]) -> Iterator[Entity]:
    read = dict.fromkeys(name for record in records for name in record.data_sources)
    for name in (name for name in read if name in DATA):
        title, address, licence = DATA[name]
        yield {
            "@id": address, "@type": "Dataset", "name": title, "license": licence,
            "exampleOfWork": {"@id": "#input-data"},
        }  # fmt: skip


def _run(record: EvidenceRecord, tables: Sequence[str]) -> Entity:
    read = [DATA[name][1] for name in record.data_sources if name in DATA]
    return {
        "@id": f"#run-{record.id}",
        "@type": "CreateAction",
        "name": record.command,
        "description": f"{record.name}: {record.verdict}",
        "instrument": {"@id": WORKFLOW},
        "agent": {"@id": "#authors"},
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "object": [{"@id": address} for address in read],
        "result": [{"@id": path} for path in tables],
    }
