"""What λ costs and saves, and where the penalised minimum lies."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.pair_panels import seed_by_seed, tried
from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.claims.results import Results
from deepclaims.evidence.statistics import mean_interval
from deepclaims.report.panel import Drawing

LAMBDA = "regularizer.lambda"


def sweep(results: Results, drawing: Drawing) -> None:
    """Validation error over λ; test error and training cost of both nets, seed by seed."""
    titles = (
        ("lo que se eligió", "what was chosen"),
        ("error de test (%)", "test error (%)"),
        ("costo de entrenamiento", "training cost"),
    )
    choice, errors, costs = drawing.panels(1, 3, titles, width=12.0, height=4.1)
    pair = TunedPair.of(results, "none", "decay")
    tried(choice, pair, LAMBDA)
    choice.axes(x=r"$\lambda$", log="x", decimal="x")
    seed_by_seed(errors, pair, "test_error", scale=100)
    seed_by_seed(costs, pair, "train_loss")
    for panel in (errors, costs):
        panel.axes(
            x=("sin penalizar", "without penalty"), y=("con penalización", "with the penalty")
        )


def minimum(results: Results, drawing: Drawing) -> None:
    """How far the minimum moves with λ, and how near to it gradient descent ends."""
    titles = (
        ("la penalización corre el mínimo", "the penalty moves the minimum"),
        ("y ahí termina el descenso", "and there the descent ends"),
    )
    moved, error = drawing.panels(1, 2, titles, width=10.0, height=4.0)
    lambdas = np.array(results.axis("minimum", "lambda"))
    by_lambda = {
        metric: [results.values("minimum", metric, where={"lambda": value}) for value in lambdas]
        for metric in ("moved", "relative_error")
    }
    moved.measured(lambdas, list(map(mean_interval, by_lambda["moved"])), series=0)
    moved.level(0.1)
    worst = [max(values.max(), 1e-17) for values in by_lambda["relative_error"]]
    error.points(lambdas, worst, series=1, linestyle="-")
    error.level(1e-8)
    moved.axes(x=r"$\lambda$", y=("distancia relativa", "relative distance"))
    error.axes(
        x=r"$\lambda$", y=("error relativo (el peor)", "relative error (the worst)"), log="y"
    )
