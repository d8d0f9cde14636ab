"""Means of B samples, drawn many times."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.evidence.outcome import Outcome


def means(config: dict[str, Any], seed: int) -> Outcome:
    """Variance of the mean of B standard normal samples.

    Args:
        config: `B` samples a mean, `draws` of the mean, `arm`: `independent`, or `equal` for one
            sample taken B times.
        seed: draws the samples.

    Returns:
        Metric `variance`.
    """
    rng = np.random.default_rng(seed)
    size = (config["draws"], config["B"])
    samples = rng.normal(size=size)
    if config["arm"] == "equal":
        samples = np.broadcast_to(samples[:, :1], size)
    return Outcome({"variance": float(samples.mean(axis=1).var(ddof=1))})
