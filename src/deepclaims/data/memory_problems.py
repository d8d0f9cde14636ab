"""Generated problems whose answer lies far back in a sequence.

Hochreiter & Schmidhuber 1997, sections 5.2 and 5.4, have such problems.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


def recall(
    replicas: int, n: int, generator: Generator, *, lag: int, noise: float, cues: int = 4
) -> tuple[Tensor, Tensor]:
    """One of `cues` symbols at the first step, then `lag` steps of noise; the answer is the symbol.

    Args:
        replicas: R.
        n: samples of each.
        generator: draws them.
        lag: steps from the symbol to the answer.
        noise: standard deviation of the noise, which has a channel of its own.
        cues: classes.

    Returns:
        Inputs (R, lag + 1, n, cues + 1), classes (R, n).
    """
    y = torch.randint(cues, (replicas, n), generator=generator)
    x = torch.zeros(replicas, lag + 1, n, cues + 1)
    x[:, 0, :, :cues] = F.one_hot(y, cues).float()
    x[..., cues].normal_(0.0, noise, generator=generator)
    return x, y


def cue(
    replicas: int, n: int, generator: Generator, *, distance: int, steps: int, noise: float
) -> tuple[Tensor, Tensor]:
    """A sign, marked, at one place of a noisy sequence; the answer is plus or minus.

    Args:
        replicas: R.
        n: samples of each.
        generator: draws them.
        distance: steps from the sign to the last one, where the answer is read.
        steps: of the sequence.
        noise: standard deviation of what stands at the other steps.

    Returns:
        Inputs (R, steps, n, 2), the values and the mark; classes (R, n), 1 for plus.
    """
    y = torch.randint(2, (replicas, n), generator=generator)
    x = torch.zeros(replicas, steps, n, 2)
    x[..., 0].normal_(0.0, noise, generator=generator)
    place = steps - 1 - distance
    x[:, place, :, 0] = 2.0 * y - 1
    x[:, place, :, 1] = 1.0
    return x, y


def adding(replicas: int, n: int, generator: Generator, *, length: int) -> tuple[Tensor, Tensor]:
    """The adding problem: two numbers of a sequence are marked; the answer is their sum.

    As in Le, Jaitly & Hinton 2015, section 4.1: numbers U(0, 1), one mark in each half.

    Args:
        replicas: R.
        n: samples of each.
        generator: draws them.
        length: steps.

    Returns:
        Inputs (R, length, n, 2), numbers and marks; sums (R, n), of variance 1/6.
    """
    x = torch.zeros(replicas, length, n, 2)
    x[..., 0].uniform_(generator=generator)
    half = length // 2
    first = torch.randint(half, (replicas, 1, n), generator=generator)
    second = torch.randint(half, length, (replicas, 1, n), generator=generator)
    both = torch.cat([first, second], dim=1)
    x[..., 1].scatter_(1, both, 1.0)
    return x, x[..., 0].gather(1, both).sum(1)
