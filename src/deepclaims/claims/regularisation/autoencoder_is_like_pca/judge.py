"""The plane that a linear autoencoder finds, and its error beside PCA's."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import mean_interval, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Angles in degrees and relative excess errors, over seeds, after the longest training."""
    longest = max(results.axis("linear", "steps"))
    return {
        "same_plane": mean_interval(values(results, "linear", "angle", longest)),
        "same_error": mean_interval(excess(results, "linear", "test", longest)),
        "isotropic_learns": mean_interval(excess(results, "isotropic", "train", longest)),
        "isotropic_has_no_plane": mean_interval(values(results, "isotropic", "angle", longest)),
        "nonlinear_below_pca": [
            ratio_interval(
                *(of_code(results, metric, code) for metric in ("test_mse", "test_pca"))  # type: ignore[arg-type]
            )
            for code in results.axis("nonlinear", "code")
        ],
        "encoder_elsewhere": mean_interval(values(results, "linear", "encoder_angle", longest)),
    }


def values(results: Results, part: str, metric: str, steps: int) -> np.ndarray:
    """A metric of a linear autoencoder after so many steps, `(seeds,)`."""
    return results.values(part, metric, where={"steps": steps})


def excess(results: Results, part: str, split: str, steps: int) -> np.ndarray:
    """Its mean squared error over that of the principal components, less 1, `(seeds,)`."""
    own, pca = (values(results, part, f"{split}_{kind}", steps) for kind in ("mse", "pca"))
    return own / pca - 1


def of_code(results: Results, metric: str, code: int) -> np.ndarray:
    """A metric of the non-linear autoencoder, `(seeds,)`."""
    return results.values("nonlinear", metric, where={"code": code})
