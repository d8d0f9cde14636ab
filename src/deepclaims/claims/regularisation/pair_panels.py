"""Panels of a net with a regulariser beside the same net without."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.report.panel import Panel
from deepclaims.report.style import COLOURS, MARKERS, OKABE_ITO

RATE = "optimizer.lr"


def tried(panel: Panel, pair: TunedPair, strength: str) -> None:
    """Validation error that the choosing seeds had, against the strength, a line a rate.

    Args:
        panel: where.
        pair: what was tuned.
        strength: the axis of the regulariser's strength.
    """
    chosen = pair.with_it
    scores = dict(zip(map(_sorted, chosen.choice.values), chosen.choice.scores, strict=True))
    for index, rate in enumerate(sorted({dict(place)[RATE] for place in scores})):
        own = sorted((dict(place)[strength], score) for place, score in scores.items()
                     if dict(place)[RATE] == rate)  # fmt: skip
        x, y = np.array(own, dtype=float).T
        label = rf"$\alpha$ = {panel.number(rate)}"
        panel.points(x, 100 * y, label, index, linestyle="-")
    best = 100 * min(chosen.choice.scores)
    panel.ax.plot(chosen[strength], best, "o", markersize=13, markerfacecolor="none",
                  color=OKABE_ITO["black"])  # fmt: skip
    alone = 100 * min(pair.without.choice.scores)
    panel.ax.axhline(alone, color=OKABE_ITO["grey"], label=panel.say(("sin él", "without it")))
    panel.axes(y=("error de validación (%)", "validation error (%)"))
    panel.legend()


def seed_by_seed(panel: Panel, pair: TunedPair, metric: str, *, scale: float = 1.0) -> None:
    """A metric of the net with it over that of the net without, a point a reporting seed."""
    before, after = (scale * each.reported(metric) for each in (pair.without, pair.with_it))
    ends = np.array([min(before.min(), after.min()), max(before.max(), after.max())])
    panel.theory(ends, ends)
    panel.points(before, after, series=0, markersize=4)
    panel.ax.errorbar(
        before.mean(), after.mean(), marker=MARKERS[1], color=COLOURS[1], markersize=8
    )


def _sorted(value: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(value.items()))
