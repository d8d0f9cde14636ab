"""Figures as files: an SVG for a page, one for a phone, what they show; always the same bytes."""

import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.atomic import write
from deepclaims.errors import StorageError
from deepclaims.languages import LANGUAGES
from deepclaims.report import apart, drawn
from deepclaims.report.narrow import fit
from deepclaims.report.palette import ON_A_PICTURE
from deepclaims.report.slim import slim

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

WIDE, NARROW, DATA = "svg", "narrow.svg", "json"
"""Endings of the files of a figure."""

ENDINGS = (WIDE, NARROW, DATA)
"""Those that it has in each language."""

FOLDER = "figures"
"""Of a report: that of the figures, chapter by chapter."""

SVG_LIMIT = 200_000
"""Bytes beyond which the densest artists of a figure are drawn as pixels inside the SVG."""

DPI = 150
"""Of what is pixels inside an SVG."""

MARGIN = 0.02
"""Inches by which something may stand out of the page, where it is still seen."""

# Artists with more vertices or markers are pixels: the first number always, the next ones only
# while the file is still too large. Axes and ticks have fewer than any of them.
_DENSE = (4_000, 400, 40)


def file_name(name: str, language: str, ending: str) -> str:
    """Name a file of a figure: `<name>.<language>.<ending>`."""
    return f"{name}.{language}.{ending}"


def points_of(name: str) -> str:
    """Name the file of a figure's points, in English as its readers get it: `<name>.csv`."""
    return f"{name}.csv"


def files_of(name: str) -> list[str]:
    """Name all files of a figure."""
    kinds = itertools.product(LANGUAGES, ENDINGS)
    return [points_of(name), *(file_name(name, *kind) for kind in kinds)]


def save(figure: "Figure", folder: Path, name: str, language: str, *, narrow: bool = False) -> None:
    """Write a figure; each file appears whole or not at all.

    That of a page is `<name>.<language>.svg`, and that of a phone `<name>.<language>.narrow.svg`.
    What they show is in `<name>.csv` and, as far as that lacks it, in `<name>.<language>.json`.

    Args:
        figure: as made by `deepclaims.report.style.figure`.
        folder: where to; made if missing.
        name: of the figure, as in the claim's YAML.
        language: `es` (which also writes decimals with a comma on the axes) or `en`.
        narrow: whether it was drawn for a phone.

    Raises:
        StorageError: when the folder cannot be written.
    """
    if language == "es":
        _decimal_commas(figure)
    _typeset(figure)
    _keep_on_pictures(figure)
    if narrow:
        fit(figure)
    else:
        _write_data(drawn.read(figure), folder, name, language)
    _settle(figure)
    write(folder / file_name(name, language, NARROW if narrow else WIDE), svg_bytes(figure))


def shown_in(folder: Path, name: str, language: str) -> drawn.Plot:
    """What a saved figure shows.

    Raises:
        StorageError: when its file is missing or damaged.
    """
    file = folder / file_name(name, language, DATA)
    try:
        content = _read(file)
        if isinstance(content, list):
            file = folder / file_name(name, LANGUAGES[0], DATA)
            content = _said_with(_read(file), iter(content))
        points = folder / points_of(name)
        return apart.whole(content, points.read_text("utf-8") if points.is_file() else "")
    except (OSError, ValueError, TypeError, KeyError, StopIteration) as error:
        raise StorageError(f"cannot read {file} ({error}): run `deepclaims judge` again") from None


def _write_data(shown: drawn.Plot, folder: Path, name: str, language: str) -> None:
    """Write what a figure shows: with the last language its numbers as CSV, for all languages.

    Of that language only the words are beside it, where all else is as in the first.
    """
    first = folder / file_name(name, LANGUAGES[0], DATA)
    if language == LANGUAGES[0]:
        write(first, compact(apart.rest(shown, "")).encode())
        return
    points = shown.csv()
    written: Any = apart.rest(shown, points)
    earlier = shown_in(folder, name, LANGUAGES[0]) if first.is_file() else None
    write(folder / points_of(name), points.encode())  # before what is without its numbers
    if earlier is not None:
        known = apart.rest(earlier, points)
        write(first, compact(known).encode())
        without = [_said_with(each, itertools.repeat("")) for each in (known, written)]
        if without[0] == without[1]:
            written = list(_words(written))
    write(folder / file_name(name, language, DATA), compact(written).encode())


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _words(content: Any) -> Iterator[str]:
    """All texts inside plain data, in order."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list | tuple | dict):
        for each in content.values() if isinstance(content, dict) else content:
            yield from _words(each)


def _said_with(content: Any, words: Iterator[str]) -> Any:
    """The same data with other texts in the place of its own, in order."""
    if isinstance(content, str):
        return next(words)
    if isinstance(content, list | tuple):
        return [_said_with(each, words) for each in content]
    if isinstance(content, dict):
        return {key: _said_with(each, words) for key, each in content.items()}
    return content


def compact(content: object) -> str:
    """JSON on one line; NaN is not written, as JSON has none."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


_INDEXED = re.compile(r"(?<![\w$])([^\W\d_])_(\{[^}]+\}|[^\W_]+)(?![\w_])")


def _typeset(figure: "Figure") -> None:
    """Indices written as text, as W_t, are set as indices."""
    from matplotlib.text import Text

    for written in figure.findobj(Text):
        text = written.get_text()
        if "$" not in text and _INDEXED.search(text):
            written.set_text(_INDEXED.sub(_index, text))


def _index(found: re.Match[str]) -> str:
    base, index = found[1], found[2].strip("{}")
    upright = rf"\mathrm{{{index}}}" if len(index) > 1 and index.isalpha() else index
    return f"${base}_{{{upright}}}$"


def _keep_on_pictures(figure: "Figure") -> None:
    """What is written on an image or a map of colours keeps its colour where the page is dark."""
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import to_hex

    for ax in figure.axes:
        if ax.images or any(isinstance(each, QuadMesh) for each in ax.collections):
            for text in ax.texts:
                colour = to_hex(text.get_color())
                text.set_color(ON_A_PICTURE.get(colour, colour))


def svg_bytes(figure: "Figure") -> bytes:
    """Draw a figure as SVG without dates, below `SVG_LIMIT` wherever rasterising helps."""
    weights = list(_weights(figure))
    for most in _DENSE:
        for weight, artist in weights:
            if weight > most:
                artist.set_rasterized(True)
        drawn = _svg(figure)
        if len(drawn) <= SVG_LIMIT:
            return drawn
    return _svg(figure, DPI // 2)  # pixels that compress badly: fewer of them


def size(svg: str) -> tuple[int, int] | None:
    """Read a figure's width and height, in CSS pixels, from the head of its SVG."""
    head = svg[: svg.find(">", svg.find("<svg")) + 1]
    points = [re.search(rf'\b{side}="([\d.]+)pt"', head) for side in ("width", "height")]
    if None in points:
        return None
    width, height = (round(float(found[1]) * 4 / 3) for found in points if found)
    return width, height


def _settle(figure: "Figure") -> None:
    """Place the panels once; every drawing would do it again and end a hair's breadth elsewhere."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _svg(figure: "Figure", dpi: int = DPI) -> bytes:
    import matplotlib

    from deepclaims.report.lettering import FigureCanvas
    from deepclaims.report.style import STYLE

    backend = f"module://{FigureCanvas.__module__}"
    buffer = io.StringIO()
    with matplotlib.rc_context(dict(STYLE)):
        figure.savefig(
            buffer, format="svg", backend=backend, dpi=dpi, metadata={"Date": None},
            bbox_inches=_whole(figure),
        )  # fmt: skip
    return slim(buffer.getvalue()).encode()


def _whole(figure: "Figure") -> "Bbox | None":
    """The page with what stands out of it, in inches; None where nothing does.

    On a phone a legend or the name of a place can be wider than the page: that page is made larger,
    and nothing is cut off.
    """
    from matplotlib.transforms import Bbox

    page, found = figure.bbox_inches, figure.get_tightbbox()
    whole = Bbox.union([page, found])
    stands_out = max(
        abs(one - other) for one, other in zip(whole.extents, page.extents, strict=True)
    )
    return Bbox.union([page, found.padded(MARGIN)]) if stands_out > MARGIN else None


def _weights(figure: "Figure") -> Iterator[tuple[int, "Artist"]]:
    """Find what can be rasterised, with about how much it writes into an SVG."""
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    for artist in figure.findobj(lambda each: isinstance(each, Line2D | Collection | Patch)):
        yield _weight(artist), artist


def _weight(artist: Any) -> int:
    if hasattr(artist, "get_xdata"):
        return len(artist.get_xdata(orig=False))
    if hasattr(artist, "get_coordinates"):  # a mesh: one path a cell
        return int(artist.get_coordinates().size)
    if hasattr(artist, "get_paths"):
        vertices = sum(len(path.vertices) for path in artist.get_paths())
        return int(max(vertices, len(artist.get_offsets())))
    return len(artist.get_path().vertices)


def _decimal_commas(figure: "Figure") -> None:
    """Write the numbers on the axes as Spanish does: 0,5."""
    from matplotlib.ticker import FixedFormatter, Formatter, FuncFormatter, NullFormatter

    class DecimalComma(Formatter):
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def set_axis(self, axis: Any) -> None:
            super().set_axis(axis)
            self.inner.set_axis(axis)

        def set_locs(self, locs: Any) -> None:
            self.inner.set_locs(locs)

        def get_offset(self) -> str:
            return _comma(self.inner.get_offset())

        def __call__(self, x: float, pos: int | None = None) -> str:
            return _comma(self.inner(x, pos))

    skipped = (FixedFormatter, FuncFormatter, NullFormatter, DecimalComma)
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not isinstance(axis.get_major_formatter(), skipped):
                axis.set_major_formatter(DecimalComma(axis.get_major_formatter()))
            if not isinstance(axis.get_minor_formatter(), skipped):
                axis.set_minor_formatter(DecimalComma(axis.get_minor_formatter()))


def _comma(label: str) -> str:
    separator = "{,}" if "$" in label else ","  # in mathtext a bare comma is followed by a space
    return re.sub(r"(?<=\d)\.(?=\d)", separator, label)
