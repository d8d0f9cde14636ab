"""Falls, rise and place of the peak, by the size of the model in units of the threshold's.

Perceptrons trained until they interpolate have it near P = n·K parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import median_interval, paired_difference

CLASSES = 10
VALLEY, SHOULDERS = 0.2, (0.6, 1.6)
"""N/n of the registered valley on the left, and of the two neighbours a bump is measured from."""

MLP_VALLEY = 0.2
"""P/(n·K) of the perceptrons' registered valley, about 12 units."""


@dataclass(frozen=True)
class Series:
    """A measure against the size of the model.

    Args:
        size: N/n of random features, or P/(n·K) of perceptrons; 1 is the threshold. (sizes,)
        values: (seeds, sizes).
    """

    size: np.ndarray
    values: np.ndarray

    def at(self, size: float) -> np.ndarray:
        """The values at the measured size nearest to `size`, (seeds,)."""
        nearest = int(np.abs(np.log(self.size) - np.log(size)).argmin())
        column: np.ndarray = self.values[:, nearest]
        return column

    def at_position(self, position: int) -> np.ndarray:
        """The values at the size in that position, counted from the smallest, (seeds,)."""
        column: np.ndarray = self.values[:, position]
        return column

    def place(self, valley: float) -> np.ndarray:
        """The size with the largest value from the one nearest to `valley` on, (seeds,)."""
        first = int(np.abs(np.log(self.size) - np.log(valley)).argmin())
        found: np.ndarray = self.size[first:][self.values[:, first:].argmax(1)]
        return found

    def peak(self, valley: float) -> Estimate:
        """By how much the threshold exceeds the larger of the valley and the right end."""
        sides = np.maximum(self.at(valley), self.at_position(-1))
        return paired_difference(self.at(1), sides)


def features_series(results: Results, metric: str, label_noise: float) -> Series:
    """A curve of the random features."""
    (n,) = results.axis("features", "n_train")
    counts, values = results.curve("features", metric, where={"label_noise": label_noise})
    return Series(counts / n, values)


def mlp_series(results: Results, part: str, metric: str = "test_error") -> Series:
    """A metric of the perceptrons of a part, by their number of parameters.

    Where weight decay is chosen for each width, at what was chosen.
    """
    (n,) = results.axis(part, "data.n_train")
    tuned = results.claim.part(part).tune is not None

    def read(metric: str, width: int) -> np.ndarray:
        cell = {"data.n_train": n, "model.width": width}
        if tuned:
            return results.tuned(part, "decay", cell).reported(metric)
        return results.values(part, metric, where=cell)

    widths = results.axis(part, "model.width")
    sizes = [read("n_parameters", width)[0] for width in widths]
    values = np.stack([read(metric, width) for width in widths], axis=1)
    return Series(np.array(sizes) / (n * CLASSES), values)


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered, all on paired seeds."""
    levels = results.axis("features", "label_noise")
    noise, clean = max(levels), min(levels)
    features = features_series(results, "test_error", noise)
    correct = features_series(results, "test_error", clean)
    ridge = features_series(results, "ridge_error", noise)
    mlp, decay = mlp_series(results, "mlp"), mlp_series(results, "mlp_decay")
    mlp_clean = mlp_series(results, "mlp_clean")
    return {
        "features_peak": features.peak(VALLEY),
        "features_place": median_interval(features.place(VALLEY)),
        "mlp_peak": mlp.peak(MLP_VALLEY),
        "mlp_place": median_interval(mlp.place(MLP_VALLEY)),
        "ridge_bump": _bump(ridge, SHOULDERS),
        "decay_bump": _bump(decay, (MLP_VALLEY, decay.size[-1])),
        "features_first_fall": paired_difference(features.at_position(0), features.at(VALLEY)),
        "mlp_first_fall": paired_difference(mlp.at_position(0), mlp.at(MLP_VALLEY)),
        "second_below_first": paired_difference(features.at_position(-1), features.at(VALLEY)),
        "noise_raises": paired_difference(features.at(1), correct.at(1)),
        "mlp_clean_peak": mlp_clean.peak(MLP_VALLEY),
    }


def _bump(series: Series, shoulders: tuple[float, float]) -> Estimate:
    """By how much the threshold stands out over the mean of its two shoulders."""
    left, right = (series.at(size) for size in shoulders)
    return paired_difference(series.at(1), (left + right) / 2)
