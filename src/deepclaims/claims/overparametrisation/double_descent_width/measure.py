"""Random features with the least-norm fit, where the interpolation threshold is exactly N = n."""

from __future__ import annotations

from typing import Any

from deepclaims.claims.overparametrisation.digit_features import MEASURED, DigitFeatures
from deepclaims.evidence.outcome import Curve, Outcome


def features(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of random features on MNIST against their number N.

    Args:
        config: `data` (options of `data=mnist`), `label_noise`, `n_train`; `ratios`, the N/n;
            `ridges`, the λ/N among which validation chooses.
        seed: draws the training samples, the wrong labels and the features.

    Returns:
        Curves over N: `test_error`, `train_error` and `norm` of the least-norm fit, `ridge_error`
        of the ridge chosen by validation on each N.
    """
    n = config["n_train"]
    counts = sorted({max(1, round(ratio * n)) for ratio in config["ratios"]})
    data = {**config["data"], "label_noise": config["label_noise"], "n_train": n}
    drawn = DigitFeatures.draw(data, counts[-1], seed)
    rows = [drawn.fit(n, count, config["ridges"]) for count in counts]
    return Outcome({}, {name: Curve(counts, [row[name] for row in rows]) for name in MEASURED})
