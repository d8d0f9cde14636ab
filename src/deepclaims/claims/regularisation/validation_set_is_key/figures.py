"""Errors and optimism against the size of the set that chooses, and what choosing saves."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.validation_set_is_key.judge import KINDS, WORLDS, worse
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing
from deepclaims.report.style import COLOURS

SIZE = ("imágenes con que se elige", "images to choose by")
LABELS = {
    "noisy": ("un quinto de etiquetas erróneas", "a fifth of the labels wrong"),
    "clean": ("etiquetas correctas", "right labels"),
}


def sizes(results: Results, drawing: Drawing) -> None:
    """Error of what is chosen, and how much too good it looks on the set that chose it."""
    titles = (
        ("error de lo elegido (%)", "error of what is chosen (%)"),
        ("optimismo del error informado", "optimism of the reported error"),
    )
    error, optimism = drawing.panels(1, 2, titles, width=11.0, height=4.4)
    for series, world in enumerate(WORLDS):
        across, values = results.curve(world, "all_true")
        error.over_seeds(across, values, LABELS[world], series)
        by_train = results.values(world, "all_train_true").mean()
        name = ("elegido en train", "chosen on train") if not series else None
        error.ax.axhline(by_train, color=COLOURS[series], linestyle="-.", linewidth=1,
                         label=None if name is None else error.say(name))  # fmt: skip
        optimism.over_seeds(*results.curve(world, "all_reused"), LABELS[world], series)
        theory = results.curve(world, "all_theory")[1].mean(0)
        said = ("teoría (errores normales)", "theory (normal errors)") if not series else None
        optimism.theory(across, theory, said)
    for series, (metric, label) in enumerate(
        (
            ("fresh", ("informado en otro conjunto", "reported on another set")),
            ("single", ("sin elegir (control)", "without a choice (control)")),
        ),
        start=2,
    ):
        optimism.over_seeds(*results.curve("noisy", f"all_{metric}"), label, series)
    for panel in (error, optimism):
        panel.axes(x=SIZE, log="x", decimal="x")
    error.axes(ylim=(0, None))
    optimism.axes(y=("puntos porcentuales", "percentage points"))
    error.legend(loc="center right")
    optimism.legend()


def kinds(results: Results, drawing: Drawing) -> None:
    """What choosing on validation in place of train saves, by what is chosen."""
    names = (r"$\lambda$", r"$p_{\mathrm{keep}}$", ("cuándo parar", "when to stop"),
             ("todo junto", "all of them"))  # fmt: skip
    panel = drawing.panel(width=7.5, height=4.2)
    places = np.arange(len(names), dtype=float)
    for series, world in enumerate(WORLDS):
        found = [mean_interval(worse(results, world, kind)) for kind in (*KINDS, "all")]
        shifted = places + 0.12 * (series - 0.5)
        panel.measured(shifted, found, LABELS[world], series, linestyle="none")
    panel.level(0.0)
    panel.places("x", names)
    panel.axes(y=("puntos porcentuales que se ahorran", "percentage points saved"))
    panel.legend()
