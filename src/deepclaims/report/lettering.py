"""A canvas of matplotlib whose SVG has its texts as text: searchable, and a fraction of the bytes.

A picture in a page loads no font: a text is set in DejaVu Sans where the reader has it, and in a
relative elsewhere. So that nothing moves with the font, each text is as long as it was measured in
DejaVu Sans (`textLength`), and each sign of a formula stands where it was measured. Formulas with
signs that other fonts lack or set elsewhere (accents, roots, large operators) stay outlines.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.font_manager import ttfFontProperty, weight_dict
from matplotlib.mathtext import MathTextParser
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox, Transform
    from numpy.typing import NDArray

FAMILY = "DejaVu Sans"
"""The font in which texts are measured; it ships with matplotlib."""

_FORMULAS: Any = MathTextParser("path")
_NORMAL = 400
_LINE = [Path.MOVETO, Path.LINETO]
_CORNERS = 7  # of a mark that is written again at each of its places
_SPACED = 5  # signs; the width of a short text is mended between its signs
_AXIS = "matplotlib.axis"


class _Sign(NamedTuple):
    """A sign of a formula: what it is, where from the formula's left end, and its look."""

    x: float
    y: float
    written: str
    look: str


class Lettering(RendererSVG):
    """Matplotlib's renderer, but for texts, and for the grid and the ticks of an axis.

    Those of one look are one path, written when the axis is done.
    """

    _strokes: dict[Any, tuple[GraphicsContextBase, list[Path]]] | None = None

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin to gather, where the group is an axis."""
        super().open_group(s, gid)
        if s == _AXIS:
            self._strokes = {}

    def close_group(self, s: str) -> None:
        """Write what was gathered, where the group is an axis."""
        if s == _AXIS and self._strokes is not None:
            strokes, self._strokes = self._strokes, None
            for gc, paths in strokes.values():
                self.draw_path(gc, _compound(paths), IdentityTransform())
        super().close_group(s)

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None
    ) -> None:
        """Draw a path, or gather it."""
        if self._strokes is None or rgbFace is not None:
            super().draw_path(gc, path, transform, rgbFace)
        else:
            self._gather(gc, transform.transform_path(path))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,
    ) -> None:
        """Draw a marker at each point of a path: as one path, where they are plain enough.

        Those are lines, and what is of one colour, so that it does not matter which lies above.
        """
        places = _points(trans.transform_path(path))
        places = places[np.isfinite(places).all(axis=1)]
        mark = marker_trans.transform_path(marker_path)
        width = _dot(gc, mark, rgbFace)
        plain = len(mark) == len(_LINE) or (len(mark) <= _CORNERS and _is_of_one(gc, rgbFace))
        hides = _alpha(gc) == 1
        if not len(places) or not (width or (plain and hides)):
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        own: Any = self.new_gc()
        face = None if len(mark) == len(_LINE) else rgbFace
        own.copy_properties(gc)
        if width:  # a line of no length with round ends
            own.set_alpha(None)
            own.set_foreground((*gc.get_rgb()[:3], _alpha(gc)), isRGBA=True)
            own.set_linewidth(width)
            own.set_capstyle("round")
            mark, face = Path(np.zeros((2, 2)), _LINE), None
        marks = [Path(_points(mark) + place, mark.codes) for place in places]
        for each in [_compound(marks)] if hides else marks:
            self.draw_path(own, each, IdentityTransform(), face)

    def _gather(self, gc: GraphicsContextBase, path: Path) -> None:
        assert self._strokes is not None
        clip = gc.get_clip_rectangle()
        look = (gc.get_rgb(), gc.get_linewidth(), str(gc.get_dashes()), gc.get_capstyle(),
                clip and clip.bounds)  # fmt: skip
        if look not in self._strokes:
            own = self.new_gc()
            own.copy_properties(gc)
            self._strokes[look] = own, []
        self._strokes[look][1].append(path)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write one line at its left end: as text, where that looks the same in any font."""
        signs, bars = _formula(s, prop) if ismath else ((), ())
        if (ismath and not signs) or gc.get_clip_rectangle() is not None:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        place = {"transform": f"translate({x:.1f} {y:.1f})rotate({-angle:g})"} if angle else {}
        left, base = (0.0, 0.0) if angle else (x, y)
        if signs:
            self._write_formula(signs, place, _ink(gc), left, base)
        else:
            length = self.get_text_width_height_descent(s, prop, False)[0]
            if not angle:
                place |= {"x": _short(x), "y": _short(y)}
            if len(s) > 1:
                place["textLength"] = _short(length)
            if len(s) > _SPACED:
                place["lengthAdjust"] = "spacingAndGlyphs"
            look = _look(prop.get_size_in_points(), prop.get_weight(), prop.get_style())
            spaced = re.sub("^ | $|(?<= ) ", "\u00a0", s)
            self.writer.element("text", spaced, attrib={**place, "style": look + _ink(gc)})
        for bar in bars:
            self._write_bar(bar, place, _ink(gc), left, base)

    def _write_formula(
        self, signs: tuple[_Sign, ...], place: dict[str, str], ink: str, left: float, base: float
    ) -> None:
        """Each sign at its own place; those of one look and height in one piece."""
        runs = [list(run) for _, run in itertools.groupby(signs, lambda each: (each.look, each.y))]
        own = runs[0][0].look
        across = " ".join(_short(left + each.x) for each in signs)
        place = {**place, "x": across, "y": _short(base - runs[0][0].y)}
        self.writer.start("text", attrib={**place, "style": own + ink})
        for position, run in enumerate(runs):
            text = "".join(each.written for each in run)
            if position == 0:
                self.writer.data(text)
                continue
            style = {} if run[0].look == own else {"style": run[0].look}
            self.writer.element("tspan", text, attrib={"y": _short(base - run[0].y), **style})
        self.writer.end("text")

    def _write_bar(
        self,
        bar: tuple[float, float, float, float],
        place: dict[str, str],
        ink: str,
        left: float,
        base: float,
    ) -> None:
        """The bar of a fraction."""
        x, y, width, height = bar
        sides = {"x": left + x, "y": base - y - height, "width": width, "height": height}
        told = {side: f"{value:.2f}" for side, value in sides.items()}
        self.writer.element("rect", attrib={**place, **told, "style": ink.removeprefix("; ")})


class FigureCanvas(FigureCanvasSVG):
    """A canvas that writes so; `savefig(backend="module://…")` finds it by its name."""

    def print_svg(
        self,
        filename: Any,
        *,
        bbox_inches_restore: Bbox | None = None,
        metadata: Any = None,
        **_: Any,
    ) -> None:
        """Write the figure, as matplotlib does, into an open file."""
        figure, dpi = self.figure, self.figure.dpi
        if not isinstance(filename, io.TextIOBase):  # to be measured, matplotlib draws into bytes
            filename = codecs.getwriter("utf-8")(filename)
        figure.dpi = self.fixed_dpi
        width, height = figure.get_size_inches()
        lettering = Lettering(
            width * figure.dpi, height * figure.dpi, filename, image_dpi=dpi, metadata=metadata
        )
        renderer: Any = MixedModeRenderer(
            figure, width, height, dpi, lettering, bbox_inches_restore=bbox_inches_restore
        )
        figure.draw(renderer)
        renderer.finalize()


def _compound(paths: list[Path]) -> Path:
    """Paths as one, none of its points left out."""
    made = Path.make_compound_path(*paths)
    made.should_simplify = False
    return made


def _points(path: Path) -> NDArray[np.float64]:
    return np.asarray(path.vertices, dtype=float)


def _alpha(gc: GraphicsContextBase) -> float:
    return float(gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3])


def _is_of_one(gc: GraphicsContextBase, face: Any) -> bool:
    """Whether edge and face have the same colour, and shine through alike."""
    if face is None:
        return False
    alpha = gc.get_alpha() if gc.get_forced_alpha() else (*face[3:], 1.0)[0]
    return tuple(face[:3]) == tuple(gc.get_rgb()[:3]) and alpha == _alpha(gc)


def _dot(gc: GraphicsContextBase, mark: Path, face: Any) -> float | None:
    """The width of a mark that is a round dot of one colour, in points; None of any other."""
    if len(mark) != len(Path.unit_circle()) or not gc.get_linewidth() or not _is_of_one(gc, face):
        return None
    apart = np.hypot(*_points(mark)[:-1:3].T)
    return float(2 * apart[0]) + gc.get_linewidth() if np.allclose(apart, apart[0]) else None


def _formula(
    text: str, prop: FontProperties
) -> tuple[tuple[_Sign, ...], tuple[tuple[float, float, float, float], ...]]:
    """The signs of a formula from left to right, and its bars; none where it is to be outlined."""
    parsed: Any = _FORMULAS.parse(text, 72, prop)
    signs = []
    for font, size, code, _, x, y in parsed.glyphs:
        sign = chr(code).replace(" ", "\u00a0")
        if font.family_name != FAMILY or unicodedata.combining(sign):
            return (), ()
        face = ttfFontProperty(font)
        signs.append(_Sign(float(x), float(y), sign, _look(size, face.weight, face.style)))
    bars = tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in parsed.rects)
    return tuple(sorted(signs)), bars


def _look(size: float, weight: Any, style: str) -> str:
    heavy = int(weight_dict.get(weight, weight))
    look = f"font-size: {size:.3g}px"
    look += f"; font-weight: {heavy}" if heavy != _NORMAL else ""
    return look + ("; font-style: italic" if style != "normal" else "")


def _ink(gc: GraphicsContextBase) -> str:
    colour, alpha = rgb2hex(gc.get_rgb()), _alpha(gc)
    ink = f"; fill: {colour}" if colour != "#000000" else ""
    return ink + (f"; opacity: {alpha:g}" if alpha != 1 else "")


def _short(points: float) -> str:
    return f"{points:.1f}".removesuffix(".0")
