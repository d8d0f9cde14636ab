"""The deposit of a claim: what judging reads of its tables, published so that anybody can judge.

`judge` leaves it in `evidence/<chapter>/<id>/tables/`, `publish` puts it into
`reports/tables/<chapter>/<id>/`, and `verify` judges it again. It has the table of the replicas
without what differs from run to run, each structured table that the claim's judge read, and of
`about.json` what decides anything. The same measurement gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims import atomic

if TYPE_CHECKING:
    import pandas as pd

    from deepclaims.claims.results import Results

FOLDER = "tables"
REPLICAS = "replicas"
ABOUT = "about.json"
DECIDING = ("claim", "profile", "changes", "shift", "sources")
"""Entries of `about.json` that judging reads; the others say where MLflow has the runs."""
VOLATILE = "volatile_"
"""How columns begin that differ from run to run."""


class Noted(Mapping[str, Any]):
    """Tables that remember which of them were read."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        table = self._tables[name]
        self.read.add(name)
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables  # to ask is not to read


def write(folder: Path, results: Results, read: Iterable[str], about: Mapping[str, Any]) -> bool:
    """Write a claim's deposit, whole or not at all, unless it is there; whether it was written.

    Args:
        folder: of the deposit; what it held is replaced.
        results: the tables as they were judged.
        read: names of the structured tables that judging read.
        about: what `measure` says of the tables.

    Raises:
        StorageError: when the folder cannot be written.
    """
    metrics = results.metrics
    kept = metrics[[column for column in metrics if not column.startswith(VOLATILE)]]
    tables = {REPLICAS: kept, **{name: results.tables[name] for name in read}}
    told = {key: about[key] for key in DECIDING}
    made = {f"{name}.parquet": _parquet(table) for name, table in tables.items()}
    made[ABOUT] = atomic.json_text(told).encode()
    if folder.is_dir() and {file.name: file.read_bytes() for file in folder.iterdir()} == made:
        return False
    with atomic.folder(folder) as draft:
        for name, content in made.items():
            atomic.write(draft / name, content)
    return True


def _parquet(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file, index=False, compression="zstd", compression_level=19)
    return file.getvalue()
