"""Getting many files from one source, several at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from deepclaims.data.manifest import Published
from deepclaims.data.transfer import (
    DamagedError,
    FolderServer,
    LackingError,
    Server,
    UnreachableError,
    WebServer,
    obtain,
)
from deepclaims.errors import ConfigError

AT_ONCE = 6
SHOWN = 5
"""How many file names a line lists before it counts the rest."""


def servers(published: Published, source: str, mirror: str | None) -> Iterator[Server]:
    """Who is to be asked, in order.

    Args:
        published: of the data set.
        source: "auto" or "official" (the mirror, then the official host) or "mirror".
        mirror: a folder or URL laid out as `mnist/*.gz`, `mitdb/1.0.0/*`,
            `fashion-mnist/*.gz`; None without one.

    Raises:
        ConfigError: `source` is "mirror" and there is none.
    """
    if mirror:
        if mirror.startswith(("http://", "https://")):
            yield WebServer(f"mirror {mirror}", f"{mirror.rstrip('/')}/{published.folder}")
        else:
            folder = _folder(mirror)
            yield FolderServer(f"mirror {mirror}", folder / published.folder)
    elif source == "mirror":
        raise ConfigError(
            "data.source=mirror needs a mirror: name a folder or URL in DEEPCLAIMS_MIRROR"
        )
    if source != "mirror":
        yield WebServer(f"official host {urlsplit(published.url).hostname}", published.url)


def _folder(mirror: str) -> Path:
    """A folder by its path, or by its `file:` URL, in which a blank is `%20`."""
    if mirror.startswith("file:"):
        return Path(url2pathname(urlsplit(mirror).path))
    return Path(mirror).expanduser()


def download(
    server: Server, wanted: Mapping[str, str], folder: Path, *, unpacked: bool = False
) -> str:
    """Get what can be got from one source; only right files reach the folder.

    Args:
        server: who is asked.
        wanted: sha256 by file name.
        folder: where the files go.
        unpacked: whether the sha256 are of what the gzip files hold.

    Returns:
        What went wrong, in one line; empty if nothing did.

    Raises:
        StorageError: the folder cannot be written.
    """
    from tqdm import tqdm

    try:
        server.probe(next(iter(wanted)))
    except UnreachableError as error:
        return str(error)
    lacking, damaged, gone = [], [], ""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        jobs = {
            pool.submit(obtain, server, name, digest, folder / name, unpacked=unpacked): name
            for name, digest in wanted.items()
        }
        # disable=None: no bar where the output is not a terminal.
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="file", disable=None):
            try:
                job.result()
            except LackingError:
                lacking.append(jobs[job])
            except DamagedError as error:
                damaged.append(str(error))
            except UnreachableError as error:
                gone = str(error)
                break
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return _problem(sorted(lacking), sorted(damaged), gone)


def _problem(lacking: list[str], damaged: list[str], gone: str) -> str:
    parts = [gone] if gone else []
    if damaged:
        parts.append(f"damaged, refused: {', '.join(damaged)}")
    if lacking:
        parts.append(f"lacks {_list(lacking)}")
    return "; ".join(parts)


def _list(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
