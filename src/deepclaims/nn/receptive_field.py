"""How far back a stack of causal convolutions sees."""

from __future__ import annotations

from collections.abc import Sequence


def receptive_field(taps: int, dilations: Sequence[int]) -> int:
    """Steps that the output at the last step depends on, that one included: 1 + (k − 1) Σ δ_l.

    Args:
        taps: k of every layer.
        dilations: δ_l, one a layer.
    """
    return 1 + (taps - 1) * sum(dilations)
