"""The slide's four activations in decimal arithmetic, and their slopes by difference quotients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from types import MappingProxyType

DIGITS = 120
"""Of the arithmetic: 1 − tanh(100) = 3e-87 has to be told from zero."""

STEP = Decimal("1e-25")
"""h of the quotients: what they are off by, h max|g''|/2, is far below any float."""

ALPHA = Decimal(2)
"""α of ELU; at α = 1 it would hide that its slope jumps at 0."""

Real = Callable[[Decimal], Decimal]


def sigmoid(z: Decimal) -> Decimal:
    """1/(1 + e⁻ᶻ)."""
    return 1 / (1 + (-z).exp())


def tanh(z: Decimal) -> Decimal:
    """(eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ)."""
    up, down = z.exp(), (-z).exp()
    return (up - down) / (up + down)


def relu(z: Decimal) -> Decimal:
    """max{z, 0}."""
    return max(z, Decimal(0))


def elu(z: Decimal) -> Decimal:
    """α(eᶻ − 1) below 0, else z."""
    return z if z >= 0 else ALPHA * (z.exp() - 1)


FORMULAS: Mapping[str, Real] = MappingProxyType(
    {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "elu": elu}
)
"""g by name, as the slide writes it."""

LOWER: Mapping[str, Decimal] = MappingProxyType(
    {"sigmoid": Decimal(0), "tanh": Decimal(-1), "relu": Decimal(0), "elu": -ALPHA}
)
"""The greatest number that g is never below."""


def places(reach: int, per_unit: int) -> list[Decimal]:
    """Equidistant z on [-reach, reach], zero among them."""
    return [Decimal(k) / per_unit for k in range(-reach * per_unit, reach * per_unit + 1)]


def traced(g: Real, at: list[Decimal]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Value, left slope and right slope of g at each place."""
    with localcontext() as context:
        context.prec = DIGITS
        found = []
        for z in at:
            before, here, after = g(z - STEP), g(z), g(z + STEP)
            found.append((here, (here - before) / STEP, (after - here) / STEP))
        return found
