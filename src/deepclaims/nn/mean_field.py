"""What mean-field theory says of the gradient through a tanh recurrence.

It takes the state as Gaussian with a variance that settles (Poole et al. 2016; Schoenholz et al.
2017); the gradient's rate is then one number, the same for orthogonal W as for Gaussian W of that
variance.
"""

from __future__ import annotations

import math

import numpy as np

TRANSIENT = 20
"""Steps left out of a slope while the state settles."""


def tanh_rate(gain: float, inputs: float) -> float:
    """Mean-field log₁₀ of what ‖∂h_t/∂h_0‖_F grows by in a step with g = tanh.

    ½ log₁₀ χ with χ = σ_w² E[tanh'(√q Z)²], where q = σ_w² E[tanh(√q Z)²] + σ_u² and Z ~ N(0, 1).

    Args:
        gain: σ_w.
        inputs: σ_u.
    """
    z, weight = np.polynomial.hermite_e.hermegauss(151)
    weight = weight / weight.sum()
    q = gain**2 + inputs**2
    change = math.inf
    while change > 1e-12:  # q falls to its limit, fast where there are inputs
        before, q = q, gain**2 * float(weight @ np.tanh(math.sqrt(q) * z) ** 2) + inputs**2
        change = before - q
    chi = gain**2 * float(weight @ (1 - np.tanh(math.sqrt(q) * z) ** 2) ** 2)
    return 0.5 * math.log10(chi)
