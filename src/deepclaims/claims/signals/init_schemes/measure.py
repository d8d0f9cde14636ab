"""The laws of sampled weights, and what becomes of a signal in untrained nets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import stats
from torch import Tensor, nn

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.initialisation import initialise
from deepclaims.nn.printed_laws import PRINTED_LAWS

BINS = np.linspace(-4.0, 4.0, 65)


def laws(config: dict[str, Any], seed: int) -> Outcome:
    """Draw the weights of one layer and compare them with the printed law.

    Args:
        config: `scheme`, `fan_in` and `fan_out` of the layer.
        seed: draws the weights.

    Returns:
        Metrics `variance` (sample over printed variance), `distance` (Kolmogorov's, from the
        printed law), `reach` (largest |w| over the end of the support; 0 where there is none)
        and, for bounded laws, `distance_normal` (from a normal of the same variance); table
        `histogram` with columns `x` (weight in printed standard deviations) and `density`.
    """
    scheme, d_in, d_out = config["scheme"], config["fan_in"], config["fan_out"]
    law = PRINTED_LAWS[scheme]
    # A seed of its own for every law: the same normal numbers, scaled, would be one sample.
    own = np.random.SeedSequence([seed, list(PRINTED_LAWS).index(scheme)]).generate_state(1)
    w = draw_layer(scheme, d_in, d_out, int(own[0]))
    # Sorted once, and in single precision: bins and distances are read off that order.
    x = np.sort(w.numpy().ravel()).astype(np.float64) / math.sqrt(law.variance(d_in, d_out))
    metrics = {
        "variance": float((x**2).mean()),
        "distance": kolmogorov_distance(law.shape.cdf(x)),
        "reach": float(np.abs(x).max()) / law.bound,
    }
    if math.isfinite(law.bound):
        normal = stats.norm(scale=law.shape.std())
        metrics["distance_normal"] = kolmogorov_distance(normal.cdf(x))
    histogram = pd.DataFrame({"x": (BINS[1:] + BINS[:-1]) / 2, "density": densities(x)})
    return Outcome(metrics, {}, {"histogram": histogram})


def densities(x: np.ndarray) -> np.ndarray:
    """Density in each of `BINS` of a sorted sample, as `np.histogram` gives it."""
    ends = np.append(x.searchsorted(BINS[:-1]), x.searchsorted(BINS[-1], "right"))
    within = np.diff(ends)
    return within / within.sum() / np.diff(BINS)


def kolmogorov_distance(cumulative: np.ndarray) -> float:
    """Largest distance of the sample's distribution function from F, given F(x₁) ≤ … ≤ F(xₙ)."""
    steps = np.arange(len(cumulative) + 1) / len(cumulative)
    return float(max((steps[1:] - cumulative).max(), (cumulative - steps[:-1]).max()))


def draw_layer(scheme: str, d_in: int, d_out: int, seed: int) -> Tensor:
    """Weights (d_out, d_in) of one dense layer, by the code that initialises every network."""
    layer = nn.Linear(d_in, d_out)
    initialise(layer, {"name": scheme}, torch.Generator().manual_seed(seed))
    return layer.weight.detach()


def signal(config: dict[str, Any], seed: int) -> Outcome:
    """Send Gaussian inputs through untrained ReLU nets of equal widths.

    Args:
        config: `scheme`, `width`, `depth` (hidden layers), `nets` and `inputs` a net.
        seed: draws nets and inputs.

    Returns:
        The curve `second_moment`: E[z_l²] / E[z_1²] against l = 1 … depth, where E is the mean
        over nets, inputs and units.
    """
    width, depth = config["width"], config["depth"]
    generator = torch.Generator().manual_seed(seed)
    moments = torch.zeros(depth, dtype=torch.float64)
    for _ in range(config["nets"]):
        net = nn.ModuleList(nn.Linear(width, width) for _ in range(depth)).double()
        initialise(net, {"name": config["scheme"]}, generator)
        h = torch.empty(config["inputs"], width, dtype=torch.float64).normal_(generator=generator)
        moments += _second_moments(net, h)
    relative = (moments / moments[0]).tolist()
    return Outcome({}, {"second_moment": Curve(range(1, depth + 1), relative)})


@torch.no_grad()
def _second_moments(net: nn.ModuleList, h: Tensor) -> Tensor:
    moments = []
    for layer in net:
        z = layer(h)
        moments.append(z.square().mean())
        h = z.relu()
    return torch.stack(moments)
