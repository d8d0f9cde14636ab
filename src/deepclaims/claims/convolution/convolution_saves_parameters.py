"""Filters against dense units: parameters, what each knows of space, and what that is worth.

L1 "Convolutional layers: Características de cada neurona".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import mean_interval, paired_difference
from deepclaims.report.style import (
    COLOURS,
    MARKERS,
    figure,
    measured,
    panel_titles,
    say,
    theory,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONV, EQUAL, LARGER, LARGEST = "conv", "dense_9", "dense_40", "dense_150"


def layers(config: dict[str, Any], seed: int) -> Outcome:
    """One filter and one dense unit: their parameters, and what shifting and permuting do.

    Args:
        config: `sides` of images, the first that of the slides' example; `kernel`.
        seed: draws an image, weights and a permutation.

    Returns:
        Curves over the side: `filter` and `dense`, parameters of one neuron with its bias, counted
        in torch. Metrics: `weight_ratio` at the first side, without biases; the largest differences
        between the filtered shifted image and the shifted filtered one, as it is
        (`shift_difference`) and with its pixels permuted (`permuted_shift_difference`); and
        between a dense layer and the one whose pixels and weights are permuted together
        (`dense_difference`).
    """
    sides, kernel = list(config["sides"]), int(config["kernel"])
    filters = [nn.Conv2d(1, 1, kernel) for _ in sides]
    units = [nn.Linear(side**2, 1) for side in sides]
    random = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.empty(shape, dtype=torch.float64).normal_(generator=random)

    side = sides[0]
    x, f, W = normal(1, 1, side, side), normal(1, 1, kernel, kernel), normal(5, side**2)
    order = torch.randperm(side**2, generator=random)

    def permuted(image: torch.Tensor) -> torch.Tensor:
        return image.flatten()[order].view_as(image)

    shifted = x.roll(1, -1)
    # The columns that hold what came in at the edge are not compared.
    found, moved = F.conv2d(x, f)[..., :-1], F.conv2d(shifted, f)[..., 1:]
    out_of_order = F.conv2d(permuted(x), f)[..., :-1], F.conv2d(permuted(shifted), f)[..., 1:]
    dense = x.flatten() @ W.T, x.flatten()[order] @ W[:, order].T
    return Outcome(
        {
            "weight_ratio": filters[0].weight.numel() / units[0].weight.numel(),
            "shift_difference": float((found - moved).abs().max()),
            "permuted_shift_difference": float((out_of_order[0] - out_of_order[1]).abs().max()),
            "dense_difference": float((dense[0] - dense[1]).abs().max()),
        },
        {"filter": _counted(sides, filters), "dense": _counted(sides, units)},
    )


def _counted(sides: list[int], neurons: list[Any]) -> Curve:
    return Curve(sides, [float(sum(p.numel() for p in one.parameters())) for one in neurons])


def judge(results: Results) -> dict[str, Estimate]:
    """Paired differences of test errors in points, and what of the layers is arithmetic."""
    placed = {arm: errors(results, arm, permuted=False) for arm in (CONV, EQUAL, LARGER, LARGEST)}
    permuted = {arm: errors(results, arm, permuted=True) for arm in placed}
    cost = [permuted[arm] - placed[arm] for arm in (LARGER, LARGEST)]
    gain, left = (each[EQUAL] - each[CONV] for each in (placed, permuted))
    ratio = results.values("layers", "weight_ratio").max()
    return {
        "gain_at_equal_parameters": mean_interval(gain),
        "beats_four_times_larger": paired_difference(placed[LARGER], placed[CONV]),
        "fewer_parameters": exact(float(ratio)),
        "keeps_space": _extreme(results, "shift_difference"),
        "dense_is_blind_to_space": _extreme(results, "dense_difference"),
        "sizes_are_equal": exact(parameters(results, EQUAL) / parameters(results, CONV)),
        "advantage_vanishes": paired_difference(left, 0.5 * gain),
        "permutation_costs_the_filter": paired_difference(permuted[CONV], placed[CONV]),
        "permutation_costs_dense_nothing": mean_interval(np.mean(cost, axis=0)),
        "permuted_convolution_commutes_not": _extreme(results, "permuted_shift_difference", "min"),
    }


def _extreme(results: Results, metric: str, which: str = "max") -> Estimate:
    values = results.values("layers", metric)
    return exact(float(getattr(values, which)()), n=len(values))


def errors(results: Results, arm: str, *, permuted: bool) -> np.ndarray:
    """Test error of each seed in points, with the largest training set of the grid, (seeds,)."""
    where = {
        "data.permute": permuted,
        "data.n_train": max(results.axis("training", "data.n_train")),
        "fit.epochs": max(results.axis("training", "fit.epochs")),
    }
    return 100 * results.values("training", "test_error", arm, where)


def parameters(results: Results, arm: str) -> float:
    """How many numbers an arm's net has."""
    return float(results.rows("training", "n_parameters", arm)["value"].iloc[0])


def draw(results: Results, language: str) -> dict[str, Figure]:
    """Errors over parameters, in place and permuted; and parameters over the side."""
    return {
        "errors": errors_figure(results, language),
        "parameters": parameters_figure(results, language),
    }


def errors_figure(results: Results, language: str) -> Figure:
    """Each seed, and the mean with its interval, of every net."""
    fig, axes = figure(1, 2, width=9.6, height=4.3, sharey=True)
    kinds = (
        ((CONV,), say(language, "convolucional", "convolutional")),
        ((EQUAL, LARGER, LARGEST), say(language, "densa", "dense")),
    )
    for ax, permuted in zip(axes, (False, True), strict=True):
        for index, (arms, label) in enumerate(kinds):
            sizes = [parameters(results, arm) for arm in arms]
            each = [errors(results, arm, permuted=permuted) for arm in arms]
            for size, values in zip(sizes, each, strict=True):
                ax.plot(np.full(len(values), 1.13 * size), values, MARKERS[index],
                        color=COLOURS[index], markersize=3, alpha=0.4, ls="none")  # fmt: skip
            found = [mean_interval(values) for values in each]
            measured(
                ax, sizes, [one.value for one in found], [one.low for one in found],
                [one.high for one in found], label, COLOURS[index], marker=MARKERS[index],
                band=False,
            )  # fmt: skip
        ax.set_xscale("log")
        ax.minorticks_off()
        sizes = [round(parameters(results, arm)) for arm in (EQUAL, LARGER, LARGEST)]
        ax.set_xticks(sizes, [f"{size:,}".replace(",", " ") for size in sizes])
        ax.set_xlabel(say(language, "parámetros de la red", "parameters of the net"))
    axes[0].set_ylim(bottom=0)
    axes[0].set_ylabel(say(language, "error de test (%)", "test error (%)"))
    axes[0].legend()
    titles = (
        ("píxeles en su lugar", "pixels in place"),
        ("píxeles permutados (control)", "pixels permuted (control)"),
    )
    panel_titles(axes, [say(language, *title) for title in titles])
    return fig


def parameters_figure(results: Results, language: str) -> Figure:
    """Parameters of one neuron, a filter's and a dense unit's."""
    fig, ax = figure()
    kinds = (
        ("dense", say(language, "unidad densa", "dense unit"), r"$h\,w + 1$"),
        ("filter", say(language, "filtro de 3×3", "3×3 filter"), r"$k^2 + 1$"),
    )
    for index, (kind, label, formula) in enumerate(kinds):
        sides, values = results.curve("layers", kind)
        measured(ax, sides, values[0], label=label, colour=COLOURS[index], marker=MARKERS[index],
                 linestyle="none")  # fmt: skip
        across = np.linspace(sides.min(), sides.max(), 50)
        known = across**2 + 1 if kind == "dense" else np.full_like(across, 10.0)
        theory(ax, across, known, formula, COLOURS[index])
    ax.set_yscale("log")
    ax.set_xlabel(say(language, "lado de la imagen (píxeles)", "side of the image (pixels)"))
    ax.set_ylabel(say(language, "parámetros de una neurona", "parameters of one neuron"))
    ax.legend()
    return fig
