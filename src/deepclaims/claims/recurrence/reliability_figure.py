"""Whether a probability means what it says: the reliability diagram of ecg-inter-patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import yaml

from deepclaims.claims.recurrence.beat_ensemble import Ensemble, reliability, unweighted
from deepclaims.claims.recurrence.class_scores import CLASSES, HEADLINE
from deepclaims.claims.recurrence.inter_patient_figures import COLOURS, DRAWS, INK
from deepclaims.claims.recurrence.inter_patient_scores import ensemble
from deepclaims.evidence.resampling import bootstrap
from deepclaims.report.style import OKABE_ITO, figure, measured, panel_titles, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from deepclaims.claims.results import Results
    from deepclaims.evidence.estimate import Estimate

BINS = 10
FEW = 20
"""Bins with fewer beats, or with beats of one patient alone, are not drawn."""


def reliability_diagram(results: Results, language: str) -> Figure:
    """How often a beat is what it is said to be with probability p."""
    made, axes = figure(1, 3, sharey=True, height=4.2)
    net = ensemble(results, "ds2")
    honest = unweighted(net.p, class_weights(results))
    for ax, label in zip(axes, HEADLINE, strict=True):
        k = CLASSES.index(label)
        ax.plot(
            [0, 1], [0, 1], color=OKABE_ITO["grey"], linestyle=(0, (5, 2.5)), linewidth=1.3,
            label=say(language, "calibradas", "calibrated"),
        )  # fmt: skip
        x, found = _calibration(net, net.p[:, k], k)
        measured(
            ax, x, [e.value for e in found], [e.low for e in found], [e.high for e in found],
            say(language, "como salen de las redes", "as the nets give them"),
            COLOURS[label] if label != "N" else INK, band=False,
        )  # fmt: skip
        x, found = _calibration(net, honest[:, k], k)
        ax.plot(
            x, [e.value for e in found], marker="s", markerfacecolor="white", linestyle=":",
            color=OKABE_ITO["green"],
            label=say(language, "sin los pesos de clase", "class weights undone"),
        )  # fmt: skip
        ax.set_xlabel(
            say(language, f"probabilidad dada a {label}", f"probability given to {label}")
        )
        ax.set_xlim(-0.02, 1.02)
        ax.set_ylim(-0.02, 1.02)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes[0].set_ylabel(say(language, "fracción de esa clase en DS2", "share of that class in DS2"))
    panel_titles(axes, HEADLINE)
    return made


def class_weights(results: Results) -> list[float]:
    """How much a beat of each class counted in training, as the claim's file says."""
    base = next(part.base for part in results.claim.parts if part.name == "ds2")
    word = next(line for line in base if line.startswith("fit.class_weights="))
    return [float(weight) for weight in yaml.safe_load(word.partition("=")[2])]


def _calibration(net: Ensemble, p: np.ndarray, label: int) -> tuple[np.ndarray, list[Estimate]]:
    """Mean probability and observed share in each bin that has beats of more than one patient."""
    sums = reliability(net, p, label, np.linspace(0, 1, BINS + 1))
    x, found = [], []
    for beats in sums.swapaxes(0, 1):
        if (beats[:, 0] > 0).sum() < 2 or beats[:, 0].sum() < FEW:
            continue
        x.append(beats[:, 1].sum() / beats[:, 0].sum())
        found.append(
            bootstrap(lambda b: float(b[:, 2].sum() / max(b[:, 0].sum(), 1)), beats, draws=DRAWS)
        )
    return np.array(x), found
