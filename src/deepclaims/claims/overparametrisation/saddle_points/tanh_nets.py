"""A net of one tanh layer and its squared loss: gradient, Hessian, and how fast that turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from deepclaims.claims.overparametrisation.critical_points import Array

SECOND, THIRD = 0.77, 2.0
"""Bounds of |tanh''| (4/(3√3) = 0.7698…) and |tanh'''|; those of tanh and tanh' are 1."""


@dataclass(frozen=True)
class TanhNet:
    """mean (f(x) − y)²/2 + decay ‖θ‖²/2 with f(x) = v·tanh(W x̃) + b and x̃ = (x, 1).

    Args:
        inputs: x̃, (n, d + 1).
        targets: y, (n,).
        units: of the layer.
        decay: of all parameters; without it most critical points are flat or at infinity.
    """

    inputs: Array
    targets: Array
    units: int
    decay: float

    @property
    def size(self) -> int:
        """Parameters: θ is W row by row, v, b."""
        return self.units * (self.inputs.shape[1] + 1) + 1

    def __call__(self, theta: Array) -> tuple[Array, Array, Array]:
        """Losses (S,), gradients (S, p) and Hessians (S, p, p) at points (S, p)."""
        (n, width), (v, t, r) = self.inputs.shape, self._forward(theta)
        slope, ends = 1 - t**2, self.units * width
        jacobian = np.ones((len(theta), self.size, n))
        turned = (v[:, :, None] * slope)[:, :, None] * self.inputs.T
        jacobian[:, :ends], jacobian[:, ends:-1] = turned.reshape(-1, ends, n), t
        hessian = jacobian @ jacobian.swapaxes(1, 2) / n + self.decay * np.eye(self.size)
        pairs = self.inputs[:, :, None] * self.inputs[:, None, :]
        bent = (v[:, :, None] * (-2 * t * slope) * r[:, None]) @ pairs.reshape(n, -1) / n
        mixed = (slope * r[:, None]) @ self.inputs / n
        for k in range(self.units):
            rows, out = slice(k * width, (k + 1) * width), ends + k
            hessian[:, rows, rows] += bent[:, k].reshape(-1, width, width)
            hessian[:, out, rows] += mixed[:, k]
            hessian[:, rows, out] += mixed[:, k]
        gradient = (jacobian @ r[..., None])[..., 0] / n + self.decay * theta
        return self.loss(theta, r), gradient, hessian

    def descent(self, theta: Array, weights: Array) -> tuple[Array, Array]:
        """Residuals (S, n) of all samples, and gradients (S, p) with weights of samples, (S, n)."""
        v, t, r = self._forward(theta)
        error, ends = r * weights, self.units * self.inputs.shape[1]
        back = v[:, :, None] * (1 - t**2) * error[:, None]
        gradient = self.decay * theta
        gradient[:, :ends] += (back.reshape(-1, len(self.inputs)) @ self.inputs).reshape(-1, ends)
        gradient[:, ends:-1] += (t @ error[..., None])[..., 0]
        gradient[:, -1] += error.sum(axis=1)
        return r, gradient

    def loss(self, theta: Array, residuals: Array) -> Array:
        """Of points (…, p) with residuals (…, n)."""
        square: Array = (residuals**2).mean(axis=-1) / 2
        return square + self.decay / 2 * (theta**2).sum(axis=-1)

    def turning(self, theta: Array) -> Array:
        """How much the Hessian can change by unit of way within 1 of each point, (S,): a bound."""
        v, _, r = self._forward(theta)
        long = np.linalg.norm(self.inputs, axis=1)
        top = np.abs(v).max(axis=1)[:, None] + 1
        first = np.sqrt(self.units * ((top * long) ** 2 + 1) + 1)
        second = SECOND * top * long**2 + long
        third = THIRD * top * long**3 + 3 * SECOND * long**2
        bound: Array = ((np.abs(r) + first) * third + 3 * first * second).mean(axis=1)
        return bound

    def _forward(self, theta: Array) -> tuple[Array, Array, Array]:
        """Output weights v (S, units), activations (S, units, n) and residuals (S, n)."""
        ends = self.units * self.inputs.shape[1]
        w, v = theta[:, :ends].reshape(len(theta), self.units, -1), theta[:, ends:-1]
        t = torch.from_numpy(w @ self.inputs.T).tanh_().numpy()  # half of the time of numpy's
        return v, t, (v[:, None] @ t)[:, 0] + theta[:, -1:] - self.targets


@dataclass(frozen=True)
class Stack:
    """Landscapes of nets alike, on data of their own, for runs on all of them at once.

    Args:
        inputs: x̃ of each landscape, (K, n, d + 1).
        targets: y, (K, n).
        units: of the layer.
        decay: of all parameters.
    """

    inputs: Array
    targets: Array
    units: int
    decay: float

    def descent(self, theta: Array, weights: Array) -> Array:
        """Gradients at (K, R, p) with weights of the samples, (K, R, n)."""
        (many, runs, _), (n, width) = theta.shape, self.inputs.shape[1:]
        ends = self.units * width
        w, v = theta[..., :ends].reshape(many, -1, width), theta[..., ends:-1]
        t = torch.from_numpy(w @ self.inputs.swapaxes(1, 2)).tanh_().numpy()
        t = t.reshape(many, runs, self.units, n)
        r = (v[:, :, None] @ t)[:, :, 0] + theta[..., -1:] - self.targets[:, None]
        error = r * weights
        back = (v[..., None] * (1 - t**2) * error[:, :, None]).reshape(many, -1, n)
        gradient = self.decay * theta
        gradient[..., :ends] += (back @ self.inputs).reshape(many, runs, -1)
        gradient[..., ends:-1] += (t @ error[..., None])[..., 0]
        gradient[..., -1] += error.sum(axis=-1)
        return gradient
