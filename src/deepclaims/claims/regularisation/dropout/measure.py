"""What inverted dropout does to the mean and the variance of a layer's output."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import Tensor

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import normal
from deepclaims.nn.unit_noise import NoisyUnits


def moments(config: dict[str, Any], seed: int) -> Outcome:
    """Mean and variance of z = W (h ⊙ η/p) + b over masks η, for one random layer.

    Theory: E z = W h + b and Var z = (1 − p)/p · W² h², squares taken entry by entry.

    Args:
        config: `p_keep`, `width` of h (a ReLU layer's output), `outputs` of z, `draws` of η.
        seed: draws W, b, h and the masks.

    Returns:
        Metrics `mean_slope` (slope of the measured mean on W h, after taking b away; 1 if the
        mean is kept), `mean_slope_unscaled` (the same for η without 1/p), `variance_slope`
        (of the measured variance on the formula) and `relu_shift` (mean over outputs of
        E relu(z) − relu(E z), in standard deviations of z); table `outputs`, one row per output:
        `wh, mean, mean_unscaled, variance, formula` where the means are without b.
    """
    generator = torch.Generator().manual_seed(seed)
    W, b, h = _layer(config["width"], config["outputs"], generator)
    p, draws = config["p_keep"], config["draws"]
    layer = NoisyUnits(p)
    layer.generator = generator
    dropped = layer(h.expand(draws, -1))
    z = dropped @ W.T + b
    wh, formula = W @ h, (1 - p) / p * (W**2 @ h**2)
    mean = z.mean(0)
    unscaled = (p * dropped).mean(0) @ W.T
    shift = (z.relu().mean(0) - (wh + b).relu()) / formula.sqrt()
    metrics = {
        "mean_slope": _slope(mean - b, wh),
        "mean_slope_unscaled": _slope(unscaled, wh),
        "variance_slope": _slope(z.var(0), formula),
        "relu_shift": float(shift.mean()),
    }
    columns = {
        "wh": wh, "mean": mean - b, "mean_unscaled": unscaled, "variance": z.var(0),
        "formula": formula,
    }  # fmt: skip
    table = pd.DataFrame({name: column.numpy() for name, column in columns.items()})
    return Outcome(metrics, {}, {"outputs": table})


def _layer(width: int, outputs: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """W, b and h in double precision: He's W, a normal b, and h as a ReLU layer would give it."""
    W = normal(generator, outputs, width) * (2 / width) ** 0.5
    return W, normal(generator, outputs), normal(generator, width).relu()


def _slope(y: Tensor, x: Tensor) -> float:
    """Least squares through the origin."""
    return float((x @ y) / (x @ x))
