"""Inverted dropout: what it does to a layer's output, and to the error of a net that over-fits.

L1 "Inyección de ruido"; Srivastava et al. 2014. The figures stand in `dropout_figures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from deepclaims.claims.results import Results
from deepclaims.errors import ClaimError
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.outcome import Outcome
from deepclaims.evidence.statistics import exact, mean_interval, paired_difference, worst
from deepclaims.nn.dropout import Dropout

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEEP, SIZE = "regularizer.p_keep", "data.n_train"
HALF = 0.5  # p_keep at which the generalisation gap is compared


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
    layer = Dropout(p)
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

    def normal(*shape: int) -> Tensor:
        return torch.empty(shape, dtype=torch.float64).normal_(generator=generator)

    return normal(outputs, width) * (2 / width) ** 0.5, normal(outputs), normal(width).relu()


def _slope(y: Tensor, x: Tensor) -> float:
    """Least squares through the origin."""
    return float((x @ y) / (x @ x))


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered."""
    checks = results.claim.checks
    return {
        "mean_kept": worst(
            _over_masks(results, "mean_slope"), "within", checks["mean_kept"]["bound"]
        ),
        "variance_formula": worst(
            _over_masks(results, "variance_slope"), "within", checks["variance_formula"]["bound"]
        ),
        "error_falls": mean_interval(_over_sizes(results, gain)),
        "gap_closes": mean_interval(_over_sizes(results, gap_closed)),
        "without_scaling": worst(_over_masks(results, "mean_slope_unscaled"), "below"),
        "relu_shifts": worst(_over_masks(results, "relu_shift"), "above"),
        "keeping_all_is_none": _difference_to_none(results),
        "underfit_gets_worse": _underfit(results),
    }


def _over_masks(results: Results, metric: str) -> list[Estimate]:
    """A metric of the layer, an estimate over seeds for each p_keep."""
    return [
        mean_interval(results.values("moments", metric, where={"p_keep": p}))
        for p in results.axis("moments", "p_keep")
    ]


def _over_sizes(results: Results, statistic: Any) -> np.ndarray:
    """A statistic's mean over the sizes of the training set, one value per seed."""
    sizes = results.axis("sweep", SIZE)
    return np.mean([statistic(results, size) for size in sizes], axis=0)


def gain(results: Results, size: int) -> np.ndarray:
    """Test error saved by dropout in percentage points, one value per seed.

    Each seed keeps the p_keep with the smallest error on its validation set; where that is
    p_keep = 1, dropout was not taken and the gain is 0.
    """
    test = by_keep(results, "sweep", "test_error", {SIZE: size})
    chosen = chosen_keep(results, size)
    return test[1.0] - np.array([test[p][seed] for seed, p in enumerate(chosen)])


def chosen_keep(results: Results, size: int) -> list[float]:
    """The p_keep that each seed's validation error chooses; of equals, the largest."""
    validation = by_keep(results, "sweep", "validation_error", {SIZE: size})
    keeps = sorted(validation, reverse=True)
    table = np.array([validation[p] for p in keeps])
    return [keeps[row] for row in table.argmin(axis=0)]


def gap_closed(results: Results, size: int) -> np.ndarray:
    """By how much p_keep = 0.5 closes the gap validation − train error, percentage points."""
    gaps = gap(results, size)
    return gaps[1.0] - gaps[HALF]


def gap(results: Results, size: int) -> dict[float, np.ndarray]:
    """Generalisation gap, validation − train error in percentage points, by p_keep."""
    validation = by_keep(results, "sweep", "validation_error", {SIZE: size})
    train = by_keep(results, "sweep", "train_error", {SIZE: size})
    return {p: validation[p] - train[p] for p in validation}


def by_keep(
    results: Results, part: str, metric: str, where: dict[str, Any] | None = None
) -> dict[float, np.ndarray]:
    """An error in per cent by p_keep, one value per seed.

    Raises:
        ClaimError: when the grid lacks 1 or 0.5, which the criterion compares.
    """
    keeps = results.axis(part, KEEP)
    if not {1.0, HALF} <= set(keeps):
        raise ClaimError(f"{results.claim.name}: part {part} needs p_keep 1 and 0.5, has {keeps}")
    return {
        float(p): 100 * results.values(part, metric, where={KEEP: p, **(where or {})})
        for p in keeps
    }


def _difference_to_none(results: Results) -> Estimate:
    """Largest |difference| of the test loss between p_keep = 1 and no dropout layer at all."""
    size = results.axis("none", SIZE)[0]
    none = results.rows("none", "test_loss", where={SIZE: size}).set_index("seed")["value"]
    kept = results.rows("sweep", "test_loss", where={SIZE: size, KEEP: 1.0})
    both = kept.set_index("seed")["value"].reindex(none.index)
    return exact(float((both - none).abs().max(skipna=False)), len(none))


def _underfit(results: Results) -> Estimate:
    """Test error that p_keep = 0.5 costs a net too small to over-fit, percentage points."""
    test = by_keep(results, "underfit", "test_error")
    return paired_difference(test[HALF], test[1.0])


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.regularisation.dropout_figures import moments_figure, sweep_figure

    return {
        "sweep": sweep_figure(results, language),
        "moments": moments_figure(results, language),
    }
