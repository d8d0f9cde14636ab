"""What copies save, what they make a net withstand, and how much alike they are."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.data_augmentation.judge import (
    COPIES,
    answers,
    correlation,
    errors_on,
    few_of,
    net,
    rise,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.patient_errors import error_contrast
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing, Panel, Text
from deepclaims.report.style import OKABE_ITO

NAMES: dict[str, Text] = {
    "plain": ("sin copias", "no copies"),
    "informed": ("copias deformadas", "deformed copies"),
    "noisy": ("copias con ruido", "copies with noise"),
    "noise": ("copias con ruido", "copies with noise"),
    "replaced": ("reemplazadas", "replaced"),
    "double": ("el doble de imágenes", "twice the images"),
    "class": ("otras de su clase", "others of its class"),
    "others": ("independientes", "independent"),
}


ALTERED: dict[str, Text] = {
    "informed": ("deformados", "deformed"),
    "noise": ("con ruido", "with noise"),
}


def errors(results: Results, drawing: Drawing) -> None:
    """What was chosen, the errors at it, and the errors over the number of images."""
    titles = (
        ("lo que se eligió", "what was chosen"),
        ("error de test (%)", "test error (%)"),
        ("con más imágenes", "with more images"),
    )
    choice, tested, sizes = drawing.panels(1, 3, titles, width=12.5, height=4.1)
    _tried(choice, results)
    few, many = (net(results, "plain", n_train=n) for n in results.axis("plain", "n_train"))
    grown = {made: net(results, "grown", made=made) for made in COPIES}
    sides = {"plain": few, "replaced": net(results, "replaced", made="replaced"), **grown,
             "double": many}  # fmt: skip
    for place, side in enumerate(reversed(sides.values())):
        found = errors_on(side)
        tested.points(found, np.full(len(found), place), series=0, markersize=4, alpha=0.5)
        tested.across([place + 0.2], [mean_interval(found)], marker="s", color=OKABE_ITO["black"])
    tested.places("y", [NAMES[name] for name in reversed(sides)])
    n = results.axis("sizes", "n_train")
    for series, made in enumerate(("plain", "informed")):
        by_size = ({"made": made, "n_train": each} for each in n)
        values = [results.values("sizes", "test_error", where=where) for where in by_size]
        sizes.over_seeds(n, 100 * np.stack(values, axis=1), NAMES[made], series)
    sizes.axes(x=("imágenes etiquetadas", "labelled images"), log="xy", decimal="xy")
    sizes.legend()


def _tried(panel: Panel, results: Results) -> None:
    """Validation error of the choosing seeds by strength, at the best rate of each."""
    for series, made in enumerate(COPIES, start=1):
        side = net(results, "grown", made=made)
        scores: dict[float, float] = {}
        for value, score in zip(side.choice.values, side.choice.scores, strict=True):
            strength = float(value["strength"])
            scores[strength] = min(score, scores.get(strength, np.inf))
        x, y = np.array(sorted(scores.items())).T
        panel.points(x, 100 * y, NAMES[made], series, linestyle="-")
    alone = net(results, "plain", n_train=few_of(results))
    panel.ax.axhline(100 * min(alone.choice.scores), color=OKABE_ITO["grey"],
                     label=panel.say(NAMES["plain"]))  # fmt: skip
    panel.axes(
        x=("intensidad", "strength"),
        y=("error de validación (%)", "validation error (%)"),
        log="x",
        decimal="x",
    )
    panel.legend()


def robustness(results: Results, drawing: Drawing) -> None:
    """Rises of the error, of digits by the copies trained on, of ECG too."""
    titles = (("dígitos", "digits"), "ECG")
    digits, ecg = drawing.panels(1, 2, titles, width=10.0, height=3.6)
    sides = {"plain": net(results, "plain", n_train=few_of(results)),
             **{made: net(results, "grown", made=made) for made in COPIES}}  # fmt: skip
    for series, (made, side) in enumerate(sides.items()):
        found = [mean_interval(rise(side, kind)) for kind in ALTERED]
        places = np.arange(len(ALTERED)) + 0.2 * (series - 1)
        digits.measured(places, found, NAMES[made], series, linestyle="none")
    digits.places("x", list(ALTERED.values()))
    digits.axes(y=("aumento del error (puntos)", "rise of the error (points)"), ylim=(0, None))
    digits.legend()
    for series, made in enumerate(("plain", "informed")):
        both = [answers(results, made, seen) for seen in ("informed", "test")]
        ecg.measured([series], [error_contrast(both, (1, -1))], series=series)
    ecg.places("x", [NAMES["plain"], ("copias alteradas", "altered copies")])
    ecg.axes(xlim=(-0.6, 1.6))
    ecg.level(0.0)


def dependence(results: Results, drawing: Drawing) -> None:
    """Correlations after trainings of several lengths, and what they do to a mean."""
    titles = (
        ("correlación de los gradientes", "correlation of the gradients"),
        ("varianza de la media de k", "variance of the mean of k"),
    )
    over, spread = drawing.panels(1, 2, titles, width=10.5, height=4.2)
    stages = results.axis("dependence", "steps")
    half = stages[len(stages) // 2]
    for series, kind in enumerate(("others", "informed", "noise", "class")):
        rhos = np.stack([correlation(results, kind, stage) for stage in stages], axis=1)
        over.over_seeds(stages, rhos, NAMES[kind], series)
        k, values = results.curve("dependence", f"spread_{kind}", where={"steps": half})
        spread.over_seeds(k, values, NAMES[kind], series)
        rho, fine = correlation(results, kind, half).mean(), np.geomspace(1, k[-1], 50)
        spread.theory(fine, rho + (1 - rho) / fine)
    over.level(0.1)
    over.axes(x=("pasos de entrenamiento", "training steps"), y=r"$\rho$", log="x")
    over.ticks("x", stages)
    spread.axes(x="k", log="xy", decimal="y")
    spread.ticks("x", k.tolist())
    spread.legend(loc="lower left")
