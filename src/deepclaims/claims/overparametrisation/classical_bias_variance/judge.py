"""Whether bias² + variance + noise is the test error, and whether that is a U."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.classical_bias_variance.theory import Problem
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    exact,
    mean_interval,
    median_interval,
    ratio_interval,
    slope_interval,
)

PART = "polynomials"
NOISY, CLEAN = "noisy", "clean"


def judge(results: Results) -> dict[str, Estimate | list[Estimate]]:
    """An estimate for each check, over seeds; the best degree is theory's, not that of the data."""
    degrees, test = curve(results, "test")
    _, ridge = curve(results, "ridge_test")
    _, clean = curve(results, "test", CLEAN)
    (_, bias2), (_, variance) = curve(results, "bias2"), curve(results, "variance")
    own = problem(results)
    errors, biases, _ = theory(results)
    best, last = int(np.argmin(errors)), len(degrees) - 1
    sizes = np.broadcast_to(degrees + 1, variance.shape)
    seeds = np.repeat(np.arange(len(variance)), len(degrees))
    noise = results.values(PART, "noise", where={"sigma": own.sigma})
    total = bias2 + variance + noise[:, None]
    return {
        "sum_is_the_error": [ratio_interval(test[:, k], total[:, k]) for k in range(last + 1)],
        "left_branch": ratio_interval(test[:, 0], test[:, best]),
        "right_branch": ratio_interval(test[:, last], test[:, best]),
        "place": median_interval(degrees[test.argmin(axis=1)] - degrees[best]),
        "bias_is_theory": [
            mean_interval((bias2[:, k] - biases[k]) / own.sigma**2) for k in range(last + 1)
        ],
        "variance_is_theory": slope_interval(
            sizes.ravel(), variance.ravel() * own.points / own.sigma**2, seeds
        ),
        "noise_is_theory": mean_interval(noise / own.sigma**2),
        "clean_rise": exact(float((clean[:, last] - clean[:, best]).max())),
        "ridge_rise": ratio_interval(ridge[:, last], ridge[:, best]),
    }


def problem(results: Results) -> Problem:
    """The problem with noise."""
    params = results.claim.part(PART).params
    return Problem(int(params["points"]), float(max(results.axis(PART, "sigma"))))


def curve(results: Results, metric: str, arm: str = NOISY) -> tuple[np.ndarray, np.ndarray]:
    """Degrees and values `(seeds, degrees)`, with noise or without."""
    sigma = {NOISY: max, CLEAN: min}[arm](results.axis(PART, "sigma"))
    return results.curve(PART, metric, where={"sigma": sigma})


def theory(results: Results) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Error, bias² and variance that each degree has exactly, each `(degrees,)`."""
    own = problem(results)
    hats = [own.hat(int(degree)) for degree in results.claim.part(PART).params["degrees"]]
    rows = [(own.error(hat), own.bias2(hat), own.variance(hat)) for hat in hats]
    errors, biases, variances = np.array(rows).T
    return errors, biases, variances
