"""Numbers below what a float holds at full precision are zero while a net is trained.

A denormal number, below 1.2e-38 in single precision, costs a CPU many times the cycles of
another. Momentum and weight decay take the numbers of a unit that no longer learns through that
range, geometrically: a training can spend most of its time there, for numbers that change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Let this thread's CPU take denormal numbers for zero; put it back as it was afterwards.

    On processors that cannot, nothing changes but the time.
    """
    before = are_zero()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def are_zero() -> bool:
    """Whether they are so now: torch can be told, and not asked."""
    smallest = torch.full((1,), torch.finfo(torch.float32).tiny)
    return not bool((smallest / 2).item())
