"""Activations and gradients by layer, over theory; the factor by width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.claims.signals.relu_explodes.judge import HE, LECUN, of_unit
from deepclaims.evidence.statistics import mean_interval
from deepclaims.nn.signal_passes import typical_relu_drift
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import COLOURS

LAWS: Sequence[tuple[str, int | None, Text]] = (
    ("deep_unit", None, "N(0, 1)"),
    ("scales", HE, "He, N(0, 2/d)"),
    ("scales", LECUN, "LeCun, N(0, 1/d)"),
)
"""Part, scale and name."""
PREDICTED = r"$(d\,v/2)^{k/2}$"


def depth(results: Results, drawing: Drawing) -> None:
    """(a) Activations forwards, (b) gradients backwards, in nets of 100 layers."""
    titles = (
        ("la activación hacia adelante", "the activation on its way forwards"),
        ("el gradiente hacia atrás", "the gradient on its way back"),
    )
    forward, back = drawing.panels(1, 2, titles, sharey=True, width=10.5, height=4.3)
    width = int(results.claim.part("scales").params["width"])
    for series, (part, scale, name) in enumerate(LAWS):
        where = {} if scale is None else {"scale": scale}
        growth = (scale or width) / 2
        for panel, metric in ((forward, "h"), (back, "gradient")):
            _, curves = results.curve(part, metric, where=where)
            curves = curves if metric == "h" else curves[:, ::-1]
            layers = _nets(panel, curves / curves[:, :1], name, series)
            panel.theory(layers, growth ** (layers / 2), linewidth=1.0)
    drift = np.exp(layers * typical_relu_drift(width) / 2)
    forward.theory(layers, drift, ("He, red típica", "He, typical net"), colour=COLOURS[1],
                   linewidth=1.0)  # fmt: skip
    for panel in (forward, back):
        panel.theory([], [], PREDICTED, linewidth=1.0)
        panel.level(float(np.finfo(np.float32).max),
                    ("mayor número, simple precisión", "largest number, single precision"),
                    COLOURS[3])  # fmt: skip
        panel.level(65504.0, ("media precisión", "half precision"), COLOURS[5])
        panel.axes(x=("capas recorridas, k", "layers passed, k"), log="y")
    forward.axes(y=("media cuadrática / la primera", "root mean square / the first"))
    forward.legend()


def _nets(panel: Panel, curves: np.ndarray, name: Text, series: int) -> np.ndarray:
    """The median net with the range of all."""
    layers = np.arange(curves.shape[1])
    colour = COLOURS[series]
    panel.ax.plot(layers, np.median(curves, axis=0), color=colour, label=panel.say(name))
    low, high = curves.min(axis=0), curves.max(axis=0)
    panel.ax.fill_between(layers, low, high, color=colour, alpha=0.25, linewidth=0)
    return layers


def widths(results: Results, drawing: Drawing) -> None:
    """Factors of N(0, 1) against width, over √(d/2)."""
    panel = drawing.panel(width=6.4, height=4.0)
    across = np.array(results.axis("unit", "width"), dtype=float)
    names = (("forward", ("activación", "activation")), ("gradient", ("gradiente", "gradient")))
    for series, (metric, name) in enumerate(names):
        found = [mean_interval(of_unit(results, metric, int(width))) for width in across]
        panel.measured(across, found, name, series, linestyle="none", markersize=9 - 4 * series)
    tanh = mean_interval(results.values("tanh", "forward"))
    panel.measured([results.claim.part("tanh").params["width"]], [tanh],
                   ("tanh, activación", "tanh, activation"), 2, linestyle="none")  # fmt: skip
    panel.theory(across, np.sqrt(across / 2), r"ReLU, $\sqrt{d/2}$")
    panel.level(1.0)
    panel.axes(x=("ancho d, con pesos N(0, 1)", "width d, with weights N(0, 1)"),
               y=("factor por capa", "factor a layer"), log="xy", decimal="y")  # fmt: skip
    panel.ticks("x", across.tolist())
    panel.legend()
