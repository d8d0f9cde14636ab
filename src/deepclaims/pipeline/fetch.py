"""`deepclaims fetch`: the official files, verified, or the stand-in where they cannot be had."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from deepclaims import atomic
from deepclaims.arguments import Arguments, Key
from deepclaims.data.embedded import (
    DESCRIPTION,
    embedded_fingerprint,
    has_stand_in,
    make_embedded,
)
from deepclaims.data.ledger import Ledger
from deepclaims.data.manifest import PUBLISHED, manifest, official_fingerprint
from deepclaims.data.source import Kind, SourceRecord, read_source, write_source
from deepclaims.errors import ConfigError, DataError, StageError, StorageError
from deepclaims.project import Project

MIRROR = "DEEPCLAIMS_MIRROR"
SOURCES = ("auto", "mirror", "official", "embedded")
ARGUMENTS = Arguments(
    "fetch",
    {
        "dataset": Key(choices=("all", *PUBLISHED), default="all", says="which files"),
        "data.source": Key(choices=SOURCES, default="auto", says="where from"),
    },
)


def run(overrides: Sequence[str]) -> None:
    """The verb: `dataset=all|mnist|mitdb|… data.source=auto|mirror|official|embedded`.

    `all` makes do without a data set that has no stand-in and cannot be had: it says so, in a line.

    Raises:
        ConfigError: an unknown argument.
        DataError: the official files cannot be had, and there is no stand-in or `data.source`
            forbids it.
        StorageError: the folder cannot be written.
    """
    values = ARGUMENTS.read(overrides)
    project = Project.here()
    everything = values["dataset"] == "all"
    failed: list[DataError] = []
    for dataset in PUBLISHED if everything else (values["dataset"],):
        try:
            fetch(project, dataset, values["data.source"])
        except DataError as error:  # the other data sets may still be had
            if everything and not has_stand_in(dataset):
                print(f"{error}; left out, the pipeline does not need it", flush=True)
            else:
                failed.append(error)
    if failed:
        raise DataError("\n".join(map(str, failed)))


def fetch(project: Project, dataset: str, source: str = "auto") -> SourceRecord:
    """Have the raw files of a data set, all official or all of the stand-in, never mixed.

    Official files that are held stay, whatever can be reached now. While the stand-in is held,
    `auto` asks for the official files again at every call. Fashion-MNIST has no stand-in.

    Args:
        project: whose `data/raw/<dataset>` is filled.
        dataset: "mnist", "mitdb" or "fashion_mnist".
        source: "auto" (the mirror, the official host, the stand-in: first that works),
            "mirror" (the mirror only), "official" (as auto, the stand-in forbidden) or
            "embedded" (the stand-in, even where official files are held).

    Returns:
        What is there now; also in `source.json`.

    Raises:
        ConfigError: `source=mirror` and no mirror is named.
        DataError: the official files cannot be had, and there is no stand-in, it is forbidden, or
            it would silently replace official ones; or it is asked for and there is none.
        StorageError: the folder cannot be written.
    """
    try:
        return _Fetch(project, dataset).run(source)
    except OSError as error:
        where = error.filename or project.raw(dataset)
        raise StorageError(f"cannot write {where}: {error.strerror or error}") from error


def served_by(project: Project, dataset: str) -> str:
    """Who served the files that are there, in words; empty if that is not known."""
    return _ledger(project, dataset).served_by


def _ledger(project: Project, dataset: str) -> Ledger:
    path = project.raw(dataset).with_name(f".{dataset}.json")
    return Ledger(path, unpacked=PUBLISHED[dataset].unpacked)


class _Fetch:
    """One call of `fetch`: the folders it works on."""

    def __init__(self, project: Project, dataset: str) -> None:
        self.dataset = dataset
        self.raw = project.raw(dataset)
        # Official files gather here until they are complete, and are kept here while the
        # stand-in is held: a stopped or changed fetch gets no file twice.
        self.store = self.raw.with_name(f".{dataset}.official")
        self.ledger = _ledger(project, dataset)

    def say(self, line: str) -> None:
        print(f"{self.dataset}: {line}", flush=True)

    def run(self, source: str) -> SourceRecord:
        if source not in SOURCES:
            raise ConfigError(f"data.source={source} is not possible; known: {', '.join(SOURCES)}")
        if source == "embedded" and not has_stand_in(self.dataset):
            raise DataError(f"{self.dataset} has no stand-in, and data.source=embedded asks for it")
        held = self._held()
        record = self._embedded(held) if source == "embedded" else self._official(held, source)
        self.ledger.save()
        return record

    def _held(self) -> Kind | None:
        try:
            return read_source(self.raw, self.dataset).kind
        except (StageError, DataError):
            return None

    def _official(self, held: Kind | None, source: str) -> SourceRecord:
        folder = self.raw if held == "official" else self.store
        lacking = self._lacking(folder)
        tried: list[str] = []
        if lacking:
            folder.mkdir(parents=True, exist_ok=True)
            tried, lacking = self._download(folder, lacking, source)
        elif folder == self.store:
            self.ledger.serve("kept from an earlier fetch")
        if not lacking:
            return self._install(folder)
        self.ledger.save()
        return self._without(held, source, lacking, tried)

    def _lacking(self, folder: Path) -> list[str]:
        return [
            name
            for name, digest in manifest(self.dataset).items()
            if self.ledger.digest(folder / name) != digest
        ]

    def _download(
        self, folder: Path, lacking: list[str], source: str
    ) -> tuple[list[str], list[str]]:
        """Ask each source for what is still lacking; returns what was said, and what lacks."""
        from deepclaims.data.download import download, servers

        tried: list[str] = []
        total = len(manifest(self.dataset))
        for server in servers(PUBLISHED[self.dataset], source, os.environ.get(MIRROR)):
            self.say(f"{server.label}: asking for {len(lacking)} of {total} files")
            wanted = {name: manifest(self.dataset)[name] for name in lacking}
            problem = download(server, wanted, folder, unpacked=PUBLISHED[self.dataset].unpacked)
            lacking = self._lacking(folder)
            if not lacking:
                self.ledger.serve(server.label)
                break
            tried.append(f"{server.label}: {problem}")
            self.say(tried[-1])
        return tried, lacking

    def _install(self, folder: Path) -> SourceRecord:
        record = SourceRecord(self.dataset, "official", official_fingerprint(self.dataset))
        total = len(manifest(self.dataset))
        if folder != self.raw:
            write_source(folder, record)
            atomic.swap(folder, self.raw)
        elif read_source(self.raw, self.dataset) != record:
            write_source(folder, record)
        self.say(f"official, all {total} files verified")
        return record

    def _without(
        self, held: Kind | None, source: str, lacking: list[str], tried: list[str]
    ) -> SourceRecord:
        stand_in = has_stand_in(self.dataset)
        if source == "auto" and held != "official" and stand_in:
            return self._embedded(held)
        shown = ", ".join(lacking)
        asked = "; ".join(tried)
        advice = (
            f"check the network, or name a folder or URL with {PUBLISHED[self.dataset].folder}/ "
            f"in {MIRROR}"
            + ("; data.source=embedded takes the stand-in instead" if stand_in else "")
        )
        raise DataError(
            f"{self.dataset}: {len(lacking)} official files are missing or damaged ({shown}) "
            f"and could not be had ({asked}): {advice}"
        )

    def _embedded(self, held: Kind | None) -> SourceRecord:
        if held == "official":
            self.say("putting the official files aside, as data.source=embedded asks")
            atomic.swap(self.raw, self.store)
        if held != "embedded" or not self._stand_in_is_current():
            self._make_stand_in()
        self.say(f"*** STAND-IN DATA *** {DESCRIPTION[self.dataset]}")
        return read_source(self.raw, self.dataset)

    def _stand_in_is_current(self) -> bool:
        found = embedded_fingerprint(self.dataset, self.raw, self.ledger)
        return read_source(self.raw, self.dataset).fingerprint == found

    def _make_stand_in(self) -> None:
        with atomic.folder(self.raw) as fresh:
            make_embedded(self.dataset, fresh)
            fingerprint = embedded_fingerprint(self.dataset, fresh, self.ledger)
            write_source(fresh, SourceRecord(self.dataset, "embedded", fingerprint))
        self.ledger.serve("embedded")
