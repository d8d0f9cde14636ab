"""The classical U against the size of the model, on the axis on which double descent is drawn too.

The slide draws both in one figure. Its axis is parameters over samples: 1 is where a linear model
begins to interpolate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from deepclaims.evidence.estimate import Estimate
from deepclaims.report.panel import Panel, Text

SIZE: Text = ("parámetros / muestras", "parameters / samples")


def classical_u(
    panel: Panel,
    size: ArrayLike,
    measured: Mapping[str, Sequence[Estimate]],
    exact: Mapping[str, ArrayLike],
    names: Mapping[str, Text],
) -> None:
    """Draw error, bias² and variance against the size, measured and in theory (dashed).

    Args:
        panel: one; another may stand beside it with `sharey`.
        size: parameters over samples, `(sizes,)`.
        measured: by the quantity's name, an estimate a size; in the order of the colours.
        exact: what theory says, `(sizes,)`, of those that have a theory.
        names: of the quantities in the legend.
    """
    for series, (name, estimates) in enumerate(measured.items()):
        panel.measured(size, estimates, names[name], series, linestyle="none", markersize=4)
        if name in exact:
            panel.theory(size, np.asarray(exact[name]))
    panel.theory([], [], ("teoría exacta", "exact theory"))
    panel.axes(x=SIZE)
