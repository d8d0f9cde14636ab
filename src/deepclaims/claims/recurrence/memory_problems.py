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
    """One of `cues` symbols at the first step, then `lag` steps of noise: which symbol was it?

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
