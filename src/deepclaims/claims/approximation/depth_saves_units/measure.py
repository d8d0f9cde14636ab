"""What any net needs, what exists, what drawn and trained deep nets compute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from deepclaims.claims.approximation.depth_saves_units.fits import best_fits, draw, layers_of
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.linear_pieces import count_pieces, fewest_pieces, forward
from deepclaims.nn.sawtooth import sawtooth_net, square_net, tent, units
from deepclaims.nn.sign_patterns import pattern_bits


def counted(config: dict[str, Any], seed: int) -> Outcome:
    """Units that any shallow net needs, and a deep net that does with few; no chance in it.

    Args:
        config: `iterates`, the values of k; `tolerance` of the sawtooth; `points` a piece of the
            grid; `fixed`, the k of the sawtooth whose depth is varied; `drawings`, the k at which
            the patterns of k layers of two units are counted.
        seed: of nothing.

    Returns:
        Curves over k: `shallow_tent` and `shallow_square`, the fewest pieces within the tolerance;
        `deep_tent` and `deep_square`, units of the deep net; `error_tent` and `error_square`, its
        largest error in tolerances; `pieces`, of the deep sawtooth net. Over the depth: `fixed`,
        units of the written net, `fixed_least`, that no net of that depth can do without, and
        `fixed_error`. Over the k of `drawings`: `held`, bits that k layers of two units can hold.
    """
    ks, points, tolerance = config["iterates"], config["points"], config["tolerance"]
    found: dict[str, list[float]] = {}

    def note(**values: float) -> None:
        for name, value in values.items():
            found.setdefault(name, []).append(float(value))

    for k in ks:
        x = np.linspace(0, 1, points * 2**k + 1)
        tooth, parabola, eps = sawtooth_net([2] * k), square_net(k), 2.0 ** (-2 * k - 2)
        note(
            shallow_tent=fewest_pieces(x, tent(x, k), tolerance),
            shallow_square=fewest_pieces(x, x**2, eps),
            deep_tent=units(tooth),
            deep_square=units(parabola),
            error_tent=np.abs(forward(tooth, x) - tent(x, k)).max() / tolerance,
            error_square=np.abs(forward(parabola, x) - x**2).max() / eps,
            pieces=count_pieces(tooth, 0, 1),
        )
    curves = {name: Curve(ks, values) for name, values in found.items()}
    return Outcome({}, curves | _at_fixed(config["fixed"]) | _held(config["drawings"]))


def _at_fixed(k: int) -> dict[str, Curve]:
    """The sawtooth of 2^k teeth at every depth up to k."""
    x = np.linspace(0, 1, 2 ** (k + 2) + 1)
    depths = list(range(1, k + 1))
    nets = [sawtooth_net([2 ** (k // L + (i < k % L)) for i in range(L)]) for L in depths]
    errors = [float(np.abs(forward(net, x) - tent(x, k)).max()) for net in nets]
    return {
        "fixed": Curve(depths, [float(units(net)) for net in nets]),
        "fixed_least": Curve(depths, [float(least_units(2**k, L)) for L in depths]),
        "fixed_error": Curve(depths, errors),
    }


def least_units(pieces: int, depth: int) -> int:
    """Units that no ReLU net of that depth can do without if it has so many affine pieces.

    Widths n_1, …, n_L allow at most prod(n_i + 1) pieces, which is largest where they are equal.
    """
    total = depth
    while True:
        width, wider = divmod(total, depth)
        if (width + 1) ** (depth - wider) * (width + 2) ** wider >= pieces:
            return total
        total += 1


def _held(ks: list[int]) -> dict[str, Curve]:
    return {"held": Curve(ks, [pattern_bits(2**k, 1, [2] * k) for k in ks])}


def drawn(config: dict[str, Any], seed: int) -> Outcome:
    """Pieces of deep nets as they are drawn, for each of their units.

    Args:
        config: `depths`; `width` of every layer; `bias`, standard deviation; `nets` a depth.
        seed: draws the weights.

    Returns:
        Curve `per_unit` over the depth: mean of the nets' pieces over their units.
    """
    generator = torch.Generator().manual_seed(seed)
    shares = []
    for depth in config["depths"]:
        widths = [1, *[config["width"]] * depth, 1]
        nets = (
            layers_of(draw(widths, config["bias"], generator), 0) for _ in range(config["nets"])
        )
        pieces = [count_pieces(net, -1, 1) for net in nets]
        shares.append(float(np.mean(pieces)) / (depth * config["width"]))
    return Outcome({}, {"per_unit": Curve(config["depths"], shares)})


def trained(config: dict[str, Any], seed: int) -> Outcome:
    """What training finds: errors of the best of several learning rates, and the nets' pieces.

    Args:
        config: `depth`, `width`, `bias`; `targets`, `lrs`, `points`, `steps`, as `best_fits` has.
        seed: draws where the nets start.

    Returns:
        Metrics `error_<target>` and `per_unit_<target>`, pieces over units; `log_per_unit`, the
        mean of their binary logarithms.
    """
    widths = [1, *[config["width"]] * config["depth"], 1]
    start = draw(widths, config["bias"], torch.Generator().manual_seed(seed))
    fits = best_fits(start, config["targets"], config["lrs"], config["points"], config["steps"])
    shares = {name: count_pieces(net.layers, -1, 1) for name, net in fits.items()}
    metrics: dict[str, float] = {}
    for name, net in fits.items():
        metrics[f"error_{name}"] = net.error
        metrics[f"per_unit_{name}"] = shares[name] / units(net.layers)
    logs = [math.log2(metrics[f"per_unit_{name}"]) for name in fits]
    return Outcome({**metrics, "log_per_unit": float(np.mean(logs))})


def found(config: dict[str, Any], seed: int) -> Outcome:
    """As `trained`, of the width that belongs to the arm."""
    return trained({**config, "width": config["width"][config["arm"]]}, seed)
