"""How wide a perceptron may be with a given number of parameters."""

from __future__ import annotations

import math


def widest(features: int, depth: int, outputs: int, parameters: int) -> int:
    """Largest width h with (depth − 1) h² + (features + depth + outputs) h + outputs ≤ parameters.

    Args:
        features: numbers that come in.
        depth: hidden layers, at least one.
        outputs: numbers that come out.
        parameters: the budget, weights and biases.

    Raises:
        ValueError: when not even one unit a layer fits.
    """
    linear, left = features + depth + outputs, parameters - outputs
    # The root without cancellation, which also holds for one layer, where the square is missing.
    width = int(2 * left / (linear + math.sqrt(linear**2 + 4 * (depth - 1) * max(left, 0))))
    if width < 1:
        raise ValueError(f"{parameters} parameters are too few for {depth} hidden layers")
    return width
