"""He, LeCun, Glorot, truncated: the laws of the sampled weights, and which deep nets they train.

L1 "Inicialización de parámetros"; He et al. 2015; Glorot & Bengio 2010. The slide's laws stand in
`printed_laws`, the figures in `init_schemes_figures`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from scipy import stats
from torch import Tensor, nn

from deepclaims.claims.results import Results
from deepclaims.claims.signals.printed_laws import PRINTED_LAWS
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import (
    exact,
    mean_interval,
    paired_difference,
    proportion_interval,
    worst,
)
from deepclaims.nn.initialisation import initialise

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHANCE = math.log(10)
"""Cross-entropy of ten equal probabilities: the loss of a net that has learnt nothing."""

TRAINED = 0.75
"""A net has trained when its training loss is below this share of `CHANCE`."""

HALVING = ("lecun", "glorot", "glorot_uniform")
"""Laws of variance 1/d at equal widths: each ReLU layer halves the second moment."""

BINS = np.linspace(-4.0, 4.0, 65)


def laws(config: dict[str, Any], seed: int) -> Outcome:
    """Draw the weights of one layer and compare them with the printed law.

    Args:
        config: `scheme`, `fan_in` and `fan_out` of the layer.
        seed: draws the weights.

    Returns:
        Metrics `variance` (sample over printed variance), `ks_p` (Kolmogorov–Smirnov against the
        printed law), `reach` (largest |w| over the end of the support; 0 where there is none)
        and, for bounded laws, `ks_p_normal` (against a normal of the same variance); table
        `histogram` with columns `x` (weight in printed standard deviations) and `density`.
    """
    scheme, d_in, d_out = config["scheme"], config["fan_in"], config["fan_out"]
    law = PRINTED_LAWS[scheme]
    # A seed of its own for every law: the same normal numbers, scaled, would be one sample.
    own = np.random.SeedSequence([seed, list(PRINTED_LAWS).index(scheme)]).generate_state(1)
    w = draw_layer(scheme, d_in, d_out, int(own[0]))
    x = w.double().numpy().ravel() / math.sqrt(law.variance(d_in, d_out))
    density, _ = np.histogram(x, BINS, density=True)
    metrics = {
        "variance": float((x**2).mean()),
        "ks_p": float(stats.kstest(x, law.shape.cdf).pvalue),
        "reach": float(np.abs(x).max()) / law.bound,
    }
    if math.isfinite(law.bound):
        normal = stats.norm(scale=law.shape.std())
        metrics["ks_p_normal"] = float(stats.kstest(x, normal.cdf).pvalue)
    histogram = pd.DataFrame({"x": (BINS[1:] + BINS[:-1]) / 2, "density": density})
    return Outcome(metrics, {}, {"histogram": histogram})


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
    return Outcome(
        {}, {"second_moment": Curve(range(1, depth + 1), (moments / moments[0]).tolist())}
    )


@torch.no_grad()
def _second_moments(net: nn.ModuleList, h: Tensor) -> Tensor:
    moments = []
    for layer in net:
        z = layer(h)
        moments.append(z.square().mean())
        h = z.relu()
    return torch.stack(moments)


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered."""
    checks = results.claim.checks
    full = [s for s in results.axis("laws", "scheme") if s != "he_truncated"]
    among_tanh = [s for s in results.axis("tanh", "init") if s not in ("he", "normal")]
    return {
        "variances": worst(
            [_variance(results, s) for s in full], "within", checks["variances"]["bound"]
        ),
        "shapes": _smallest_p(results),
        "support": _reach(results),
        "truncation": _variance(results, "he_truncated"),
        "he_trains": mean_interval(losses(results, "relu", "he")),
        "halving_stalls": worst(
            [mean_interval(losses(results, "relu", scheme)) for scheme in HALVING],
            "above",
            checks["halving_stalls"]["bound"],
        ),
        "test_sees_truncation": _largest_p_of_normal(results),
        "tanh_indifferent": worst(
            [
                paired_difference(losses(results, "tanh", s), losses(results, "tanh", "he"))
                for s in among_tanh
            ],
            "within",
            checks["tanh_indifferent"]["bound"],
        ),
        "adam_frees_glorot": mean_interval(losses(results, "adam", "glorot")),
        "unit_normal_stalls": _share_trained(results, ("relu", "tanh"), "normal"),
    }


def _variance(results: Results, scheme: str) -> Estimate:
    """Sample variance over the printed one."""
    return mean_interval(results.values("laws", "variance", where={"scheme": scheme}))


def _smallest_p(results: Results) -> Estimate:
    """The smallest p-value of all Kolmogorov–Smirnov tests, times their number."""
    p = results.rows("laws", "ks_p")["value"].to_numpy()
    return exact(min(1.0, p.min() * p.size), p.size)


def _largest_p_of_normal(results: Results) -> Estimate:
    """The test's p-values when the truncated weights are held for normal ones: the largest."""
    rows = results.rows("laws", "ks_p_normal")
    p = rows[rows["scheme"].isin(["he_truncated", "he_truncated_corrected"])]["value"]
    return exact(p.max(), p.size)


def _reach(results: Results) -> Estimate:
    """Of the bounded laws' reach, the one furthest from the end of its support."""
    rows = results.rows("laws", "reach")
    bounded = [s for s in rows["scheme"].unique() if math.isfinite(PRINTED_LAWS[s].bound)]
    reach = rows[rows["scheme"].isin(bounded)]["value"].to_numpy()
    return exact(reach[np.abs(reach - 1).argmax()], reach.size)


def losses(results: Results, part: str, scheme: str) -> np.ndarray:
    """Training loss over `CHANCE`, one value per seed, at the rate that validation chose."""
    where = {"init": scheme, "optimizer.lr": chosen_rate(results, part, scheme)}
    return results.values(part, "train_loss", where=where) / CHANCE


def chosen_rate(results: Results, part: str, scheme: str) -> float:
    """The learning rate with the smallest mean validation error of a scheme."""
    rates = results.axis(part, "optimizer.lr")

    def error(rate: float) -> float:
        where = {"init": scheme, "optimizer.lr": rate}
        # An error that is no number was measured on outputs that are none: nothing is right.
        found = results.values(part, "validation_error", where=where)
        return float(np.nan_to_num(found, nan=1.0).mean())

    return min(rates, key=error)


def _share_trained(results: Results, parts: tuple[str, ...], scheme: str) -> Estimate:
    """Share of seeds that train in one of the parts, at any rate; a NaN loss has not trained."""
    cells = [(part, rate) for part in parts for rate in results.axis(part, "optimizer.lr")]
    trained = np.array([
        results.values(part, "train_loss", where={"init": scheme, "optimizer.lr": rate}) / CHANCE
        < TRAINED
        for part, rate in cells
    ]).any(axis=0)  # fmt: skip
    return proportion_interval(int(trained.sum()), trained.size)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.signals.init_schemes_figures import (
        depth_figure,
        laws_figure,
        schemes_figure,
    )

    return {
        "laws": laws_figure(results, language),
        "depth": depth_figure(results, language),
        "schemes": schemes_figure(results, language),
    }
