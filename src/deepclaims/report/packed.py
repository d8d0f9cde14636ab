"""A PDF in fewer bytes: its small objects packed into compressed streams, as PDF allows since 1.5.

Typst writes each object as text, and in a tagged document they are nearly half of it. What is a
stream already stays as it is.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

_MANY = 400  # objects to a stream
_END = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)", re.DOTALL)
_ENTRY = re.compile(rb"(\d{10}) \d{5} n")


def packed(pdf: bytes) -> bytes:
    """The same document, of one that Typst wrote."""
    end = _END.search(pdf, pdf.rindex(b"trailer"))
    assert end is not None
    table = int(end[2])
    starts = [*sorted(int(each) for each in _ENTRY.findall(pdf, table)), table]
    made, places, small = bytearray(pdf[: starts[0]]), {}, []
    for start, stop in pairwise(starts):
        number, content = _object(pdf[start:stop])
        if content.endswith(b"endstream"):
            places[number] = (1, len(made), 0)
            made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
        else:
            small.append((number, content))
    following = 1 + max(*places, *(number for number, _ in small))
    for first in range(0, len(small), _MANY):
        some = small[first : first + _MANY]
        places |= {number: (2, following, place) for place, (number, _) in enumerate(some)}
        places[following] = (1, len(made), 0)
        made += b"%d 0 obj\n%b\nendobj\n" % (following, _stream_of(some))
        following += 1
    places[following] = (1, len(made), 0)
    rows = b"".join(
        bytes([kind]) + where.to_bytes(4) + place.to_bytes(2)
        for kind, where, place in (places.get(each, (0, 0, 65535)) for each in range(following + 1))
    )
    kept = re.sub(rb"/Size \d+", b"", end[1])
    told = b"/Type/XRef/Size %d/W[1 4 2]%b" % (following + 1, kept)
    at = len(made)
    made += b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (following, _stream(told, rows), at)
    return bytes(made)


def _object(written: bytes) -> tuple[int, bytes]:
    number, _, content = written.partition(b" 0 obj")
    return int(number), content[: content.rindex(b"endobj")].strip()


def _stream_of(objects: list[tuple[int, bytes]]) -> bytes:
    places, length = [], 0
    for number, content in objects:
        places.append(b"%d %d" % (number, length))
        length += len(content) + 1
    head = b" ".join(places) + b"\n"
    told = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
    return _stream(told, head + b"\n".join(content for _, content in objects))


def _stream(told: bytes, content: bytes) -> bytes:
    deflated = zlib.compress(content, 9)
    head = b"<<%b/Filter/FlateDecode/Length %d>>" % (told, len(deflated))
    return b"%b\nstream\n%b\nendstream" % (head, deflated)
