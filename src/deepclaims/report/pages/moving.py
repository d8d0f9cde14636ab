"""Pictures that move where moving explains, in Vega-Lite: closed forms with sliders.

Each formula is written once, in the expression that the browser computes; the still picture beside
it is a figure of the claim that measures the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepclaims.atomic import json_text
from deepclaims.report.pages.edition import Edition
from deepclaims.report.words import Words

SCRIPTS = ("static/vega/vega.min.js", "static/vega/vega-lite.min.js", "static/pictures.js")
LICENCES = ("static/vega/LICENSE", "static/vega/VERSIONS.txt")
SYMBOLS = {"alpha": "α", "beta": "β", "noise": "σ²", "start": "t₀"}
"""What pages call a constant that formulas cannot name so."""
Spec = dict[str, Any]


@dataclass(frozen=True)
class Slider:
    """A constant that the reader moves: its name in the formulas, start, ends and step."""

    name: str
    start: float
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Picture:
    """A picture that moves.

    Args:
        id: of its words, `moving_<id>` and `moving_<id>_text`.
        sliders: what moves.
        x: start, stop and step of the horizontal axis.
        formula: of y at `datum.x`, one a curve, as Vega expressions.
        claim: whose figure stands still in its place, and that figure.
        still: the figure's name.
        mark: how y is drawn.
        log: whether y is logarithmic.
        labels: expression of a label at `datum.x`, empty where there is none.
    """

    id: str
    sliders: Sequence[Slider]
    x: tuple[float, float, float]
    formula: Sequence[str]
    claim: str
    still: str
    mark: str = "line"
    log: bool = False
    labels: str = ""


PERIOD = 0.8
"""Seconds between the beats of the made-up ECG; every fifth is an ectopic one."""
NORMAL = ((0.12, 0.18, 0.025), (-0.12, 0.35, 0.01), (1.1, 0.375, 0.012), (-0.25, 0.4, 0.012),
          (0.3, 0.62, 0.05))  # fmt: skip
ECTOPIC = ((1.4, 0.3, 0.05), (-0.6, 0.5, 0.08))
"""Waves of a beat: height in mV, place and width in seconds, as McSharry et al. 2003 add them."""
IS_ECTOPIC = f"floor((datum.x+start)/{PERIOD})%5 == 3"


def beat(waves: Sequence[tuple[float, float, float]]) -> str:
    """A beat as the sum of its waves, at `datum.x` seconds after `start`."""
    at = f"((datum.x+start)%{PERIOD})"
    return " + ".join(
        f"({height})*exp(-pow(({at}-{place})/{width},2))" for height, place, width in waves
    )


PICTURES = (
    Picture(
        "ball",
        (Slider("alpha", 0.1, 0.01, 1.9, 0.01), Slider("B", 1, 1, 64, 1)),
        (0.01, 1.95, 0.01),
        ("datum.x/(B*(2-datum.x))", "alpha/(B*(2-alpha))"),
        "minibatch-shrinks-ball",
        "ball",
        log=True,
    ),
    Picture(
        "momentum",
        (Slider("beta", 0.9, 0.0, 0.99, 0.01),),
        (0.01, 1.95, 0.01),
        ("datum.x/(2-datum.x)", "datum.x*(1+beta)/(2*(1+beta)-datum.x*(1-beta))"),
        "momentum-lowers-ball",
        "ball",
        log=True,
    ),
    Picture(
        "bias",
        (Slider("beta", 0.9, 0.0, 0.99, 0.01),),
        (1, 61, 1),
        ("1-pow(beta,datum.x)", "1"),
        "momentum-bias-correction",
        "start",
        mark="line",
    ),
    Picture(
        "descent",
        (Slider("noise", 0.2, 0.01, 1.0, 0.01),),
        (0.1, 5.0, 0.02),
        (
            "datum.x < 1 ? noise*datum.x/max(1-datum.x, 0.01)"
            " : noise/max(datum.x-1, 0.01) + 1 - 1/datum.x",
        ),
        "double-descent-width",
        "features",
        log=True,
    ),
    Picture(
        "receptive",
        (Slider("k", 3, 2, 9, 1), Slider("d", 2, 1, 4, 1)),
        (0, 9, 1),
        ("1+(k-1)*(d == 1 ? datum.x : (pow(d,datum.x)-1)/(d-1))",),
        "memory-beyond-kernel",
        "distance",
        mark="bar",
    ),
    Picture(
        "convolution",
        (Slider("k", 3, 1, 11, 1), Slider("s", 1, 1, 4, 1), Slider("p", 0, 0, 5, 1)),
        (1, 33, 1),
        ("max(floor((datum.x+2*p-k)/s)+1, 0)",),
        "convolution-arithmetic",
        "dimensions",
        mark="bar",
    ),
    Picture(
        "gates",
        (Slider("f", 0.95, 0.0, 1.0, 0.01), Slider("i", 1.0, 0.0, 1.0, 0.01)),
        (0, 51, 1),
        ("i*pow(f,datum.x)", "1-2/(1+exp(2*i*pow(f,datum.x)))"),
        "lstm-equations",
        "gates",
    ),
    Picture(
        "strip",
        (Slider("start", 0, 0, 26, 0.2),),
        (0, 4, 0.005),
        (f"{IS_ECTOPIC} ? {beat(ECTOPIC)} : {beat(NORMAL)}",),
        "ecg-inter-patient",
        "strips",
        labels=f"{IS_ECTOPIC} ? 'V' : 'N'",
    ),
)


def spec(picture: Picture, words: Words, points: Sequence[Mapping[str, float]] = ()) -> Spec:
    """The picture in Vega-Lite.

    Args:
        picture: it.
        words: names of axes and curves.
        points: measured ones to lay over the curves: `x`, `y`, and `at`, the value of the first
            slider that each belongs to.
    """
    across, up = words(f"moving_{picture.id}_axes").split(" | ")
    names = words(f"moving_{picture.id}_curves").split(" | ")
    start, stop, step = picture.x
    scale = {"type": "log"} if picture.log else {"zero": picture.mark == "bar"}
    axes = {
        "x": {"field": "x", "type": "quantitative", "title": across},
        "y": {"field": "y", "type": "quantitative", "title": up, "scale": scale},
    }
    layers: list[Spec] = [
        {
            "transform": [{"calculate": formula, "as": "y"}],
            "mark": {"type": picture.mark, "clip": True},
            "encoding": {**axes, "color": {"datum": name, "legend": {"title": None}}},
        }
        for formula, name in zip(picture.formula, names, strict=True)
    ]
    if picture.labels:
        layers.append(_beats(picture))
    if points:
        layers.append(_measured(picture, points, axes))
    return {
        "width": "container",
        "height": 300,
        "autosize": {"type": "fit", "contains": "padding"},
        "params": [_slider(each) for each in picture.sliders],
        "data": {"sequence": {"start": start, "stop": stop, "step": step, "as": "x"}},
        "layer": layers,
    }


def _slider(each: Slider) -> Spec:
    symbol = SYMBOLS.get(each.name, each.name)
    bind = {"input": "range", "min": each.low, "max": each.high, "step": each.step}
    return {"name": each.name, "value": each.start, "bind": {**bind, "name": f"{symbol} "}}


def _beats(picture: Picture) -> Spec:
    """The label of each beat of the strip above its highest wave."""
    peak = f"abs((datum.x+start)%{PERIOD} - 0.375) < 0.0025"
    return {
        "transform": [{"filter": peak}, {"calculate": picture.labels, "as": "label"}],
        "mark": {"type": "text", "fontSize": 16, "fontWeight": "bold"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"datum": 1.7},
            "text": {"field": "label"},
        },
    }


def _measured(picture: Picture, points: Sequence[Mapping[str, float]], axes: Spec) -> Spec:
    near = f"datum.at == 0 || abs(datum.at - {picture.sliders[0].name}) < 0.006"
    return {
        "data": {"values": [dict(point) for point in points]},
        "transform": [{"filter": near}],
        "mark": {"type": "point", "filled": True, "size": 60, "color": "#888", "clip": True},
        "encoding": axes,
    }


def render(edition: Edition) -> tuple[str, str]:
    """The page of an edition: path and HTML."""
    known = {record.id: record for record in edition.records}
    shown = []
    for picture in PICTURES:
        points = edition.points.get(picture.claim, ())
        record = known.get(picture.claim)
        has = record is not None and any(each.name == picture.still for each in record.figures)
        text = json_text(spec(picture, edition.words, points))
        shown.append((picture, record, has, text, points))
    return edition.page("pictures", "pages/pictures.html", shown=shown, symbols=SYMBOLS)
