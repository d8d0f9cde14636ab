"""Getting one file from one source: a mirror's folder, a mirror's URL or an official host."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Protocol

from deepclaims.data.ledger import sha256_of
from deepclaims.errors import StorageError

PROBE_SECONDS = 4.0
"""How long a host may take to answer at all before the next source is tried."""
TIMEOUT = (4.0, 30.0)
"""Seconds to connect, and between two pieces of a file."""
TRIES = 3
HEADLESS = (403, 405, 501)
"""What servers answer to HEAD that would answer GET: the question is not allowed, or not known."""


class LackingError(Exception):
    """The source does not have this file; it may have others."""


class DamagedError(Exception):
    """The source's file is not what the manifest says."""


class UnreachableError(Exception):
    """The source cannot be had at all: there is no use in asking it for other files."""


class Server(Protocol):
    """Something that serves files."""

    label: str

    def probe(self, name: str) -> None:
        """Ask at once whether the source answers, by the name of one of its files.

        Raises:
            UnreachableError: it does not; the message says why.
        """

    def copy(self, name: str, target: Path) -> None:
        """Write the file `name` to `target`.

        Raises:
            LackingError: the source does not have it.
            UnreachableError: the source does not answer.
            OSError: `target` cannot be written.
        """


class FolderServer:
    """A folder on this machine."""

    def __init__(self, label: str, folder: Path) -> None:
        self.label = label
        self.folder = folder

    def probe(self, name: str) -> None:
        """See `Server.probe`."""
        if not self.folder.is_dir():
            raise UnreachableError(f"there is no folder {self.folder}")

    def copy(self, name: str, target: Path) -> None:
        """See `Server.copy`."""
        try:
            source = (self.folder / name).open("rb")
        except FileNotFoundError:
            raise LackingError from None
        except OSError as error:
            raise UnreachableError(f"cannot read {error.filename}: {error.strerror}") from None
        with source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)


class WebServer:
    """A folder behind a URL."""

    def __init__(self, label: str, url: str) -> None:
        self.label = label
        self.url = url.rstrip("/") + "/"

    def probe(self, name: str) -> None:
        """See `Server.probe`; never takes longer than `PROBE_SECONDS`, name look-up included."""
        import requests

        answer: list[str] = []

        def ask() -> None:
            try:
                status = requests.head(
                    self.url + name, timeout=PROBE_SECONDS, allow_redirects=True
                ).status_code
                if status in HEADLESS:
                    with requests.get(self.url + name, timeout=PROBE_SECONDS, stream=True) as begun:
                        status = begun.status_code
                answer.append("" if status < 400 or status == 404 else f"it answers {status}")
            except requests.RequestException as error:
                answer.append(_reason(error))

        # A thread, since no timeout covers a look-up of the host's name that hangs.
        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(PROBE_SECONDS)
        if not answer:
            raise UnreachableError(f"no answer within {PROBE_SECONDS:.0f} s")
        if answer[0]:
            raise UnreachableError(answer[0])

    def copy(self, name: str, target: Path) -> None:
        """See `Server.copy`; a broken connection is tried again."""
        import requests
        from pooch import HTTPDownloader

        # The bytes as published: a compressed answer would be unpacked on the way.
        download = HTTPDownloader(
            chunk_size=1 << 16, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
        )
        for attempt in range(1, TRIES + 1):
            try:
                download(self.url + name, str(target), None)
            except requests.HTTPError as error:
                status = 0 if error.response is None else error.response.status_code
                if status == 404:
                    raise LackingError from None
                if status < 500 or attempt == TRIES:
                    raise UnreachableError(f"it answers {status} for {name}") from None
            except requests.RequestException as error:
                if attempt == TRIES:
                    raise UnreachableError(f"{_reason(error)} ({name})") from None
            else:
                return
            time.sleep(attempt)


def obtain(server: Server, name: str, digest: str, target: Path, *, unpacked: bool = False) -> None:
    """Put the file `name` at `target`, verified; `target` is complete and right, or untouched.

    Args:
        server: who is asked.
        name: of the file.
        digest: its sha256.
        target: where it shall lie.
        unpacked: whether that is the sha256 of what the gzip file holds.

    Raises:
        LackingError: the source does not have the file.
        DamagedError: its sha256 is another one, of which the message gives the beginning, or it
            cannot be unpacked.
        UnreachableError: the source does not answer.
        StorageError: the target cannot be written.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        server.copy(name, part)
        found = sha256_of(part, unpacked=unpacked)
        if found != digest:
            is_now = f"sha256 {found[:12]}…" if found else "no whole gzip file"
            raise DamagedError(f"{name} ({is_now}, expected {digest[:12]}…)")
        part.replace(target)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        part.unlink(missing_ok=True)


def storage_error(error: OSError, path: Path) -> StorageError:
    """One line for the user, of what the system said about writing at `path`."""
    return StorageError(f"cannot write {error.filename or path}: {error.strerror or error}")


def _reason(error: Exception) -> str:
    """One short line out of the chain of words that requests makes."""
    import requests

    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if "resolve" in str(error) or "getaddrinfo" in str(error):
        return "its name cannot be resolved (no network?)"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
