"""Small populations, sets Θ and constants c, σ², μ² that are computed: nothing is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from deepclaims.optim.population_problem import Problem, logistic_regression, sign_regression

Array = np.ndarray
WEIGHTS = np.array([1.0, -0.5])


@dataclass(frozen=True)
class Theta:
    """The closed ball of the weights.

    Args:
        centre: `(d,)`.
        radius: D.
    """

    centre: Array
    radius: float

    def project(self, w: Array) -> Array:
        """The nearest points of Θ, `(P, d)`."""
        off = w - self.centre
        length = np.linalg.norm(off, axis=1, keepdims=True)
        return self.centre + off / np.maximum(length / self.radius, 1.0)

    def holds(self, w: Array) -> Array:
        """Which points lie in Θ, `(P,)`."""
        inside: Array = np.linalg.norm(w - self.centre, axis=1) <= self.radius
        return inside

    def points(self, directions: int, radii: int) -> Array:
        """Points of a Θ in the plane, its edge included, `(directions · radii, 2)`."""
        angle = 2 * np.pi * np.arange(directions) / directions
        rays = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        lengths = self.radius * np.linspace(0, 1, radii + 1)[1:]
        return self.centre + (lengths[:, None, None] * rays).reshape(-1, 2)


@dataclass(frozen=True)
class Known:
    """Constants that hold on all of Θ by a closed form: the slide's assumptions."""

    c: float
    sigma2: float
    mu2: float


def draw(name: str, size: int, seed: int) -> Problem:
    """A population with two weights; `minimiser` is the minimum over the whole plane.

    Args:
        name: `signs` (regression on all sign vectors, nothing drawn), `regression`, `logistic`
            (with a penalty), `flat` (inputs on a line: convex, but not strongly).
        size: N of those that are drawn.
        seed: draws them.
    """
    if name == "signs":
        return sign_regression(2, 3.0, 1.0)
    if name == "logistic":
        return logistic_regression(size, 2, 0.1, 1.0, seed)
    rng = np.random.default_rng([seed, 1])
    x = rng.normal(size=(size, 2)) * [1.0, 2.0]
    if name == "flat":
        x = x[:, :1] * WEIGHTS
    y = x @ WEIGHTS + rng.normal(size=size)
    return Problem(x, y, np.linalg.lstsq(x, y, rcond=None)[0], 1.0)


def place(problem: Problem, where: str, seed: int) -> Theta:
    """Θ about the minimum of the plane (`centred`), off it (`inside`), or without it (`edge`)."""
    rng = np.random.default_rng([seed, 2])
    angle, share = rng.uniform(0, 2 * np.pi), rng.uniform()
    off = {"centred": 0.0, "inside": 0.2 + 0.6 * share, "edge": 1.2 + 0.8 * share}[where]
    way = np.array([np.cos(angle), np.sin(angle)])
    return Theta(problem.minimiser + off * problem.radius * way, problem.radius)


def constants(problem: Problem, theta: Theta) -> Known:
    """c, σ² and μ² on Θ in closed form; of a centred regression on signs they are attained."""
    x, y, size, ridge = problem.x, problem.y, len(problem.y), problem.ridge
    moment, lengths = x.T @ x / size, np.linalg.norm(x, axis=1)
    slope = problem.gradient(theta.centre[None])[0]
    if problem.logistic:
        margin, reach = x @ theta.centre, theta.radius * lengths
        far = _sigmoid(np.abs(margin) + reach)  # where a sample's loss bends least
        c = np.linalg.eigvalsh((x.T * far * (1 - far)) @ x / size)[0] + ridge
        off = np.maximum(_sigmoid(margin + reach) - y, y - _sigmoid(margin - reach))
        sigma2 = float((off**2 * lengths**2).mean())
        steepest = np.linalg.eigvalsh(moment)[-1] / 4 + ridge
    else:
        c, steepest = np.linalg.eigvalsh(moment)[[0, -1]]
        each = x[:, :, None] * x[:, None, :] - moment  # g(κ + e) − E g = its part at κ + each · e
        here = (x @ theta.centre - y)[:, None] * x - slope
        square = np.einsum("nij,nik->jk", each, each) / size
        cross = np.einsum("nij,ni->j", each, here) / size
        sigma2 = (
            (here**2).sum(axis=1).mean()
            + 2 * np.linalg.norm(cross) * theta.radius
            + np.linalg.eigvalsh(square)[-1] * theta.radius**2
        )
    mu = np.linalg.norm(slope) + steepest * theta.radius
    return Known(float(c), float(sigma2), float(mu**2))


def minimise(problem: Problem, theta: Theta, starts: Array, steps: int = 20_000) -> Array:
    """Projected gradient descent on 𝓛 over Θ from each start, `(starts, d)`."""
    bend = np.linalg.eigvalsh(problem.x.T @ problem.x / len(problem.y))[-1]
    rate = 1 / (bend * (0.25 if problem.logistic else 1.0) + problem.ridge)
    w = theta.project(starts)
    for _ in range(steps):
        before, w = w, theta.project(w - rate * problem.gradient(w))
        if np.abs(w - before).max() < 1e-16 * theta.radius:
            break
    return w


def sample_gradients(problem: Problem, w: Array) -> Array:
    """∂L(x_n, y_n; w)/∂w by hand, of every sample at points w `(P, d)`, `(P, N, d)`."""
    slopes = problem.slope(w @ problem.x.T, problem.y)
    each: Array = slopes[:, :, None] * problem.x + problem.ridge * w[:, None, :]
    return each


def losses(problem: Problem, w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """L(x, y; w) with torch, whose autograd knows nothing of the formulas by hand."""
    margin = (w * x).sum(-1)
    penalty = problem.ridge / 2 * (w**2).sum(-1)
    if problem.logistic:
        target = y.expand_as(margin)
        return F.binary_cross_entropy_with_logits(margin, target, reduction="none") + penalty
    return (margin - y) ** 2 / 2 + penalty


def population_loss(problem: Problem, w: Array) -> tuple[Array, Array]:
    """𝓛(w) and ∇𝓛(w) at points w `(P, d)`: the mean of losses, and its gradient by autograd."""
    free = torch.tensor(w, requires_grad=True)
    x, y = torch.from_numpy(problem.x), torch.from_numpy(problem.y)
    value = losses(problem, free[:, None, :], x, y).mean(1)
    return value.detach().numpy(), torch.autograd.grad(value.sum(), free)[0].numpy()


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))
