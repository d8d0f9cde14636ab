"""The landscapes whose critical points are searched: a tanh net's, and two that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from deepclaims.claims.overparametrisation.critical_points import Array, Landscape
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import TanhNet


def tanh_net(config: dict[str, Any], rng: np.random.Generator) -> TanhNet:
    """The loss of a net on drawn data: `samples` Gaussian inputs of a `dimension`.

    Targets are those of a `teacher` of so many tanh units with `noise` (a share of the standard
    deviation), or Gaussian without regard to the inputs where it has none. Their mean is 0 and
    their variance 1.
    """
    x = inputs(config, rng)
    if config["teacher"]:
        hidden = np.tanh(1.5 * x @ rng.normal(size=(x.shape[1], config["teacher"])))
        y = hidden @ rng.normal(size=config["teacher"])
        y = y / y.std() + config["noise"] * rng.normal(size=len(x))
    else:
        y = rng.normal(size=len(x))
    return TanhNet(x, (y - y.mean()) / y.std(), config["units"], config["decay"])


def linear_autoencoder(sigma: Array, units: int) -> Landscape:
    """E‖x − A B x‖²/2 of inputs with covariance Σ; θ is A (n, p) and B (p, n), row by row."""
    n = len(sigma)
    basis = np.eye(2 * n * units)
    d_a, d_b = (
        basis[:, : n * units].reshape(-1, n, units),
        basis[:, n * units :].reshape(-1, units, n),
    )

    def surface(theta: Array) -> tuple[Array, Array, Array]:
        count = len(theta)
        a, b = (
            theta[:, : n * units].reshape(count, n, units),
            theta[:, n * units :].reshape(count, units, n),
        )
        rest = (np.eye(n) - a @ b) @ sigma
        loss = np.trace(rest @ (np.eye(n) - a @ b).swapaxes(1, 2), axis1=1, axis2=2) / 2
        gradient = _joined(-rest @ b.swapaxes(1, 2), -a.swapaxes(1, 2) @ rest)
        a, b, rest = a[:, None], b[:, None], rest[:, None]
        turned = (d_a @ b + a @ d_b) @ sigma
        hessian = _joined(
            turned @ b.swapaxes(2, 3) - rest @ d_b.swapaxes(1, 2),
            a.swapaxes(2, 3) @ turned - d_a.swapaxes(1, 2) @ rest,
        )
        return loss, gradient, hessian

    return surface


def logistic(margins: Array, decay: float) -> Landscape:
    """Mean ln(1 + exp(−s x·w)) + decay ‖w‖²/2; the rows of `margins` are s x."""

    def surface(w: Array) -> tuple[Array, Array, Array]:
        z = w @ margins.T
        wrong = expit(-z)
        loss = np.logaddexp(0, -z).mean(axis=1) + decay / 2 * (w**2).sum(axis=1)
        gradient = -wrong @ margins / len(margins) + decay * w
        spread = (wrong * (1 - wrong))[:, None] * margins.T @ margins / len(margins)
        return loss, gradient, spread + decay * np.eye(w.shape[1])

    return surface


def inputs(config: dict[str, Any], rng: np.random.Generator) -> Array:
    """`samples` Gaussian inputs of a `dimension` and a column of ones, (n, d + 1)."""
    n = config["samples"]
    return np.hstack([rng.normal(size=(n, config["dimension"])), np.ones((n, 1))])


def _joined(a: Array, b: Array) -> Array:
    shape = a.shape[:-2]
    return np.concatenate([a.reshape(*shape, -1), b.reshape(*shape, -1)], axis=-1)
