"""A WFDB record as the user names it: by its path, or one of MIT-BIH's by its number."""

from __future__ import annotations

from pathlib import Path

from deepclaims.data.wfdb_record import find_record
from deepclaims.errors import DataError
from deepclaims.project import Project


def find(name: str, project: Project) -> Path:
    """The path of a record without extension.

    Args:
        name: as the user says it; a bare name is looked for in the current folder, then among the
            files that were fetched.
        project: whose files.

    Raises:
        DataError: there is no header there; says so where MIT-BIH's files were never fetched.
    """
    known = project.raw("mitdb")
    try:
        return find_record(name, known)
    except DataError as error:
        if known.is_dir() or Path(name).parent != Path():
            raise
        fetch = "`deepclaims fetch dataset=mitdb` brings MIT-BIH's, which go by their number"
        raise DataError(f"{error}; {fetch}") from None
