"""An SVG as matplotlib writes it, in a third of the bytes, the same to the eye.

Looks become classes, which are written once and have a second set of colours for dark pages; names
are short; coordinates have hundredths of a point, and glyphs a 256th of their height.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from deepclaims.report.palette import dark, follows

_GLYPH = re.compile(r'<path id="([^"]+)"( d="[^"]*")? transform="scale\(0\.015625\)"/>')
_COARSER = 8  # glyphs come in 64ths of a hundredth of their height
_LINEJOIN = "*{stroke-linejoin:round;stroke-linecap:butt}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def slim(svg: str) -> str:
    """The same drawing, smaller, and able to follow a dark page.

    Raises:
        ParseError: of `xml.etree`, where what comes out would not be well-formed.
    """
    svg = svg[svg.index("<svg") :]
    for left_out in (
        r"<metadata>.*?</metadata>",
        r"<!--.*?-->",
        r'<style type="text/css">.*?</style>',
        r"<g id=\"[^\"]*\"/>",
    ):
        svg = re.sub(left_out, "", svg, flags=re.DOTALL)
    svg = svg.replace("xlink:href=", "href=")
    svg = _GLYPH.sub(_glyph, svg)
    svg = re.sub(r'(<use href="[^"]+") transform="translate\(([\d.-]+) 0\)"/>', _moved, svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda d: _path(d[0], 1), svg)
    svg = re.sub(r'(?<= transform=")[^"]*', lambda t: _rounded(t[0], 4), svg)
    svg = re.sub(r' (x|y|x1|x2|y1|y2|width|height)="([\d.e-]+)"', _side, svg)
    svg = _renamed(svg)
    svg = re.sub(r">\s+<", "><", svg)
    svg = re.sub(r"<g>(<(?:use|path)[^<>]*/>)</g>", r"\1", svg)
    svg = svg.replace("<defs></defs>", "").replace("<defs/>", "")
    svg = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", svg)  # grounds that nobody sees
    made = _with_classes(_flat(svg))
    ElementTree.fromstring(made)  # no browser shows one that is not well-formed
    return made


def _flat(svg: str) -> str:
    """Without groups that say nothing, or have nothing in them."""
    kept: list[str] = []
    speaks: list[bool] = []
    for piece in re.split(r"(</?g\b[^>]*>)", svg):
        if piece.startswith("<g") and piece.endswith("/>"):
            continue
        if piece == "</g>":
            kept.append(piece if speaks.pop() else "")
        elif piece.startswith("<g"):
            speaks.append(piece != "<g>")
            kept.append(piece if speaks[-1] else "")
        else:
            kept.append(piece)
    return "".join(kept)


def _glyph(found: re.Match[str]) -> str:
    if not found[2]:
        return f'<path id="{found[1]}"/>'
    d = _relative(_path(found[2][4:-1], _COARSER))
    return f'<path id="{found[1]}" d="{d}" transform="scale({_COARSER * 0.015625:g})"/>'


def _moved(found: re.Match[str]) -> str:
    return f'{found[1]} x="{_short(float(found[2]), 1)}"/>'


def _side(found: re.Match[str]) -> str:
    return f' {found[1]}="{_short(float(found[2]), 2)}"'


def _path(d: str, coarser: int) -> str:
    """Coordinates without spare spaces; hundredths, or whole numbers where made coarser."""
    places = 2 if coarser == 1 else 0
    text = _NUMBER.sub(lambda n: _short(float(n[0]) / coarser, places), d)
    text = re.sub(r"\s*([A-Za-z])\s*", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def _relative(d: str) -> str:
    """A path of whole numbers, each point told from the one before: fewer digits."""
    made, here, start = [], (0, 0), (0, 0)
    for command, text in re.findall(r"([MLQz])([^MLQz]*)", d):
        if command == "z":
            made.append("z")
            here = start
            continue
        given = [int(each) for each in text.split()]
        points = list(zip(given[::2], given[1::2], strict=True))
        steps = [(x - here[0], y - here[1]) for x, y in points]
        if command == "L" and steps[0][1] == 0:
            made.append(f"h{steps[0][0]}")
        elif command == "L" and steps[0][0] == 0:
            made.append(f"v{steps[0][1]}")
        else:
            told = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
            made.append(command.lower() + told)
        here = points[-1]
        start = here if command == "M" else start
    return "".join(made)


def _rounded(text: str, places: int) -> str:
    return _NUMBER.sub(lambda n: _short(float(n[0]), places if abs(float(n[0])) < 1 else 2), text)


def _short(number: float, places: int) -> str:
    text = f"{number:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _renamed(svg: str) -> str:
    """Short names for what is referred to, and none for what is not."""
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
    wanted = {one or other for one, other in used}
    order = dict.fromkeys(each for each in re.findall(r' id="([^"]+)"', svg) if each in wanted)
    names = dict(zip(order, _names(), strict=False))
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", svg)
    svg = re.sub(r'href="#([^"]+)"', lambda m: f'href="#{names.get(m[1], m[1])}"', svg)
    return re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{names.get(m[1], m[1])})", svg)


def _with_classes(svg: str) -> str:
    """Each look written once, as a class, with its dark one where it has another."""
    looks: dict[str, str] = {}
    names = _names()

    def named(found: re.Match[str]) -> str:
        look = found[1].replace("; ", ";").replace(": ", ":").rstrip(";")
        if look not in looks:
            looks[look] = next(names)
        return f' class="{looks[look]}"'

    head = svg.find(">") + 1
    body = re.sub(r' style="([^"]*)"', named, svg[head:])
    light = "".join(f".{name}{{{look}}}" for look, name in looks.items())
    return f"{svg[:head]}<style>{_LINEJOIN}{light}</style>{_dark_sheet(looks)}{body}"


def _dark_sheet(looks: Mapping[str, str]) -> str:
    rules = ["svg{fill:" + dark("#000000") + "}"]
    for look, name in looks.items():
        sides = [each.split(":", 1) for each in look.split(";")]
        changed = ";".join(f"{side}:{dark(value)}" for side, value in sides if follows(value))
        if changed:
            rules.append(f".{name}{{{changed}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def _names() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_letters, repeat=length))
