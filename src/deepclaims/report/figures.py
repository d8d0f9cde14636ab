"""Figures as files: a light SVG for the page, a PNG for slides, the same bytes every time."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.atomic import write

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

SVG_LIMIT = 300_000
"""Bytes beyond which the densest artists of a figure are drawn as pixels inside the SVG."""

PNG_DPI = 150

# Artists with more vertices or markers are pixels: the first number always, the next ones only
# while the file is still too large. Axes and ticks have fewer than any of them.
_DENSE = (4_000, 400, 40)


def file_name(name: str, language: str, ending: str) -> str:
    """Name the file of a figure: `<name>.<language>.<ending>`."""
    return f"{name}.{language}.{ending}"


def save(figure: "Figure", folder: Path, name: str, language: str) -> tuple[Path, Path]:
    """Write a figure as `<name>.<language>.svg` and `.png`; each file appears whole or not at all.

    Args:
        figure: as made by `deepclaims.report.style.figure`.
        folder: where to; made if missing.
        name: of the figure, as in the claim's YAML.
        language: `es` (which also writes decimals with a comma on the axes) or `en`.

    Returns:
        The paths of the SVG and the PNG.

    Raises:
        StorageError: when the folder cannot be written.
    """
    if language == "es":
        _decimal_commas(figure)
    _settle(figure)
    svg = folder / file_name(name, language, "svg")
    png = folder / file_name(name, language, "png")
    write(svg, svg_bytes(figure))
    write(png, png_bytes(figure))
    return svg, png


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
    return _svg(figure, PNG_DPI // 2)  # pixels that compress badly: fewer of them


def png_bytes(figure: "Figure") -> bytes:
    """Draw a figure as PNG at 150 dpi, with a palette where the colours fit into one."""
    from PIL import Image

    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=PNG_DPI)
    width, height = (int(inches * PNG_DPI) for inches in figure.get_size_inches())
    image = Image.frombytes("RGBA", (width, height), raw.getvalue()).convert("RGB")
    colours = image.getcolors(maxcolors=4096)
    if colours is not None:  # lines and text; photographs and colour maps keep their full colours
        image = image.quantize(256, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    image.save(packed, format="PNG", optimize=True, dpi=(PNG_DPI, PNG_DPI))
    return packed.getvalue()


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


def _svg(figure: "Figure", dpi: int = PNG_DPI) -> bytes:
    import matplotlib

    from deepclaims.report.style import STYLE

    buffer = io.StringIO()
    with matplotlib.rc_context(dict(STYLE)):
        figure.savefig(buffer, format="svg", dpi=dpi, metadata={"Date": None})
    return _slim(buffer.getvalue()).encode()


def _slim(svg: str) -> str:
    """Round path coordinates to hundredths of a point: a third of the bytes, no visible change."""
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, count=1, flags=re.DOTALL)
    return re.sub(r'(?<= d=")[^"]*', _round_path, svg)


def _round_path(match: re.Match[str]) -> str:
    rounded = re.sub(r"-?\d+\.\d+", lambda number: _hundredths(number[0]), match[0])
    return re.sub(r"\s+", " ", rounded).strip()


def _hundredths(number: str) -> str:
    short = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


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
