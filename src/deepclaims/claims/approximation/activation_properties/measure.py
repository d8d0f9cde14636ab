"""The four functions in many digits, torch's against them, and where floats end."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.claims.approximation.activation_properties.formulas import (
    ALPHA,
    DIGITS,
    FORMULAS,
    LOWER,
    places,
    traced,
)
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.activations import ACTIVATIONS


def formulas(config: dict[str, Any], seed: int) -> Outcome:
    """Bounds and identities of one function, in decimals; then torch's against it in float64.

    Args:
        config: `activation`; `reach` and `per_unit`, of the places z.
        seed: not used: nothing is random.

    Returns:
        Of the values: `below_one`, `above_z` and `above_lower`, the least 1 - g, g - z and distance
        from the lower bound; `not_below_one` and `below_z`, at how many of the `places` g(z) ≥ 1
        and g(z) < z. Of the slopes on both sides: `steepest`; `identity_gap`, the largest
        |g′ - g(1 - g)|; `jump`, at 0. Of torch: `value_error`, relative to max{1, |g|}, and
        `slope_error`, of the gradient by autograd from the left slope, which is what it takes at a
        kink. Table `trace`.
    """
    at = places(config["reach"], config["per_unit"])
    trace = traced(FORMULAS[config["activation"]], at)
    with localcontext() as context:
        context.prec = DIGITS
        values = [g for g, _, _ in trace]
        _, left, right = trace[len(at) // 2]
        metrics: dict[str, Decimal | int] = {
            "places": len(at),
            "below_one": min(1 - g for g in values),
            "above_lower": min(values) - LOWER[config["activation"]],
            "not_below_one": sum(g >= 1 for g in values),
            "above_z": min(g - z for z, g in zip(at, values, strict=True)),
            "below_z": sum(g < z for z, g in zip(at, values, strict=True)),
            "steepest": max(max(slopes) for _, *slopes in trace),
            "identity_gap": max(abs(s - g * (1 - g)) for g, *slopes in trace for s in slopes),
            "jump": right - left,
        }
    rows = [[float(z), *map(float, row)] for z, row in zip(at, trace, strict=True)]
    table = pd.DataFrame(rows, columns=["z", "value", "left", "right"])
    found = {name: float(value) for name, value in metrics.items()}
    return Outcome({**found, **_library(config["activation"], table)}, tables={"trace": table})


def _library(name: str, exact: pd.DataFrame) -> dict[str, float]:
    """How far torch's function and its gradient are from the formula, in float64."""
    z, value, left = (torch.tensor(exact[column].to_numpy()) for column in ("z", "value", "left"))
    z.requires_grad_()
    g = F.elu(z, float(ALPHA)) if name == "elu" else ACTIVATIONS[name](z)
    (slope,) = torch.autograd.grad(g.sum(), z)
    off = (g.detach() - value).abs() / value.abs().clamp(min=1.0)
    return {"value_error": float(off.max()), "slope_error": float((slope - left).abs().max())}


def ends(config: dict[str, Any], seed: int) -> Outcome:
    """The first z, in thousandths, at which floats can no longer hold what the formula says.

    Args:
        config: `dtype`, a floating type of torch.
        seed: not used.

    Returns:
        Metrics `sigmoid_is_one`, `tanh_is_one` and `tanh_formula_is_nan`, the last of the slide's
        quotient of exponentials; `*_theory`, where it follows from the type's digits and largest
        number. Table `gaps`: 1 − σ and 1 − tanh at each z.
    """
    dtype: torch.dtype = getattr(torch, config["dtype"])
    z = (torch.arange(720_001, dtype=torch.float64) / 1000).to(dtype)
    up, down = torch.exp(z), torch.exp(-z)
    limits = torch.finfo(dtype)
    # 1 + e⁻ᶻ is rounded to a multiple of eps, what is just below 1 to one of eps/2.
    found = {
        "sigmoid_is_one": _first(z, torch.sigmoid(z) == 1),
        "sigmoid_is_one_theory": math.log(2 / limits.eps),
        "tanh_is_one": _first(z, torch.tanh(z) == 1),
        "tanh_is_one_theory": math.log(8 / limits.eps) / 2,
        "tanh_formula_is_nan": _first(z, ((up - down) / (up + down)).isnan()),
        "tanh_formula_is_nan_theory": math.log(limits.max),
    }
    few = z[:45_001:250]
    table = pd.DataFrame(
        {
            "z": few.double().numpy(),
            "sigmoid": (1 - torch.sigmoid(few)).double().numpy(),
            "tanh": (1 - torch.tanh(few)).double().numpy(),
        }
    )
    return Outcome(found, tables={"gaps": table})


def _first(z: Tensor, met: Tensor) -> float:
    return float(z[met.nonzero()[0, 0]]) if bool(met.any()) else float("nan")
