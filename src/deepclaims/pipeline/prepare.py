"""`deepclaims prepare`: raw files to memory-mappable arrays, with the published counts asserted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from deepclaims.data.prepared import write_prepared
from deepclaims.data.source import Kind, SourceRecord, fingerprint_of, read_source
from deepclaims.project import Project

RAW = {"mnist": "mnist", "ecg": "mitdb"}
"""Raw data set of each prepared one."""

Arrays = tuple[dict[str, Any], dict[str, Any]]


def prepare(project: Project, dataset: str) -> dict[str, Any]:
    """Prepare one data set into `project.prepared(dataset)`, all of it or nothing.

    Args:
        project: whose folders.
        dataset: "mnist" or "ecg".

    Returns:
        What was written to `meta.json`: source, fingerprints, counts.

    Raises:
        StageError: its raw files have not been fetched.
        DataError: a raw file is damaged, or the counts are not the published ones.
        StorageError: the folder cannot be written.
    """
    raw = project.raw(RAW[dataset])
    source = read_source(raw, RAW[dataset])
    build, version = _builder(dataset)
    arrays, facts = build(raw, source.kind)
    meta = _meta(dataset, source, version) | facts
    write_prepared(project.prepared(dataset), arrays, meta)
    return meta


def _builder(dataset: str) -> tuple[Callable[[Path, Kind], Arrays], int]:
    from deepclaims.data.mnist_files import VERSION, mnist_arrays

    return mnist_arrays, VERSION


def _meta(dataset: str, source: SourceRecord, version: int) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "source": source.kind,
        "raw_fingerprint": source.fingerprint,
        "version": version,
        "fingerprint": fingerprint_of([dataset, source.fingerprint, str(version)]),
    }
