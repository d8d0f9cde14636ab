"""Softmax regression with a penalty: the minimum, the noise there, and SGD around it.

A convex problem on real data whose noise ball is known with nothing fitted: near w*, as α → 0, SGD
with B i.i.d. samples a step stays above the minimum by 𝓛 − 𝓛* = α tr(Σ*)/(4B), with Σ* the
covariance of a sample's gradient at w* (the stationary law HP + PH = αΣ*/B gives
tr(HP)/2 = α tr(Σ*)/(4B), whatever the Hessian H is).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize

from deepclaims.data.registry import load
from deepclaims.optim import rules

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
        x = self.x[samples]
        off = _softmax(x @ w) - self.targets[samples]
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
    *,
    alphas: Sequence[float] | Array,
    batch: int,
    replicas: int,
    look_at: Sequence[int] | Array,
    at_minimum: bool,
    rng: np.random.Generator,
) -> Array:
    """𝓛(W_t) − 𝓛(w*) of SGD with B i.i.d. samples a step.

    Args:
        problem: what is minimised.
        least: its minimum.
        alphas: the rate of every step.
        batch: B.
        replicas: R, trajectories side by side.
        look_at: numbers of steps after which the loss is computed.
        at_minimum: start at w*; else at 0.
        rng: of the samples.

    Returns:
        `(looks, R)`.
    """
    start = least.w if at_minimum else np.zeros_like(least.w)
    w = np.repeat(start[None], replicas, axis=0)
    theta, seen, asked = torch.from_numpy(w), [], set(look_at)
    for t, alpha in enumerate(alphas, start=1):
        g = problem.gradient(w, rng.integers(0, len(problem.x), (replicas, batch)))
        rules.sgd([theta], [torch.from_numpy(g)], {}, t, alpha=float(alpha))
        if t in asked:
            seen.append(problem.loss(w) - least.loss)
    return np.array(seen)


@cache
def digits(folder: Path, samples: int, components: int, ridge: float) -> tuple[Softmax, Minimum]:
    """Digits of MNIST by their first principal components, and the minimum.

    The population is the same for every seed. Components have unit variance, divided by √d so that
    ‖x‖² is about one; a constant one is added.

    Args:
        folder: the prepared data set.
        samples: n.
        components: d.
        ridge: weight of the penalty.
    """
    options: dict[str, Any] = {
        "name": "mnist", "n_train": samples, "n_validation": 10, "n_test": 10, "pool": 2,
        "pca": components,
    }  # fmt: skip
    train = load(options, 0, folder).train
    x = train.inputs[0].double().numpy() / np.sqrt(components)
    problem = Softmax(
        np.concatenate([x, np.ones((len(x), 1))], axis=1), np.eye(10)[train.targets.numpy()], ridge
    )
    return problem, minimum(problem)


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares
