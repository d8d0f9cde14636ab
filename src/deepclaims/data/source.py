"""Where the raw files of a data set came from: `source.json` beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from deepclaims.errors import DataError, StageError

Kind = Literal["official", "embedded"]
SOURCE = "source.json"


@dataclass(frozen=True)
class SourceRecord:
    """What raw files are there.

    Args:
        dataset: "mnist", "mitdb" or "fashion_mnist".
        kind: "official", every file as its manifest says, or "embedded", the stand-in.
        fingerprint: hash of the content alone: the same files have the same fingerprint,
            whoever served them. Who did is noted elsewhere (`pipeline.fetch.served_by`), so
            that the folder's content does not depend on it.
    """

    dataset: str
    kind: Kind
    fingerprint: str


def fingerprint_of(parts: Iterable[str]) -> str:
    """Hash a list of strings into 16 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_source(folder: Path, dataset: str) -> SourceRecord:
    """Read the record of a raw folder.

    Raises:
        StageError: nothing has been fetched; names the command that does it.
        DataError: the record is damaged.
    """
    try:
        return SourceRecord(**json.loads((folder / SOURCE).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise StageError(
            f"{dataset} has not been fetched ({folder} has no {SOURCE}): "
            f"run `deepclaims fetch dataset={dataset}` first"
        ) from None
    except (json.JSONDecodeError, TypeError) as error:
        raise DataError(
            f"{folder / SOURCE} is damaged ({error}): "
            f"run `deepclaims fetch dataset={dataset}` again"
        ) from None


def write_source(folder: Path, record: SourceRecord) -> None:
    """Write the record of a raw folder, at once or not at all."""
    fresh = folder / f".{SOURCE}.part"
    fresh.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    fresh.replace(folder / SOURCE)
