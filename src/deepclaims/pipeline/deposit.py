"""The deposit of a claim: its tables, published so that anybody can judge and draw it.

`measure` leaves the tables in `results/<chapter>/<id>/`, `judge` puts what is deposited of them
into `evidence/<chapter>/<id>/tables/` and `publish` into `reports/tables/<chapter>/<id>/`, where
`verify` judges it again and `restore` takes it from. The same measurement gives the same bytes:
what differs from run to run is not in the table of the replicas, and of `about.json` there is what
decides anything.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims import atomic

if TYPE_CHECKING:
    import pandas as pd

    from deepclaims.claims.results import Results

REPLICAS = "replicas"
ABOUT = "about.json"
DECIDING = ("claim", "profile", "changes", "shift", "sources")
"""Entries of `about.json` that judging reads; the others say where and when it was computed."""
COMPUTED = "computed"
"""Entry of `about.json`: on what device, in how many CPU seconds, by which commit and versions."""
RESTORED = "restored"
"""Entry of `about.json` of tables that came out of the report, not out of a measurement."""
WHOLE = "whole"
"""Entry of `about.json`, where a claim deposits less than was measured: the hash of all of it."""
DEPOSITED = "deposited"
"""Entry beside it: the hashes of what is deposited instead."""
VOLATILE = "volatile_"
"""How columns begin that differ from run to run."""
_REPEATED = 8  # times that a number stands in its column on average, from where a dictionary pays


def files(replicas: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """The tables of a claim as files by name, the same bytes for the same numbers.

    Args:
        replicas: a row per replica, metric and step; its volatile columns are left out.
        tables: the structured tables by name, which are whole: a time that is judged stays.
    """
    stable = replicas[[name for name in replicas if not str(name).startswith(VOLATILE)]]
    return {
        f"{name}.parquet": _parquet(table)
        for name, table in sorted({REPLICAS: stable, **tables}.items())
    }


def hashes(folder: Path) -> dict[str, str]:
    """The sha256 of each table in a folder, by the name of its file."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.glob("*.parquet"))
    }


def deciding(about: Mapping[str, Any]) -> dict[str, Any]:
    """What of `about.json` decides anything, and is the same wherever it was computed."""
    return {key: about[key] for key in (*DECIDING, WHOLE, DEPOSITED) if key in about}


def write(
    folder: Path, measured: Path, about: Mapping[str, Any], condensed: Results | None = None
) -> bool:
    """Write a claim's deposit, whole or not at all, unless it is there; whether it was written.

    Args:
        folder: of the deposit; what it held is replaced.
        measured: the folder of its tables.
        about: what `measure` says of the tables.
        condensed: what is deposited in place of the tables, of a claim that says so itself.

    Raises:
        StorageError: when the folder cannot be written.
    """
    told = deciding(about)
    if condensed is None:
        made = {file.name: file.read_bytes() for file in measured.glob("*.parquet")}
    else:
        made = files(condensed.metrics, condensed.tables)
        told.setdefault(WHOLE, hashes(measured))
        told[DEPOSITED] = {
            name: hashlib.sha256(content).hexdigest() for name, content in made.items()
        }
    made[ABOUT] = atomic.json_text(told).encode()
    if folder.is_dir() and {file.name: file.read_bytes() for file in folder.iterdir()} == made:
        return False
    with atomic.folder(folder) as draft:
        for name, content in made.items():
            atomic.write(draft / name, content)
    return True


def _parquet(table: pd.DataFrame) -> bytes:
    """A table in few bytes: measured numbers byte by byte, what repeats as a dictionary."""
    measured = [
        name
        for name, column in table.items()
        if column.dtype.kind == "f" and column.nunique() > len(table) / _REPEATED
    ]
    file = io.BytesIO()
    table.to_parquet(
        file, index=False, compression="zstd", compression_level=19,
        use_byte_stream_split=measured,
        use_dictionary=[name for name in table if name not in measured],
    )  # fmt: skip
    return file.getvalue()
