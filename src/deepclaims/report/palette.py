"""Two palettes of one drawing: the colours of paper, and those of a dark page over them.

A figure is drawn once, in the colours of paper. A style sheet inside the SVG puts others in their
place where the page is dark (`prefers-color-scheme`, which a picture takes from the page it is in).
What reads no style sheets, as a PDF, has the colours of paper.
"""

from __future__ import annotations

from types import MappingProxyType

DARK_INK = "#e6e8ec"

DARK = MappingProxyType(
    {
        "#000000": DARK_INK,
        "#222222": DARK_INK,
        "#333333": "#ccd1d9",
        "#7f7f7f": "#a3a9b3",
        "#808080": "#a3a9b3",
        "#999999": "#8b919c",
        "#bbbbbb": "#69707d",
        "#d9d9d9": "#3b424e",
        "#eeeeee": "#2a303a",
        "#ffffff": "#1c2027",
        "#0072b2": "#4ea6e6",
        "#d55e00": "#ff8a3d",
        "#009e73": "#2fc79b",
        "#cc79a7": "#e79bc6",
        "#56b4e9": "#8fd0f7",
        "#e69f00": "#f2b632",
    }
)
"""Colour of paper -> colour on a dark page; any other stays, as those of a map of colours."""

ON_A_PICTURE = MappingProxyType({"#000000": "#010101", "#222222": "#212121", "#ffffff": "#fefefe"})
"""What is written on a picture keeps its colour with it: the same to the eye, and in no palette."""


def follows(colour: str) -> bool:
    """Whether a colour is another on a dark page."""
    return colour in DARK


def dark(colour: str) -> str:
    """A colour on a dark page."""
    return DARK.get(colour, colour)
