"""Softmax regression with a penalty: the minimum, the noise there, and SGD around it.

A convex problem whose noise ball is known with nothing fitted: near w*, as α → 0, SGD
with B i.i.d. samples a step stays above the minimum by 𝓛 − 𝓛* = α tr(Σ*)/(4B), with Σ* the
covariance of a sample's gradient at w* (the stationary law HP + PH = αΣ*/B gives
tr(HP)/2 = α tr(Σ*)/(4B), whatever the Hessian H is).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from deepclaims.optim import rules
from deepclaims.optim.walks import by, record, walk

Array = np.ndarray


@dataclass(frozen=True)
class Softmax:
    """𝓛(w) = mean cross-entropy of softmax(x w) over n samples, plus ridge/2 ‖w‖².

    Args:
        x: inputs with a constant one among them, `(n, d)`.
        targets: one-hot classes, `(n, K)`.
        ridge: weight of the penalty.
    """

    x: Array
    targets: Array
    ridge: float

    def loss(self, w: Array) -> Array:
        """𝓛 at weights `(R, d, K)`, `(R,)`."""
        count, d, classes = w.shape
        scores = (self.x @ w.transpose(1, 0, 2).reshape(d, -1)).reshape(-1, count, classes)
        top = scores.max(axis=2)
        logs = top + np.log(np.exp(scores - top[:, :, None]).sum(axis=2))
        fit = logs.mean(axis=0) - np.einsum("nrk,nk->r", scores, self.targets) / len(self.x)
        total: Array = fit + self.ridge / 2 * (w**2).sum(axis=(1, 2))
        return total

    def gradient(self, w: Array, samples: Array) -> Array:
        """Mean gradient over each replica's samples `(R, B)` at `(R, d, K)`, `(R, d, K)`."""
        x = self.x.take(samples, axis=0)
        off = _softmax(x @ w) - self.targets.take(samples, axis=0)
        mean: Array = x.transpose(0, 2, 1) @ off / samples.shape[1] + self.ridge * w
        return mean


@dataclass(frozen=True)
class Minimum:
    """Where 𝓛 is least.

    Args:
        w: w*, `(d, K)`.
        loss: 𝓛(w*).
        noise: tr(Σ*), the variance of a sample's gradient at w*.
        slope: ‖∇𝓛(w*)‖, zero but for rounding.
        start: 𝓛(0).
    """

    w: Array
    loss: float
    noise: float
    slope: float
    start: float

    def plateau(self, alpha: float, batch: int) -> float:
        """α tr(Σ*)/(4B), the excess loss at which SGD stays."""
        return alpha * self.noise / (4 * batch)


def minimum(problem: Softmax) -> Minimum:
    """The minimum by L-BFGS."""
    shape = problem.x.shape[1], problem.targets.shape[1]

    def value(flat: Array) -> tuple[float, Array]:
        w = flat.reshape(shape)
        off = _softmax(problem.x @ w) - problem.targets
        slope = problem.x.T @ off / len(problem.x) + problem.ridge * w
        return float(problem.loss(w[None])[0]), slope.ravel()

    options = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 50}
    found = minimize(value, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options=options)
    w = found.x.reshape(shape)
    off = _softmax(problem.x @ w) - problem.targets
    each = np.einsum("nd,nk->ndk", problem.x, off)
    noise = ((each - each.mean(axis=0)) ** 2).sum(axis=(1, 2)).mean()
    slope = float(np.linalg.norm(value(found.x)[1]))
    start = float(problem.loss(np.zeros((1, *shape)))[0])
    return Minimum(w, float(problem.loss(w[None])[0]), float(noise), slope, start)


def excess(
    problem: Softmax,
    least: Minimum,
    start: Array,
    alphas: Array,
    draws: Iterator[Array],
    look_at: Iterable[int],
) -> Array:
    """𝓛(W_t) − 𝓛(w*) of SGD.

    Args:
        problem: what is minimised.
        least: its minimum.
        start: W_0 of each trajectory, `(R, d, K)`.
        alphas: the rate of every step, `(steps,)`.
        draws: the samples of every step, `(R, B)` each.
        look_at: numbers of steps after which the loss is computed.

    Returns:
        `(looks, R)`.
    """
    points = walk(start, problem.gradient, by(rules.sgd, alphas), len(alphas), draws=draws)
    return record(points, lambda w: problem.loss(w) - least.loss, look_at)


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares
