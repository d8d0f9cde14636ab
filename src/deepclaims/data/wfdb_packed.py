"""Files of a record that someone has compressed: WFDB reads none, so they are to be unpacked."""

from __future__ import annotations

import shlex
from pathlib import Path

UNPACKED_BY = {
    ".gz": "gunzip",
    ".Z": "uncompress",
    ".bz2": "bunzip2",
    ".xz": "unxz",
    ".zst": "unzstd",
    ".zip": "unzip",
}


def packed(file: Path) -> str:
    """What to do about a file that is there compressed only; "" where it is not.

    Args:
        file: as it would be named without the compression, or as it is.
    """
    names = [file] if file.suffix in UNPACKED_BY else [
        file.with_name(file.name + suffix) for suffix in UNPACKED_BY
    ]  # fmt: skip
    for name in names:
        if name.is_file():
            how = f"{UNPACKED_BY[name.suffix]} {shlex.quote(str(name))}"
            return f"{name} is packed: unpack it ({how})"
    return ""
