"""Where parameters stop being numbers: by ε and precision, by rule and input."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.optimisation.epsilon_avoids_errors.judge import AILING, EPS, values
from deepclaims.claims.results import Results
from deepclaims.report.panel import Drawing, Text

PRECISIONS = ("float16", "float32", "float64")
NAMES: dict[str, Text] = {"adagrad": "Adagrad", "rmsprop": "RMSProp", "adam": "Adam"}
INPUTS: dict[str, Text] = {
    "varied": ("todas varían", "all vary"),
    "dead": ("una siempre cero", "one always zero"),
    "late": ("una tardía", "one late"),
    "tiny": ("una minúscula", "one tiny"),
}


def numbers(results: Results, drawing: Drawing) -> None:
    """Parameters that are still numbers, against ε, a line a precision."""
    panel = drawing.panel(width=7.0, height=3.6)
    sizes = sorted(results.axis("walks", "eps"))
    across = np.arange(len(sizes))
    width = int(results.claim.part("walks").params["width"])
    for series, precision in enumerate(PRECISIONS):
        left = [width - values(results, "adagrad", "dead", precision, eps).max() for eps in sizes]
        panel.points(across, np.array(left) + 0.08 * (series - 1), precision, series)
    panel.ax.axvline(sizes.index(EPS), color="0.5", linestyle=":")
    panel.places("x", [_power(eps) for eps in sizes])
    panel.axes(x="ϵ", y=("parámetros que son números", "parameters that are numbers"))
    panel.legend(loc="center left")


def cases(results: Results, drawing: Drawing) -> None:
    """Parameters that are no numbers, by what is the matter, without ε and with it."""
    panels = drawing.panels(1, 2, ["ϵ = 0", "ϵ = 10⁻⁸"], sharey=True)
    kinds = ["varied", *AILING]
    across = np.arange(len(kinds))
    for panel, eps in zip(panels, (0.0, EPS), strict=True):
        for series, (rule, name) in enumerate(NAMES.items()):
            found = [values(results, rule, kind, "float32", eps).max() for kind in kinds]
            panel.points(across + 0.12 * (series - 1), found, name, series)
        panel.places("x", [INPUTS[kind] for kind in kinds], rotation=20)
    panels[0].axes(y=("dejaron de ser números", "stopped being numbers"))
    panels[0].legend()


def _power(eps: float) -> str:
    return "0" if eps == 0 else f"$10^{{{round(np.log10(eps))}}}$"
