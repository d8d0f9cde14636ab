"""`deepclaims prepare`: raw files to memory-mappable arrays, with the published counts asserted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepclaims.arguments import Arguments, Key
from deepclaims.data.embedded import has_stand_in
from deepclaims.data.ledger import sha256_of
from deepclaims.data.manifest import PUBLISHED, manifest
from deepclaims.data.prepared import write_prepared
from deepclaims.data.source import Kind, SourceRecord, fingerprint_of, read_source
from deepclaims.errors import DataError, StageError
from deepclaims.project import Project

RAW = {"mnist": "mnist", "ecg": "mitdb", "fashion_mnist": "fashion_mnist"}
"""Raw data set of each prepared one."""

ARGUMENTS = Arguments(
    "prepare", {"dataset": Key(choices=("all", *RAW), default="all", says="what to prepare")}
)

Arrays = tuple[dict[str, Any], dict[str, Any]]


def run(overrides: Sequence[str]) -> None:
    """The verb: `dataset=all|mnist|ecg|fashion_mnist`.

    `all` leaves out, and says so, what was not fetched and has no stand-in.

    Raises:
        ConfigError: an unknown argument.
        StageError, DataError, StorageError: as `prepare`.
    """
    values = ARGUMENTS.read(overrides)
    project = Project.here()
    everything = values["dataset"] == "all"
    for dataset in RAW if everything else (values["dataset"],):
        try:
            meta = prepare(project, dataset)
        except StageError as error:
            if not everything or has_stand_in(RAW[dataset]):
                raise
            print(f"{error}; left out, the pipeline does not need it", flush=True)
            continue
        counts = ", ".join(f"{part} {count}" for part, count in meta["counts"].items())
        print(f"{dataset}: prepared from the {meta['source']} files; {counts}", flush=True)


def prepare(project: Project, dataset: str) -> dict[str, Any]:
    """Prepare one data set into `project.prepared(dataset)`, all of it or nothing.

    Args:
        project: whose folders.
        dataset: "mnist", "ecg" or "fashion_mnist".

    Returns:
        What was written to `meta.json`: source, fingerprints, counts.

    Raises:
        StageError: its raw files have not been fetched.
        DataError: a raw file is damaged, or the counts are not the published ones.
        StorageError: the folder cannot be written.
    """
    raw = project.raw(RAW[dataset])
    source = read_source(raw, RAW[dataset])
    if source.kind == "official":
        _verify(raw, RAW[dataset])
    build, version = _builder(dataset)
    arrays, facts = build(raw, source.kind)
    meta = _meta(dataset, source, version) | facts
    write_prepared(project.prepared(dataset), arrays, meta)
    return meta


def _verify(raw: Path, dataset: str) -> None:
    """Read every file once more: fetch trusts sizes and times, which a damaged disk keeps."""
    unpacked = PUBLISHED[dataset].unpacked
    for name, digest in manifest(dataset).items():
        path = raw / name
        if not path.is_file() or sha256_of(path, unpacked=unpacked) != digest:
            state = "is not what its sha256 says" if path.is_file() else "is missing"
            raise DataError(f"{path} {state}: run `deepclaims fetch dataset={dataset}` again")


def _builder(dataset: str) -> tuple[Callable[[Path, Kind], Arrays], int]:
    if dataset == "ecg":
        from deepclaims.data import ecg_files

        return ecg_files.ecg_arrays, ecg_files.VERSION
    from deepclaims.data import mnist_files

    builders = {
        "mnist": mnist_files.mnist_arrays,
        "fashion_mnist": mnist_files.fashion_mnist_arrays,
    }
    return builders[dataset], mnist_files.VERSION


def _meta(dataset: str, source: SourceRecord, version: int) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "source": source.kind,
        "raw_fingerprint": source.fingerprint,
        "version": version,
        "fingerprint": fingerprint_of([dataset, source.fingerprint, str(version)]),
    }
