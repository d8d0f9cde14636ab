"""Whether more samples hurt a model of fixed size, and at how many they hurt the most."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.overparametrisation.double_descent_samples.measure import expected_excess
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval, median_interval, paired_difference

FEW, MANY = 0.4, 5.0
"""n/N of the registered few samples, and of the many by which the error has fallen again."""
MLP_FEW = 0.5
"""The same in n·K/P of the perceptrons."""
CLASSES = 10


def judge(results: Results) -> dict[str, Measured]:
    """An estimate for each check, all on paired seeds."""
    noise = max(results.axis("features", "label_noise"))
    size, error = by_samples(results, "test_error", noise)
    clean = by_samples(results, "test_error", min(results.axis("features", "label_noise")))[1]
    ridge = by_samples(results, "ridge_error", noise)[1]
    larger = larger_model(results)[1]
    few, many, threshold = (nearest(size, each) for each in (FEW, MANY, 1))
    mlp_size, mlp = perceptrons(results, "test_error")
    mlp_few = nearest(mlp_size, MLP_FEW)
    mlp_clean = perceptrons(results, "test_error", "perceptron_clean")
    mlp_decay = perceptrons(results, "test_error", "perceptron_decay")
    d, level = (results.claim.part("linear").params[key] for key in ("inputs", "noise"))
    counts, excess = results.curve("linear", "excess")
    theory = np.array([expected_excess(int(n), d, level) for n in counts])
    finite = np.isfinite(theory)
    return {
        "hurts": paired_difference(error[:, threshold], error[:, few]),
        "place": median_interval(size[error.argmax(1)]),
        "falls_again": paired_difference(error[:, threshold], error[:, many]),
        "clean_hurts": paired_difference(clean[:, threshold], clean[:, few]),
        "ridge_removes": paired_difference(ridge[:, threshold], ridge[:, few]),
        "larger_is_not_hurt": paired_difference(larger[:, 1], larger[:, 0]),
        "perceptron_hurts": _threshold_over_few(mlp_size, mlp),
        "perceptron_place": median_interval(mlp_size[mlp_few:][mlp[:, mlp_few:].argmax(1)]),
        "perceptron_clean_hurts": _threshold_over_few(*mlp_clean),
        "perceptron_decay_removes": _threshold_over_few(*mlp_decay),
        "linear_theory": [mean_interval(each) for each in (excess / theory)[:, finite].T],
    }


def by_samples(results: Results, metric: str, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Sizes n/N, (sizes,), and a metric of the small model, (seeds, sizes)."""
    counts, values = results.curve("features", metric, where={"label_noise": noise})
    return counts / results.claim.part("features").params["units"], values


def larger_model(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """The larger model's errors: few samples first, then the small one's threshold; its n/N too."""
    counts, values = results.curve("larger", "test_error")
    return counts / results.claim.part("features").params["units"], values


def perceptrons(
    results: Results, metric: str, part: str = "perceptron"
) -> tuple[np.ndarray, np.ndarray]:
    """Sizes n·K/P, and a metric of perceptrons of one width, (seeds, sizes).

    Where weight decay is chosen for each n, at what was chosen.
    """
    tuned = results.claim.part(part).tune is not None

    def read(metric: str, n: int) -> np.ndarray:
        cell = {"data.n_train": n}
        if tuned:
            return results.tuned(part, "decay", cell).reported(metric)
        return results.values(part, metric, where=cell)

    counts = results.axis(part, "data.n_train")
    values = np.stack([read(metric, n) for n in counts], axis=1)
    return np.array(counts) * CLASSES / read("n_parameters", counts[0])[0], values


def _threshold_over_few(size: np.ndarray, error: np.ndarray) -> Estimate:
    """By how much the error at n·K = P exceeds that at half as many samples."""
    few, threshold = (nearest(size, each) for each in (MLP_FEW, 1))
    return paired_difference(error[:, threshold], error[:, few])


def nearest(size: np.ndarray, wanted: float) -> int:
    """The position of the measured size nearest to one on a logarithmic scale."""
    return int(np.abs(np.log(size / wanted)).argmin())
