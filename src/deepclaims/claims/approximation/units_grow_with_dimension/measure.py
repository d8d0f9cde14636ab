"""Widths by counting, by construction and by training."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import torch

from deepclaims.claims.approximation.units_grow_with_dimension.shallow import error, width_needed
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.random_layer import uniform_knots
from deepclaims.nn.sign_patterns import least_width


def counted(config: dict[str, Any], seed: int) -> Outcome:
    """Widths on the 2^d corners of a cube; no chance in it.

    Args:
        config: `dimensions`; `doubt` in bits: the count holds for all drawings of ±1 at the corners
            but a share of 2^−doubt; `checked`, the largest d at which parity is computed.
        seed: of nothing.

    Returns:
        Curves over d: `random`, units that a shallow net needs at least for signs drawn at random;
        `parity`, units of a net that computes the parity; up to `checked`, `parity_error`.
    """
    dimensions, small = config["dimensions"], list(range(2, config["checked"] + 1))
    return Outcome(
        {},
        {
            "random": Curve(
                dimensions, [float(least_width(2**d, d, config["doubt"])) for d in dimensions]
            ),
            "parity": Curve(dimensions, [d + 1.0 for d in dimensions]),
            "parity_error": Curve(small, [parity_error(d) for d in small]),
        },
    )


def parity_error(dimension: int) -> float:
    """Largest error at the corners of the net of d + 1 units that bends where the sum has a value.

    The parity of signs hangs on their sum alone.
    """
    corners = torch.tensor(list(product((-1.0, 1.0), repeat=dimension)), dtype=torch.float64)
    mean = corners.mean(dim=1, keepdim=True)

    def parity(at: torch.Tensor) -> torch.Tensor:
        return 1 - 2 * ((1 - at[:, 0]) * dimension / 2).round().remainder(2)

    found = uniform_knots(parity, dimension + 1, mean)
    return float((found - corners.prod(dim=1)).abs().max())


def needed(config: dict[str, Any], seed: int) -> Outcome:
    """The width at which trained nets come within a fixed error.

    Args:
        config: `arm`, the target; `dimension`; `start`, by target the width of each dimension at
            which the search begins; `tolerance`, of the error over the standard deviation;
            `starts`, `lrs`, `steps` and `batch` of the training.
        seed: draws starts and points.

    Returns:
        Metric `width`; curve `errors` over the widths that were tried.
    """
    target, dimension = config["arm"], config["dimension"]
    at = partial(
        error, target, dimension, starts=config["starts"], lrs=config["lrs"],
        steps=config["steps"], batch=config["batch"], seed=seed,
    )  # fmt: skip
    start = config["start"][target][dimension - 1]
    width, tried = width_needed(at, start, config["tolerance"])
    widths = sorted(tried)
    return Outcome({"width": width}, {"errors": Curve(widths, [tried[w] for w in widths])})
