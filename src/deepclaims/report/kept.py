"""Pages that the last publication made of the same are taken from it, not made again.

Of each page a file tells the hash of all that decided it, and the hash of the page: one that was
changed by hand, or made of anything else, is made anew. Without that file all are. It holds the
texts that pandoc converted, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deepclaims import atomic


class Pages:
    """The pages of a report as it was last published.

    Args:
        reports: the folder of the report.
        file: what is told of its pages; nothing is kept if None.
        stamps: by claim, a hash of all files that its page is made from.
        code: a hash of what turns them into pages: code, templates, words, versions.
    """

    def __init__(
        self, reports: Path, file: Path | None, stamps: Mapping[str, str], code: str
    ) -> None:
        self._reports, self._file, self._stamps, self._code = reports, file, stamps, code
        known = _read(file)
        self._pages, self._texts = _table(known, "pages"), _table(known, "texts")
        self._told: dict[str, tuple[str, str]] = {}
        self._asked: dict[str, list[str]] = {}

    def page(self, path: str, claims: tuple[str, ...], common: str, make: Callable[[], str]) -> str:
        """The page at a path of the report: as published, where it would be the same.

        Args:
            path: relative to the report's folder.
            claims: all that it is about, its neighbours included.
            common: a hash of what else it shows.
            make: makes it.
        """
        if self._file is None:
            return make()
        deciding = [self._code, common, [(name, self._stamps[name]) for name in claims]]
        key = _hash(json.dumps(deciding))
        page = self._published(path, key)
        if page is None:
            page = make()
        self._told[path] = key, _hash(page)
        return page

    def text(self, source: str, made_by: str, make: Callable[[], str]) -> str:
        """What becomes of a text, as at the last publication where it would be the same.

        Args:
            source: the text.
            made_by: what makes something else of it, with version and options.
            make: does so.
        """
        if self._file is None:
            return make()
        key = _hash(json.dumps([made_by, source]))
        known = self._texts.get(key)
        if not (isinstance(known, list) and known and known[1:] == [_hash(str(known[0]))]):
            made = make()
            known = [made, _hash(made)]
        self._asked[key] = known
        return str(known[0])

    def write(self) -> None:
        """Tell what decided the pages that were asked for, once they are published."""
        if self._file is not None:
            told = {"pages": self._told, "texts": self._asked}
            atomic.update(self._file, atomic.json_text(told))

    def _published(self, path: str, key: str) -> str | None:
        known = self._pages.get(path)
        if not (isinstance(known, list) and known[:1] == [key]):
            return None
        try:
            page = (self._reports / path).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        return page if known[1:] == [_hash(page)] else None


def _read(file: Path | None) -> dict[str, Any]:
    try:
        known = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _table(known: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = known.get(name)
    return found if isinstance(found, dict) else {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


NONE = Pages(Path(), None, {}, "")
"""No report was published: every page is made."""
