"""An SVG as matplotlib writes it, in a third of the bytes, the same to the eye.

Looks become classes, which are written once and have a second set of colours for dark pages; names
are short; coordinates are twentieths of a point, and outlined letters a 256th of their height.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from deepclaims.report.palette import dark, follows

_GLYPH = re.compile(r'<path id="([^"]+)"( d="[^"]*")? transform="scale\(0\.015625\)"/>')
_COARSER = 8  # glyphs come in 64ths of a hundredth of their height
PARTS = 20
"""Units to a point: what is drawn is in whole numbers of them."""

_SIDES = {"x", "y", "x1", "x2", "y1", "y2", "width", "height", "textLength"}
_LENGTH = re.compile(r"((?:stroke-width|stroke-dasharray|stroke-dashoffset|font-size): )([\d., ]+)")
_OUTLINED = re.compile(r"scale\([\d.]+ -[\d.]+\)$")
"""The end of a transformation of letters as outlines, which have units of their own."""

_OF_ALL = (
    f"svg{{stroke-linejoin:round;stroke-width:{PARTS}}}"
    "text{font-family:DejaVu Sans,Verdana,sans-serif}"  # the first that a reader has
)
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
    _tidy(root)
    root.set("viewBox", _finer(root.get("viewBox", "")))
    for each in root:
        _refine(each)
    made = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return _with_classes(made.replace("<svg", "<svg" + _SPACE, 1))


def _tidy(node: Element) -> None:
    """Leave out spaces and what says nothing, and join what is alike, from within outwards."""
    node.text = (node.text or "").strip(" \n")  # spaces of texts do not break
    node.tail = (node.tail or "").strip(" \n")
    children: list[Element] = []
    for child in node:
        _tidy(child)
        if child.tag == "g" and not child.attrib:
            children += child
        elif not _is_nothing(child):
            children.append(child)
    if node.tag in ("svg", "g"):
        children = _shared(_lines(children), "clip-path")
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
        node.set("d", _path(d, PARTS))
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


def _path(d: str, parts: float) -> str:
    """A path in so many parts of its unit, each point told from the one before: fewer digits."""
    made, before, here, start = [], "", (0, 0), (0, 0)
    for command, text in re.findall(r"([MLQCz])([^MLQCz]*)", d):
        if command == "z":
            made.append("z")
            before, here = "z", start
            continue
        given = [round(float(each) * parts) for each in text.split()]
        points = list(zip(given[::2], given[1::2], strict=True))
        origin = (0, 0) if command == "M" else here
        steps = [(x - origin[0], y - origin[1]) for x, y in points]
        if command == "L" and 0 in steps[0]:
            letter, told = ("v" if steps[0][0] == 0 else "h"), str(sum(steps[0]))
        else:
            letter = "M" if command == "M" else command.lower()
            told = " ".join(str(each) for step in steps for each in step)
        made.append((" " if letter == before else letter) + told)
        before, here = letter, points[-1]
        start = here if command == "M" else start
    return "".join(made).replace(" -", "-")


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
        look = found[1].replace("; ", ";").replace(": ", ":").strip(";")
        if look not in looks:
            looks[look] = next(names)
        return f' class="{looks[look]}"'

    head = svg.find(">") + 1
    body = re.sub(r' style="([^"]*)"', named, svg[head:])
    light = _brief("".join(f".{name}{{{look}}}" for look, name in looks.items()))
    return f"{svg[:head]}<style>{_OF_ALL}{light}</style>{_dark_sheet(looks)}{body}"


def _brief(sheet: str) -> str:
    """Colours in three digits where those say it, no zero before a point, no dashes from 0."""
    sheet = re.sub(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3\b", r"#\1\2\3", sheet)
    return re.sub(r"(?<=[:,])0(?=\.)", "", sheet.replace("stroke-dashoffset:0;", ""))


def _dark_sheet(looks: Mapping[str, str]) -> str:
    rules = {"fill:" + dark("#000000"): ["svg"]}
    for look, name in looks.items():
        sides = [each.split(":", 1) for each in look.split(";")]
        changed = ";".join(f"{side}:{dark(value)}" for side, value in sides if follows(value))
        if changed:
            rules.setdefault(changed, []).append(f".{name}")
    sheet = "".join(f"{','.join(names)}{{{rule}}}" for rule, names in rules.items())
    return f"<style>@media (prefers-color-scheme:dark){{{sheet}}}</style>"


def _names() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_letters, repeat=length))
