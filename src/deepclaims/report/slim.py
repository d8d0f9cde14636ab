"""An SVG as matplotlib writes it, in a third of the bytes, the same to the eye.

Looks become classes, and what they say is written once, with a second set of colours for dark
pages; names are short; coordinates are tenths of a point, and outlined letters a 256th of their
height; a mark is drawn once, and told the places of a path where it stands.
"""

from __future__ import annotations

import itertools
import math
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from deepclaims.report.palette import dark, follows

_GLYPH = re.compile(r'<path id="([^"]+)"( d="[^"]*")? transform="scale\(0\.015625\)"/>')
_COARSER = 8  # glyphs come in 64ths of a hundredth of their height
Point = tuple[int, int]

PARTS = 10
"""Units to a point: what is drawn is in whole numbers of them."""

_SIDES = {"x", "y", "x1", "x2", "y1", "y2", "width", "height", "textLength"}
_LENGTH = re.compile(r"((?:stroke-width|stroke-dasharray|stroke-dashoffset|font-size): )([\d., ]+)")
_OUTLINED = re.compile(r"scale\([\d.]+ -[\d.]+\)$")
"""The end of a transformation of letters as outlines, which have units of their own."""

_OF_ALL = (
    f"svg{{stroke-linejoin:round;stroke-width:{PARTS}}}"
    "text{font-family:DejaVu Sans,Verdana,sans-serif}"  # the first that a reader has
)
_DOT = re.compile(r"M ([\d.e-]+ [\d.e-]+)\s*L \1\s*")
"""A line of no length; with round ends it is a dot."""

_AS_IT_IS = {"overflow": "visible", "markerUnits": "userSpaceOnUse"}
"""A mark as large as it is drawn, whatever line it stands on."""

_IN_A_ROW = 4
"""Marks from which on a path of their places is shorter than they are."""

_SPACE = ' xmlns="http://www.w3.org/2000/svg"'
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
    svg = svg.replace("xlink:href=", "href=").replace(_SPACE, "", 1)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = _GLYPH.sub(_glyph, svg)
    svg = re.sub(r'(<use href="[^"]+") transform="translate\(([\d.-]+) 0\)"/>', _moved, svg)
    root = ElementTree.fromstring(_renamed(svg))
    _tidy(root, itertools.count())
    root.set("viewBox", _finer(root.get("viewBox", "")))
    for each in root:
        _refine(each)
    made = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return _with_classes(made.replace("<svg", "<svg" + _SPACE, 1))


def _tidy(node: Element, numbers: Iterator[int]) -> None:
    """Leave out spaces and what says nothing, and join what is alike, from within outwards.

    Args:
        node: with all that it holds.
        numbers: for the names of marks.
    """
    node.text = (node.text or "").strip(" \n")  # spaces of texts do not break
    node.tail = (node.tail or "").strip(" \n")
    children: list[Element] = []
    for child in node:
        _tidy(child, numbers)
        if child.tag == "g" and not child.attrib:
            children += child
        elif not _is_nothing(child):
            children.append(child)
    if node.tag in ("svg", "g"):
        children = _shared(_marks(_lines(children), numbers), "clip-path")
    node[:] = children
    if node.tag in ("svg", "g"):
        for each in (node, *node):
            if each.tag in ("svg", "g"):
                each[:] = _shared(list(each), "style")


def _is_nothing(node: Element) -> bool:
    """Whether it is empty, or a ground that nobody sees."""
    return (node.tag in ("g", "defs") and not len(node)) or node.get("style") == "fill: none"


def _lines(nodes: list[Element]) -> list[Element]:
    """Neighbouring lines of one look as one path."""
    made: list[Element] = []
    for node in nodes:
        look = node.get("style", "")
        line = node.tag == "path" and look.startswith("fill: none;") and "opacity" not in look
        if line and made and {**made[-1].attrib, "d": ""} == {**node.attrib, "d": ""}:
            made[-1].set("d", made[-1].get("d", "") + node.get("d", ""))
        else:
            made.append(node)
    return made


def _marks(nodes: list[Element], numbers: Iterator[int]) -> list[Element]:
    """Marks of one look that follow one another as one mark, and the path of their places.

    Each is still drawn on its own, so that those that shine through lie above one another.
    """
    marks: list[Element] = []
    made: list[Element] = []
    for mark, run in itertools.groupby(nodes, _mark):
        alike = list(run)
        if mark is None or len(alike) < _IN_A_ROW:
            made += alike
            continue
        tag, sides = mark[0], dict(mark[1])
        clip = {"clip-path": sides.pop("clip-path")} if "clip-path" in sides else {}
        name = f"m{next(numbers)}"
        one = Element("marker", {"id": name, **_AS_IT_IS})
        one.append(Element(tag, sides))
        marks.append(one)
        look = f"fill: none; marker: url(#{name})"
        d = "M " + " L ".join(map(_place, alike))
        made.append(Element("path", {"d": d, **clip, "style": look}))
    return marks + made


def _mark(node: Element) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """What a symbol or a dot looks like, wherever it stands; None of anything else."""
    sides = dict(node.attrib)
    if node.tag == "use" and "y" in sides:
        del sides["x"], sides["y"]
    elif node.tag == "path" and _DOT.fullmatch(sides.get("d", "")):
        sides["d"] = "M 0 0 L 0 0"
    else:
        return None
    return node.tag, tuple(sides.items())


def _place(mark: Element) -> str:
    dot = _DOT.fullmatch(mark.get("d", ""))
    return dot[1] if dot else f"{mark.get('x')} {mark.get('y')}"


def _shared(nodes: list[Element], side: str) -> list[Element]:
    """Neighbours that have the same side in a group that has it for them."""
    made: list[Element] = []
    for value, run in itertools.groupby(nodes, lambda node: node.get(side)):
        alike = list(run)
        if value is None or len(alike) == 1 or re.search(r"(?<!-)opacity", value):
            made += alike
            continue
        group = Element("g", {side: value})
        for each in alike:
            del each.attrib[side]
            group.extend(each if each.tag == "g" and not each.attrib else [each])
        made.append(group)
    return made


def _refine(node: Element) -> None:
    """Whole numbers of a unit that is a fraction of a point, but within outlined letters."""
    if style := node.get("style"):
        node.set("style", _LENGTH.sub(lambda found: found[1] + _finer(found[2], 1), style))
    for side in _SIDES.intersection(node.keys()):
        node.set(side, _finer(node.get(side, "")))
    if d := node.get("d"):
        node.set("d", _path(d, PARTS, whole="marker" in node.get("style", "")))
    turned = node.get("transform", "")
    outlined = _OUTLINED.search(turned)
    if turned:
        pattern = r"(translate\(|scale\()([^)]*)" if outlined else r"(translate\()([^)]*)"
        node.set("transform", re.sub(pattern, lambda found: found[1] + _finer(found[2], 4), turned))
    if not outlined:
        for each in node:
            _refine(each)


def _finer(numbers: str, places: int = 0) -> str:
    """Points in our units; of `scale`, how many of them."""
    return _NUMBER.sub(lambda found: _short(PARTS * float(found[0]), places), numbers)


def _glyph(found: re.Match[str]) -> str:
    if not found[2]:
        return f'<path id="{found[1]}"/>'
    d = _path(found[2][4:-1], 1 / _COARSER)
    return f'<path id="{found[1]}" d="{d}" transform="scale({_COARSER * 0.015625:g})"/>'


def _moved(found: re.Match[str]) -> str:
    return f'{found[1]} x="{_short(float(found[2]), 1)}"/>'


def _path(d: str, parts: float, *, whole: bool = True) -> str:
    """A path in so many parts of its unit, each point told from the one before: fewer digits.

    Args:
        d: what draws it, in absolute coordinates.
        parts: to a unit.
        whole: whether each of its points stays, also those on a straight line between others.
    """
    made: list[str] = []
    before, here, start = "", (0, 0), (0, 0)
    for command, points in _moves(d, parts, whole=whole):
        if command == "z":
            made.append("z")
            before, here = "z", start
            continue
        steps = [(x - here[0], y - here[1]) for x, y in points]
        if command == "M":
            ways = [_told("M", points), _told("m", steps)]
            made.append(min(ways, key=len) if made else ways[0])
            before = "M"
            start = points[0]
        else:
            straight = command == "L" and 0 in steps[0]
            letter = "hv"[steps[0][0] == 0] if straight else command.lower()
            told = str(sum(steps[0])) if straight else _told("", steps)
            made.append((" " if letter == before else letter) + told)
            before = letter
        here = points[-1]
    return "".join(made).replace(" -", "-")


def _moves(d: str, parts: float, *, whole: bool) -> Iterator[tuple[str, list[Point]]]:
    """The commands of a path with their points, in whole numbers."""
    found = []
    for command, text in re.findall(r"([MLQCz])([^MLQCz]*)", d):
        given = [round(float(each) * parts) for each in text.split()]
        found.append((command, list(zip(given[::2], given[1::2], strict=True))))
    here: Point = (0, 0)
    for command, run in itertools.groupby(found, lambda each: each[0]):
        several = list(run)
        if command == "L" and not whole:
            line = [here, *(point for _, points in several for point in points)]
            several = [("L", [point]) for point in straightened(line)[1:]]
        yield from several
        here = several[-1][1][-1] if several[-1][1] else here


def straightened(line: list[Point]) -> list[Point]:
    """A line without the points that lie on it anyway: less than a unit beside it.

    Douglas and Peucker's way: the farthest point stays, and divides the line.
    """
    kept, parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        (x, y), (u, v) = line[first], line[last]
        along, length = (u - x, v - y), math.hypot(u - x, v - y)
        far, where = 0.0, first
        for index in range(first + 1, last):
            across, up = line[index][0] - x, line[index][1] - y
            share = (across * along[0] + up * along[1]) / length if length else 0.0
            if 0 < share < length:
                beside = abs(across * along[1] - up * along[0]) / length
            else:
                beside = min(math.hypot(across, up), math.dist(line[index], (u, v)))
            if beside > far:
                far, where = beside, index
        if far >= 1:
            kept.add(where)
            parts += [(first, where), (where, last)]
    return [line[index] for index in sorted(kept)]


def _told(letter: str, points: Iterable[Point]) -> str:
    return letter + " ".join(str(each) for point in points for each in point).replace(" -", "-")


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
        look = re.sub(r"(?<=[;:]) |; stroke-dashoffset: 0|;$", "", found[1])
        if look not in looks:
            looks[look] = next(names)
        return f' class="{looks[look]}"'

    head = svg.find(">") + 1
    body = re.sub(r' style="([^"]*)"', named, svg[head:])
    light = _OF_ALL + _brief(_sheet(looks, lambda side: side))
    paper = "svg{fill:" + dark("#000000") + "}"
    night = f"@media (prefers-color-scheme:dark){{{paper}{_brief(_sheet(looks, _at_night))}}}"
    return f"{svg[:head]}<style>{light}</style><style>{night}</style>{body}"


def _sheet(looks: Mapping[str, str], told: Callable[[str], str]) -> str:
    """The looks as rules, each side of theirs said once for all that have it."""
    having: dict[str, list[str]] = {}
    for look, name in looks.items():
        for side in filter(None, map(told, look.split(";"))):
            having.setdefault(side, []).append(f".{name}")
    rules: dict[str, list[str]] = {}
    for side, names in having.items():
        rules.setdefault(",".join(names), []).append(side)
    return "".join(f"{names}{{{';'.join(sides)}}}" for names, sides in rules.items())


def _at_night(side: str) -> str:
    """One side of a look as it is on a dark page; "" where it stays."""
    name, value = side.split(":", 1)
    return f"{name}:{dark(value)}" if follows(value) else ""


def _brief(sheet: str) -> str:
    """Colours in three digits where those say it, no zero before a point."""
    sheet = re.sub(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3\b", r"#\1\2\3", sheet)
    return re.sub(r"(?<=[:,])0(?=\.)", "", sheet)


def _names() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_letters, repeat=length))
