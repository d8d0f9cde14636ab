"""A curve as small as a word: how a training loss falls, in a row of a table."""

import math
from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 60, 18


def sparkline(values: Sequence[float], description: str) -> Markup:
    """Draw values from left to right, logarithmically where all are positive.

    Args:
        values: at steps that are evenly apart.
        description: what a reader who does not see the picture is told.
    """
    if len(values) < 2:
        return Markup()
    heights = [math.log(each) for each in values] if min(values) > 0 else list(values)
    low, high = min(heights), max(heights)
    span = (high - low) or 1.0
    across, down = (WIDTH - 2) / (len(values) - 1), HEIGHT - 2
    points = " ".join(
        f"{1 + i * across:.0f},{1 + down * (high - each) / span:.0f}"
        for i, each in enumerate(heights)
    )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>'
    ).format(WIDTH, HEIGHT, description, points)
