"""All works that the claims cite, as BibTeX, from the citations of their files.

A citation is `Authors Year, Title, Venue`, with the venue left out where there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deepclaims.evidence.record import EvidenceRecord

_CITATION = re.compile(r"^(?P<authors>.+?),?[ :](?P<year>\d{4}),? *(?P<rest>.*)$")
_ARXIV = re.compile(r"arXiv[: ](\d{4}\.\d{4,5})")
_VENUE = re.compile(r", (?=[A-Z0-9][^,]*(?:, (?:ch|chapter)\b.*)?$|arXiv)")


@dataclass(frozen=True)
class Work:
    """A work that is cited.

    Args:
        authors: as cited, `et al.` included.
        year: four digits.
        title: of the work; the whole citation after the year where it names no venue.
        venue: journal, conference or publisher; empty if none is named.
    """

    authors: str
    year: str
    title: str
    venue: str = ""

    @classmethod
    def read(cls, citation: str) -> Work | None:
        """The work that a citation names; none where it has no year."""
        found = _CITATION.match(" ".join(citation.split()))
        if found is None or not found["rest"]:
            return None
        parts = _VENUE.split(found["rest"], maxsplit=1)
        return cls(found["authors"], found["year"], parts[0], *parts[1:2])

    @property
    def key(self) -> str:
        """Its BibTeX key: first author, year, first long word of the title."""
        first = re.split(r",| & | and | et al", self.authors)[0].split()[-1]
        words = [word for word in re.findall(r"\w+", self.title) if len(word) > 3] or ["work"]
        return _ascii(first + self.year + words[0]).lower()

    @property
    def bibtex(self) -> str:
        """Its entry."""
        names = re.sub(r",? et al\.?", ", others", self.authors)
        authors = [name.strip() for name in re.split(r",| & | and ", names) if name.strip()]
        fields = {"author": " and ".join(authors), "title": f"{{{self.title}}}", "year": self.year}
        if preprint := _ARXIV.search(self.venue):
            fields |= {"eprint": preprint[1], "eprinttype": "arxiv"}
        elif self.venue:
            fields["howpublished"] = self.venue
        lines = "".join(f"  {name} = {{{_escaped(text)}}},\n" for name, text in fields.items())
        return f"@misc{{{self.key},\n{lines}}}\n"


def cited(records: Iterable[EvidenceRecord]) -> Mapping[str, Work]:
    """The works that claims cite, by key, in the order of the keys."""
    found: dict[str, Work] = {}
    for record in records:
        for citation in (record.claim.get("source") or {}).get("cites") or ():
            if work := Work.read(str(citation)):
                known = found.get(work.key)
                if known is None or len(work.venue) > len(known.venue):
                    found[work.key] = work
    return dict(sorted(found.items()))


def bibtex(records: Iterable[EvidenceRecord]) -> str:
    """The bibliography of a report."""
    return "\n".join(work.bibtex for work in cited(records).values())


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]", "", plain)


def _escaped(text: str) -> str:
    return re.sub(r"([&%#_])", r"\\\1", text)
