"""Least-norm fits of a fixed size to ever more samples: of digits, and where theory is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from deepclaims.claims.overparametrisation.digit_features import MEASURED, DigitFeatures
from deepclaims.evidence.outcome import Curve, Outcome


def features(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of a fixed number of random features on MNIST against the number of samples n.

    Args:
        config: `data` (options of `data=mnist`), `label_noise`; `samples`, the n, nested;
            `units`, N; `ridges`, the λ/N among which validation chooses for each n.
        seed: draws the training samples, the wrong labels and the features.

    Returns:
        Curves over n, see `digit_features.MEASURED`.
    """
    counts, units = sorted(config["samples"]), config["units"]
    data = {**config["data"], "label_noise": config["label_noise"], "n_train": counts[-1]}
    drawn = DigitFeatures.draw(data, units, seed)
    rows = [drawn.fit(count, units, config["ridges"]) for count in counts]
    return Outcome({}, {name: Curve(counts, [row[name] for row in rows]) for name in MEASURED})


def linear(config: dict[str, Any], seed: int) -> Outcome:
    """Excess risk ‖θ̂ − θ‖² of the least-norm fit of a linear model, y = ⟨θ, x⟩ + noise, over n.

    Args:
        config: `inputs`, d of them, standard normal; `samples`, the n; `noise`, its standard
            deviation; `draws`, data sets for each n. θ has length 1.
        seed: draws the data sets.

    Returns:
        Curve `excess` over n, the mean over the data sets.
    """
    d, draws = config["inputs"], config["draws"]
    rng = np.random.default_rng(seed)  # of doubles, several times as fast as torch's
    theta = torch.full((d, 1), d**-0.5, dtype=torch.float64)
    found = []
    for n in config["samples"]:
        x, noise = (torch.from_numpy(rng.standard_normal((draws, n, k))) for k in (d, 1))
        y = x @ theta + config["noise"] * noise
        # Of full rank with certainty, so that a QR will do: an SVD takes several times as long.
        fitted = torch.linalg.lstsq(x, y, driver="gels").solution
        found.append(float((fitted - theta).square().sum(1).mean()))
    return Outcome({}, {"excess": Curve(config["samples"], found)})


def expected_excess(n: int, d: int, noise: float) -> float:
    """E‖θ̂ − θ‖² for ‖θ‖ = 1, exactly (Breiman & Freedman 1983; Belkin, Hsu & Xu 2020).

    Infinite where n is within 1 of d: the inverse Wishart matrix has no mean there.
    """
    if n > d + 1:
        return noise**2 * d / (n - d - 1)
    if n < d - 1:
        return 1 - n / d + noise**2 * n / (d - n - 1)
    return float("inf")
