"""A diagonal linear net w = u² − v² on sparse regression, trained by SGD with replacement.

Where the noise of small batches is known to regularise (Pesme, Pillaud-Vivien & Flammarion 2021):
it drives the net towards sparser interpolants than gradient descent finds. The linear model w
itself is the control: from 0, every batch size ends in the same interpolant of least norm.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

INIT = 0.1
"""u = v = 0.1 at first, so w = 0."""
INTERPOLATES = 1e-6
"""Mean squared error on the training set below which it is fitted."""
EVERY = 500


@dataclass(frozen=True)
class SparseRegression:
    """P noiseless problems y = x·w* with few nonzero entries.

    Args:
        x: inputs, `(P, n, d)`.
        w: the truth, `(P, d)`.
    """

    x: Tensor
    w: Tensor

    @property
    def y(self) -> Tensor:
        """Targets, `(P, n)`."""
        return torch.einsum("pnd,pd->pn", self.x, self.w)


def draw(problems: int, n: int, d: int, k: int, generator: torch.Generator) -> SparseRegression:
    """Gaussian inputs; k entries of w* are ±1, the others 0."""
    x = torch.empty(problems, n, d, dtype=torch.float64).normal_(generator=generator)
    w = torch.zeros(problems, d, dtype=torch.float64)
    w[:, :k] = (torch.rand(problems, k, generator=generator) < 0.5).double() * 2 - 1
    return SparseRegression(x, w)


def train(
    data: SparseRegression,
    lrs: list[float],
    batch: int,
    steps: int,
    generator: torch.Generator,
    *,
    linear: bool = False,
) -> tuple[Tensor, Tensor]:
    """SGD on ½(w·x − y)² at each rate, all problems at once.

    Args:
        data: the problems.
        lrs: L rates.
        batch: samples a step, drawn with replacement; n or more for the whole set.
        steps: at most; it stops when all that have not diverged interpolate.
        generator: of the samples, the same for every rate.
        linear: w itself is trained, from 0.

    Returns:
        ‖w − w*‖² and the training mean squared error, `(L, P)` each.
    """
    problems, n, d = data.x.shape
    y, alpha = data.y, torch.tensor(lrs, dtype=torch.float64)[:, None, None]
    u = torch.full((len(lrs), problems, d), 0.0 if linear else INIT, dtype=torch.float64)
    v = u.clone()
    rows = torch.arange(problems)[:, None]

    def weights() -> Tensor:
        return u if linear else u**2 - v**2

    def loss() -> Tensor:
        return (torch.einsum("lpd,pnd->lpn", weights(), data.x) - y).square().mean(-1)

    for t in range(steps):
        if batch >= n:
            x, target = data.x, y
        else:
            chosen = torch.randint(n, (problems, batch), generator=generator)
            x, target = data.x[rows, chosen], y[rows, chosen]
        # (P, L, B): each problem is one small matrix product for all rates
        residual = weights().transpose(0, 1) @ x.mT - target[:, None]
        g = (residual @ x).transpose(0, 1) / x.shape[1]
        if linear:
            u = u - alpha * g
        else:
            u, v = u - 2 * alpha * u * g, v + 2 * alpha * v * g
        if t % EVERY == EVERY - 1:
            now = loss()
            if ((now < INTERPOLATES) | ~(now < 1e6)).all():
                break
    return (weights() - data.w).square().sum(-1), loss()
