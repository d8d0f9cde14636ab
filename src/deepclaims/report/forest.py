"""A check as a picture: the measured interval on a line, the bound, and the side that satisfies it.

Drawn as inline SVG so that it follows the page's colours, dark or light, and prints.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from deepclaims.evidence.check import OUTCOMES
from deepclaims.evidence.record import Finding
from deepclaims.report.rounding import number

WIDTH, HEIGHT = 240, 44
_LEFT, _RIGHT, _LINE = 10, WIDTH - 10, 16
_LOG_FROM = 30  # positive numbers further apart than this ratio are drawn on a logarithmic axis


@dataclass(frozen=True)
class _Axis:
    """Positions on the picture of the numbers between `low` and `high`."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def around(cls, numbers: list[float]) -> "_Axis":
        first, last = min(numbers), max(numbers)
        if first > 0 and last / first > _LOG_FROM:
            margin = (last / first) ** 0.15
            return cls(first / margin, last * margin, logarithmic=True)
        margin = 0.18 * (last - first) or 0.5 * abs(last) or 1.0
        return cls(first - margin, last + margin, logarithmic=False)

    def __call__(self, value: float) -> float:
        if self.logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


def interval_plot(finding: Finding, language: str, description: str, scale: float = 1.0) -> Markup:
    """Draw one check.

    Args:
        finding: the check with its bound, and its estimate if there is one.
        language: `es` or `en`, for the numbers.
        description: what a reader who does not see the picture is told.
        scale: what numbers are multiplied by to be in their unit.
    """
    bounds: tuple[float, ...] = (
        finding.bound if isinstance(finding.bound, tuple) else (finding.bound,)
    )
    estimate = finding.estimate
    measured = [] if estimate is None else [estimate.value, estimate.low, estimate.high]
    axis = _Axis.around([each for each in (*bounds, *measured) if math.isfinite(each)])
    parts = [*_satisfied(finding.relation, bounds, axis), *_bounds(bounds, axis, language, scale)]
    if estimate is not None and math.isfinite(estimate.value):
        parts += _interval(estimate.value, estimate.low, estimate.high, axis)
    if axis.logarithmic:
        parts.append(Markup('<text class="scale" x="{}" y="9">log</text>').format(_RIGHT))
    state = OUTCOMES[finding.outcome]
    return Markup(
        '<svg class="forest {}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="axis" d="M{} {}H{}"/>{}</svg>'
    ).format(state, WIDTH, HEIGHT, description, _LEFT, _LINE, _RIGHT, Markup("").join(parts))


def _satisfied(relation: str, bounds: tuple[float, ...], axis: _Axis) -> list[Markup]:
    """The stretches of the axis on which the relation holds."""
    first, last = axis(bounds[0]), axis(bounds[-1])
    match relation:
        case "above":
            stretches = [(first, float(_RIGHT))]
        case "below":
            stretches = [(float(_LEFT), first)]
        case "within":
            stretches = [(first, last)]
        case _:
            stretches = [(float(_LEFT), first), (last, float(_RIGHT))]
    return [
        Markup('<rect class="satisfied" x="{:.1f}" y="6" width="{:.1f}" height="20"/>').format(
            start, end - start
        )
        for start, end in stretches
    ]


def _bounds(bounds: tuple[float, ...], axis: _Axis, language: str, scale: float) -> list[Markup]:
    drawn = []
    bounds = tuple(dict.fromkeys(bounds))  # within [a, a] is one stroke with one label
    apart = len(bounds) == 1 or axis(bounds[1]) - axis(bounds[0]) > 60
    for index, bound in enumerate(bounds):
        x = axis(bound)
        drawn.append(Markup('<path class="bound" d="M{:.1f} 3v26"/>').format(x))
        side = ("end" if index == 0 else "start") if not apart else _anchor(x)
        drawn.append(
            Markup('<text class="bound-label" x="{:.1f}" y="41"{}>{}</text>').format(
                x, _ANCHORED[side], number(scale * bound, language)
            )
        )
    return drawn


_ANCHORED = {"middle": ""} | {side: Markup(f' text-anchor="{side}"') for side in ("start", "end")}
"""Where a label begins at its place or ends there; the style sheet sets it upon its middle."""


def _anchor(x: float) -> str:
    return "start" if x < WIDTH * 0.12 else "end" if x > WIDTH * 0.88 else "middle"


def _interval(value: float, low: float, high: float, axis: _Axis) -> list[Markup]:
    first, last, middle = axis(low), axis(high), axis(value)
    if not math.isfinite(low):
        first = _LEFT
    if not math.isfinite(high):
        last = _RIGHT
    ends = [(low, first, 6), (high, last, -6)] if first < last else []
    caps = "".join(f"M{x:.1f} {_LINE - 5}v10" for end, x, _ in ends if math.isfinite(end))
    drawn = [
        Markup('<path class="interval" d="M{:.1f} {}H{:.1f}{}"/>').format(first, _LINE, last, caps)
    ]
    drawn += [_arrow(x, inward) for end, x, inward in ends if not math.isfinite(end)]
    drawn.append(
        Markup('<circle class="value" cx="{:.1f}" cy="{}" r="4.5"/>').format(middle, _LINE)
    )
    return drawn


def _arrow(x: float, inward: float) -> Markup:
    """The head of an interval that goes on for ever."""
    return Markup('<path class="interval arrow" d="M{:.1f} {}L{:.1f} {}L{:.1f} {}"/>').format(
        x + inward, _LINE - 5, x, _LINE, x + inward, _LINE + 5
    )
