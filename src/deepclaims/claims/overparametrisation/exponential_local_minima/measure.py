"""Local minima of one sigmoid neuron: on the data of Auer et al. 1995, and on drawn data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import expit

from deepclaims.claims.overparametrisation.critical_points import (
    Array,
    Landscape,
    minima,
    newton_steps,
)
from deepclaims.evidence.outcome import Curve, Outcome

TARGET = 0.75
"""What Auer's examples ask for: σ(ln 3) = 3/4."""
WELL = math.log(3)
SETTLED = 1e-8
"""Length of Newton's step at which a minimum is taken for found."""
CURVED = 1e-7
"""Smallest eigenvalue of the Hessian that a minimum must have."""
ALIKE = 1e-3
"""Points nearer than this are one minimum."""
FAR = 1e3
"""Weights longer than this have run away: the loss falls for ever."""
RISE = 1 / (4 * math.e) + (2 / math.e) ** 2 / 2
TURN = 1 / (4 * math.e) + 3 * (2 / math.e) ** 2 / 2 + (3 / math.e) ** 3
"""No example's pull has a larger first, or second, derivative by u = ln w (`_pull` says why)."""
ROUNDING = 1e-12
"""What doubles are off by, in a sum of pulls or of their first derivatives, is below this."""


def certificate(config: dict[str, Any], seed: int) -> Outcome:
    """All minima of Auer's data in one dimension, by covering the line with cells.

    With u = ln w and F = w dE/dw, a cell of width h has no zero of F where |F| > m L₁ h at an end,
    and F rises or falls throughout where |F'| > m L₂ h; L₁, L₂ bound one example's |F'|, |F''|. To
    the left of w = ln 3 every example pulls to the right, beyond ln 3 · c^(m−1) every one pulls to
    the left. A sign counts where it is larger than what rounding may do.

    Args:
        config: `examples` m; `spreads`, the c; `cells`.
        seed: not used: nothing is random.

    Returns:
        Curves over the number of the spread: `minima`, and `open` cells, of which nothing is known.
    """
    m, found, unknown = config["examples"], [], []
    for c in config["spreads"]:
        ends = np.linspace(
            math.log(WELL) - 1e-3, math.log(WELL) + (m - 1) * math.log(c) + 1e-3, config["cells"]
        )
        width = ends[1] - ends[0]
        f, slope, _ = np.sum([_pull(ends - i * math.log(c)) for i in range(m)], axis=0)
        empty = _larger(f) > m * RISE * width + ROUNDING
        steady = _larger(slope) > m * TURN * width + ROUNDING
        steady &= np.minimum(np.abs(f[1:]), np.abs(f[:-1])) > ROUNDING
        turns = (f[:-1] < 0) & (f[1:] > 0)
        found.append(int((turns & steady).sum()))
        unknown.append(int((~empty & ~steady).sum()))
    places = range(len(found))
    return Outcome({}, {"minima": Curve(places, found), "open": Curve(places, unknown)})


def auer(config: dict[str, Any], seed: int) -> Outcome:
    """Minima on Auer's data of d dimensions, found from many starts.

    Along each axis lie m examples, c^(−i) of it for i < m, that all ask for 3/4: each makes a well
    near w = ln 3 · c^i, which the others, saturated or near zero, leave as it is.

    Args:
        config: `dimension` d, `examples` m along each axis, `spread` c, `steps`, `margin`.
        seed: draws the starts, log-uniform over the wells; as many as it takes to hit all.

    Returns:
        Metrics `found`; `formula`, ⌊n/d⌋^d; `trapped`, the share of the starts that end above the
        best by `margin` of the loss at w = 0.
    """
    d, m, c = config["dimension"], config["examples"], config["spread"]
    x = np.concatenate([np.eye(d) * float(c) ** -i for i in range(m)])
    expected = (len(x) // d) ** d
    starts = np.random.default_rng([seed, d, m]).uniform(
        math.log(0.3), math.log(5.0) + (m - 1) * math.log(c),
        (math.ceil(expected * (math.log(expected) + 5)), d),
    )  # fmt: skip
    plain = _squared(x, np.full(len(x), TARGET))
    surface = _in_logarithms(plain)
    found, losses = _settled(surface, minima(surface, starts, config["steps"]))
    worse = _worse(plain, losses, config["margin"], d)
    return Outcome(
        {"found": len(_groups(found)), "formula": expected, "trapped": float(worse.mean())}
    )


def drawn(config: dict[str, Any], seed: int) -> Outcome:
    """Minima on Gaussian inputs, found from many starts.

    Args:
        config: `arm`: targets `random` (uniform), `noisy` (a teacher's with noise) or `realisable`
            (a teacher's), with squared loss, or `log_loss` (random classes); `dimension` d,
            `per_dimension` n/d, `noise`, `starts`, `reach` (their median length
            is about √d times that), `runs`, `steps`, `margin`.
        seed: draws data and starts.

    Returns:
        Metrics `found`; `once`, how many of those only one start found; `trapped` and `astray`:
        share of `runs` from ordinary starts, and of the search's far ones, that end above the best
        by `margin` of the loss at w = 0.
    """
    d, rng = config["dimension"], np.random.default_rng([seed, config["dimension"]])
    n = config["per_dimension"] * d
    x, teacher = rng.normal(size=(n, d)), 2 * rng.normal(size=d) / math.sqrt(d)
    y = {
        "random": rng.uniform(size=n),
        "noisy": expit(x @ teacher) + config["noise"] * rng.normal(size=n),
        "realisable": expit(x @ teacher),
        "log_loss": rng.integers(0, 2, n).astype(float),
    }[config["arm"]]
    surface = (_logistic if config["arm"] == "log_loss" else _squared)(x, y)
    lengths = config["reach"] * 3 ** rng.normal(size=(config["starts"], 1))
    starts = rng.normal(size=(config["starts"], d)) * lengths
    runs = rng.normal(size=(config["runs"], d)) / math.sqrt(d)
    ends = minima(surface, np.concatenate([starts, runs]), config["steps"])
    found, losses = _settled(surface, ends)
    worse = _worse(surface, losses, config["margin"], d)
    groups = _groups(found)
    return Outcome(
        {
            "found": len(groups),
            "once": groups.count(1),
            "trapped": float(worse[len(starts) :].mean()),
            "astray": float(worse[: len(starts)].mean()),
        }
    )


def _larger(values: Array) -> Array:
    """The larger size at the two ends of each cell."""
    sizes = np.abs(values)
    return np.maximum(sizes[1:], sizes[:-1])


def _pull(u: Array) -> tuple[Array, Array, Array]:
    """The pull w dE/dw of one example at w = e^u, and its first two derivatives by u.

    As w > 0, |r| < 1/4, and s₁ = σ′(w) < e⁻ʷ bounds |s₂| and |s₃|: so |e₁| ≤ s₁/4, |e₂| ≤ s₁/2 and
    |e₃| ≤ s₁, since s₁ ≤ 1/4; and wᵏ e⁻ʷ ≤ (k/e)ᵏ.
    """
    w = np.exp(u)
    s = expit(w)
    s1 = s * expit(-w)
    s2, s3 = s1 * (1 - 2 * s), s1 * (1 - 6 * s1)
    r = s - TARGET
    e1, e2, e3 = r * s1, s1**2 + r * s2, 3 * s1 * s2 + r * s3
    return w * e1, w * e1 + w**2 * e2, w * e1 + 3 * w**2 * e2 + w**3 * e3


def _squared(x: Array, y: Array) -> Landscape:
    """Mean (σ(x·w) − y)²/2."""

    def surface(w: Array) -> tuple[Array, Array, Array]:
        s = expit(w @ x.T)
        r, s1 = s - y, s * (1 - s)
        bend = s1**2 + r * s1 * (1 - 2 * s)
        return (
            (r**2).mean(axis=1) / 2,
            (r * s1) @ x / len(x),
            (bend[:, None] * x.T) @ x / len(x),
        )

    return surface


def _logistic(x: Array, y: Array) -> Landscape:
    """Mean of −y ln σ(x·w) − (1 − y) ln(1 − σ(x·w)), convex."""

    def surface(w: Array) -> tuple[Array, Array, Array]:
        z = w @ x.T
        s = expit(z)
        return (
            (np.logaddexp(0, z) - y * z).mean(axis=1),
            (s - y) @ x / len(x),
            ((s * (1 - s))[:, None] * x.T) @ x / len(x),
        )

    return surface


def _in_logarithms(surface: Landscape) -> Landscape:
    """The same landscape by u = ln w, where wells that lie decades apart are equally wide."""

    def by_logarithm(u: Array) -> tuple[Array, Array, Array]:
        w = np.exp(u)
        loss, g, h = surface(w)
        g = g * w
        h = h * w[:, :, None] * w[:, None]
        h[:, range(u.shape[1]), range(u.shape[1])] += g
        return loss, g, h

    return by_logarithm


def _settled(surface: Landscape, ends: Array) -> tuple[Array, Array]:
    """Those ends that are minima, (found, d), and the losses of all, (S,)."""
    loss, g, h = surface(ends)
    sure = newton_steps(g, h) < SETTLED * (1 + np.linalg.norm(ends, axis=1))
    sure &= np.linalg.eigvalsh(h)[:, 0] > CURVED
    sure &= np.linalg.norm(ends, axis=1) < FAR
    return ends[sure], loss


def _worse(surface: Landscape, losses: Array, margin: float, dimension: int) -> Array:
    """Which losses are above the lowest by a share of the loss at w = 0, (S,)."""
    start = surface(np.zeros((1, dimension)))[0][0]
    above: Array = losses > losses.min() + margin * start
    return above


def _groups(points: Array) -> list[int]:
    """Of how many points each group of points that lie together consists."""
    left, sizes = points, []
    while len(left):
        apart = np.abs(left - left[0]).max(axis=1) > ALIKE * (1 + np.abs(left[0]).max())
        sizes.append(int((~apart).sum()))
        left = left[apart]
    return sizes
