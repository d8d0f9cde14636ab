"""The penalty against its formulas, and a net with it against the same net without."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.regularisation.tuned_pair import TunedPair
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import exact, mean_interval


def judge(results: Results) -> dict[str, Measured]:
    """Relative errors; test errors and gaps in percentage points over seeds."""
    pair = TunedPair.of(results, "none", "decay")
    grown = results.axis("minimum", "lambda")
    zero, largest = ({"lambda": value} for value in (min(grown), max(grown)))
    of_zero = results.values("zero", "test_loss")
    return {
        "gradient_is_lambda_w": exact(results.values("gradient", "relative_error").max()),
        "ends_at_the_penalised_minimum": exact(
            max(
                results.values("minimum", "relative_error", where={"lambda": value}).max()
                for value in grown
            )
        ),
        "moves_the_minimum": mean_interval(results.values("minimum", "moved", where=largest)),
        "error_falls": mean_interval(pair.gain()),
        "gap_closes": mean_interval(pair.gap_closed()),
        "bias_rises": mean_interval(pair.train_loss_added()),
        "without_one_half": exact(results.values("gradient", "halves_missing").min()),
        "zero_moves_nothing": exact(results.values("minimum", "moved", where=zero).max()),
        "zero_is_none": exact(
            np.abs(of_zero - results.values("bare", "test_loss")).max(), len(of_zero)
        ),
        "decoupled_sgd": exact(results.values("decoupled", "sgd").max()),
        "decoupled_adam": exact(results.values("decoupled", "adam").min()),
    }
