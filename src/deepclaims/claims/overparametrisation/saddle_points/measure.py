"""Critical points of small landscapes with their indices, and how SGD fares beside saddles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from deepclaims.claims.overparametrisation.critical_points import (
    Array,
    Landscape,
    distinct,
    minima,
    newton_steps,
    stationary,
)
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import TanhNet
from deepclaims.evidence.outcome import Curve, Outcome

APART = 1e-7
"""Losses nearer than this are one level: copies of one critical point lie at the same."""
CERTAIN = 0.5
"""Kantorovich: a critical point lies within two Newton steps where |H⁻¹g| |H⁻¹| |H'| is no more."""


def critical(config: dict[str, Any], seed: int) -> Outcome:
    """The certified critical points of a tanh net's landscape, found from many starts.

    Args:
        config: `units`; `samples`, `dimension`, `teacher`, `noise`, `decay` of the landscape (see
            `landscape`); `starts`, `steps` of each of both searches.
        seed: draws data and starts.

    Returns:
        Metrics `saddles` and `minima` (distinct levels), `saddle_points` and `minimum_points` (with
        their copies by permuted and reflected units), `order` (rank correlation of index and loss),
        `certified` (share of the starts that gave a certified point), `certainty` (the largest of
        Kantorovich's numbers that passed). Table `levels`: loss and index of each.
    """
    rng = np.random.default_rng([seed, 1])
    net = landscape(config, rng)
    points, losses, indices, certainty, share = _levels(net, config, rng)
    copies = np.array([_copies(point, net.units) for point in points])
    saddle = indices > 0
    levels = pd.DataFrame({"loss": losses, "index": indices, "copies": copies})
    return Outcome(
        {
            "saddles": int(saddle.sum()),
            "minima": int((~saddle).sum()),
            "saddle_points": int(copies[saddle].sum()),
            "minimum_points": int(copies[~saddle].sum()),
            "order": float(np.corrcoef(*levels[["index", "loss"]].rank().T.to_numpy())[0, 1]),
            "certified": share,
            "certainty": certainty,
        },
        tables={"levels": levels},
    )


def autoencoder(config: dict[str, Any], seed: int) -> Outcome:
    """The same search on a linear autoencoder, whose critical levels are known.

    Baldi & Hornik 1989: (tr Σ − Σ_{i∈I} λ_i)/2 for every set I of at most p eigenvalues of Σ, all
    of them saddles but that of the p largest.

    Args:
        config: `inputs` n, `units` p, `starts`, `steps`.
        seed: draws Σ's eigenvalues and the starts.

    Returns:
        Metrics `missing`, `spurious` and `false_minima`, all 0 if search and theorem agree;
        `saddles` found.
    """
    n, p = config["inputs"], config["units"]
    rng = np.random.default_rng([seed, 2])
    sigma = np.sort(rng.uniform(0.5, 4.0, n))[::-1]
    surface = _linear(np.diag(sigma), p)
    starts = _starts(rng, config["starts"], 2 * n * p)
    points = np.concatenate(
        [search(surface, starts, config["steps"]) for search in (stationary, minima)]
    )
    loss, g, h = surface(points)
    critical = np.linalg.norm(g, axis=1) < 1e-9
    curvature = np.linalg.eigvalsh(h[critical])
    saddle = curvature[:, 0] < -1e-6 * curvature[:, -1]
    known = np.array(
        [sigma.sum() - sum(each) for k in range(p + 1) for each in combinations(sigma, k)]
    ) / 2  # fmt: skip
    far = np.abs(loss[critical][:, None] - known)
    is_lowest = far.argmin(axis=1) == known.argmin()
    return Outcome(
        {
            "missing": int((far.min(axis=0) > 1e-6).sum()),
            "spurious": int((far.min(axis=1) > 1e-6).sum()),
            "false_minima": int((~saddle != is_lowest).sum()),
            "saddles": len(distinct(loss[critical][saddle], 1e-6)),
        }
    )


def convex(config: dict[str, Any], seed: int) -> Outcome:
    """The same search on a convex landscape, logistic regression with weight decay.

    Args:
        config: `samples`, `dimension`, `decay`, `starts`, `steps`.
        seed: draws data and starts.

    Returns:
        Metrics `saddles` and `levels` found.
    """
    rng = np.random.default_rng([seed, 3])
    x, sign = _inputs(config, rng), rng.choice([-1.0, 1.0], config["samples"])
    surface = _logistic(x * sign[:, None], config["decay"])
    starts = _starts(rng, config["starts"], x.shape[1])
    points = np.concatenate(
        [search(surface, starts, config["steps"]) for search in (stationary, minima)]
    )
    loss, g, h = surface(points)
    found = np.linalg.norm(g, axis=1) < 1e-9
    return Outcome(
        {
            "saddles": int((np.linalg.eigvalsh(h[found])[:, 0] < 0).sum()),
            "levels": len(distinct(loss[found], APART)),
        }
    )


def training(config: dict[str, Any], seed: int) -> Outcome:
    """SGD on a tanh net's landscape: beside its saddles, from ordinary starts, and where it ends.

    A run is held up by a saddle for as many steps as its loss takes from the saddle's level to
    `drop` of the way down from there to the lowest level known. From an ordinary start they are
    counted from where the run comes by the saddle's level.

    Args:
        config: see `critical`; `alpha`, `batch`, `train_steps`; `runs` from ordinary starts;
            `beside` starts at a distance `near` of each saddle, of at most `saddles`; `drop`;
            `margin` (a minimum is suboptimal that lies so many half variances of the targets above
            the best known); `distances` at which gradient descent without noise starts from the
            highest saddle.
        seed: draws data, starts and batches.

    Returns:
        Metrics `held` and `apart`: steps beside a saddle, and of every other ordinary run, over
        those of the ordinary runs left (median over saddles); `small`, the same for a hundredth of
        the ordinary start beside the saddle of the origin; `left`, share of the runs beside saddles
        that did go down; `trapped`, `worse`: share of ordinary runs that end in a minimum above the
        best by `margin`, or at all; `trap_levels`, share of the levels found that are such minima;
        `rate`: slope on −ln(distance) of the steps without noise times ln(1 + α|λ|), which theory
        has at 1. Curve `distance`: those, by the number of the distance.
    """
    rng = np.random.default_rng([seed, 4])
    net = landscape(config, rng)
    points, losses, indices, _, _ = _levels(net, config, rng)
    ordinary = _ordinary(rng, config["runs"], net)
    ends, course = _walk(net, ordinary, _batches(config, len(ordinary), rng), config["alpha"])
    settled = net(minima(net, ends, config["steps"]))[0]
    best = min(settled.min(), losses.min())
    outcome = {
        "trapped": float((settled > best + config["margin"] / 2).mean()),
        "worse": float((settled > best + APART).mean()),
        "trap_levels": float(((indices == 0) & (losses > best + config["margin"] / 2)).mean()),
    }
    high = (indices > 0) & (losses > best + config["margin"] / 2)
    if not config["saddles"] or not high.any():
        return Outcome(outcome)
    chosen = np.flatnonzero(high)
    chosen = chosen[
        np.unique(np.linspace(0, len(chosen) - 1, config["saddles"]).round().astype(int))
    ]
    top = chosen[-1]
    curvature, down = _steepest(net, points[top])
    near, small, noiseless = _walks(
        net,
        [
            (_around(rng, points[chosen], config["near"], config["beside"]), rng),
            (ordinary / 100, rng),
            (points[top] + np.array(config["distances"])[:, None] * down, None),
        ],
        config,
    )
    goals = losses[chosen] - config["drop"] * (losses[chosen] - best)
    waits = np.array(
        [
            [
                np.median(_first(near[:, config["beside"] * k : config["beside"] * (k + 1)], goal)),
                *(np.median(_passage(course[:, part::2], level, goal)) for part in (0, 1)),
            ]
            for k, (level, goal) in enumerate(zip(losses[chosen], goals, strict=True))
        ]
    )
    steps = _first(noiseless, goals[-1]) * np.log1p(-config["alpha"] * curvature)
    outcome |= {
        "held": float(np.median(waits[:, 0] / waits[:, 1])),
        "apart": float(np.median(waits[:, 2] / waits[:, 1])),
        "small": float(np.median(_first(small, goals[-1])) / waits[-1, 1]),
        "left": float((goals > near[-1].reshape(-1, config["beside"]).T).mean()),
        "rate": float(np.polyfit(-np.log(config["distances"]), steps, 1)[0]),
    }
    return Outcome(outcome, {"distance": Curve(range(len(steps)), steps.tolist())})


def landscape(config: dict[str, Any], rng: np.random.Generator) -> TanhNet:
    """The loss of a net on drawn data: `samples` Gaussian inputs of a `dimension`.

    Targets are those of a `teacher` of so many tanh units with `noise` (a share of the standard
    deviation), or Gaussian without regard to the inputs where it has none. Their mean is 0 and
    their variance 1.
    """
    x = _inputs(config, rng)
    if config["teacher"]:
        hidden = np.tanh(1.5 * x @ rng.normal(size=(x.shape[1], config["teacher"])))
        y = hidden @ rng.normal(size=config["teacher"])
        y = y / y.std() + config["noise"] * rng.normal(size=len(x))
    else:
        y = rng.normal(size=len(x))
    return TanhNet(x, (y - y.mean()) / y.std(), config["units"], config["decay"])


def _levels(
    net: TanhNet, config: dict[str, Any], rng: np.random.Generator
) -> tuple[Array, Array, Array, float, float]:
    """A certified point a level, losses, indices; the worst certainty; the share certified."""
    starts = _starts(rng, config["starts"], net.size)
    points = np.concatenate(
        [search(net, starts, config["steps"]) for search in (stationary, minima)]
    )
    loss, g, h = net(points)
    curvature = np.linalg.eigvalsh(h)
    kantorovich = newton_steps(g, h) * net.turning(points) / np.abs(curvature).min(axis=1)
    sure = np.flatnonzero(kantorovich < CERTAIN)
    kept = sure[distinct(loss[sure], APART)]
    indices = (curvature[kept] < 0).sum(axis=1)
    return (
        points[kept],
        loss[kept],
        indices,
        float(kantorovich[sure].max()),
        len(sure) / len(points),
    )


def _copies(point: Array, units: int) -> int:
    """How many points permuting and reflecting the units makes of one."""
    ends = point[: -1 - units].reshape(units, -1)
    rows = np.hstack([ends, point[-1 - units : -1, None]])
    orders = np.array(list(permutations(range(units))))
    signs = np.array(list(product((1, -1), repeat=units)))
    images = rows[orders][:, None] * signs[:, :, None]
    return len(set(map(tuple, (np.round(images, 4) + 0.0).reshape(-1, rows.size).tolist())))


def _linear(sigma: Array, units: int) -> Landscape:
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


def _joined(a: Array, b: Array) -> Array:
    shape = a.shape[:-2]
    return np.concatenate([a.reshape(*shape, -1), b.reshape(*shape, -1)], axis=-1)


def _logistic(margins: Array, decay: float) -> Landscape:
    """Mean ln(1 + exp(−s x·w)) + decay ‖w‖²/2; the rows of `margins` are s x."""

    def surface(w: Array) -> tuple[Array, Array, Array]:
        z = w @ margins.T
        wrong = expit(-z)
        loss = np.logaddexp(0, -z).mean(axis=1) + decay / 2 * (w**2).sum(axis=1)
        gradient = -wrong @ margins / len(margins) + decay * w
        spread = (wrong * (1 - wrong))[:, None] * margins.T @ margins / len(margins)
        return loss, gradient, spread + decay * np.eye(w.shape[1])

    return surface


def _walks(
    net: TanhNet,
    bundles: Sequence[tuple[Array, np.random.Generator | None]],
    config: dict[str, Any],
) -> list[Array]:
    """The courses, (steps, S), of walks from bundles of starts that are taken side by side."""
    starts = [each for each, _ in bundles]
    weights = [_batches(config, len(each), rng) for each, rng in bundles]
    _, course = _walk(net, np.concatenate(starts), np.concatenate(weights, axis=1), config["alpha"])
    return np.split(course, np.cumsum([len(each) for each in starts])[:-1], axis=1)


def _walk(net: TanhNet, starts: Array, weights: Array, alpha: float) -> tuple[Array, Array]:
    """Where descent ends, (S, p), and the loss over all samples before each step, (steps, S).

    Args:
        net: the landscape.
        starts: (S, p).
        weights: of the samples in each step, (steps, S, n).
        alpha: α.
    """
    theta, residuals = starts.copy(), np.empty_like(weights)
    visited = np.empty((len(weights), *starts.shape))
    for t, drawn in enumerate(weights):
        visited[t] = theta
        residuals[t], gradient = net.descent(theta, drawn)
        theta -= alpha * gradient
    return theta, net.loss(visited, residuals)


def _batches(config: dict[str, Any], runs: int, rng: np.random.Generator | None) -> Array:
    """What share of each step's batch each sample is, (steps, runs, n); 1/n without a generator."""
    n, shape = config["samples"], (config["train_steps"], runs)
    if rng is None:
        return np.full((*shape, n), 1 / n)
    drawn = rng.integers(n, size=(*shape, config["batch"]))
    places = n * np.arange(math.prod(shape)).reshape(*shape, 1) + drawn
    counts = np.bincount(places.ravel(), minlength=n * math.prod(shape))
    return counts.reshape(*shape, n) / config["batch"]


def _first(course: Array, goal: float) -> Array:
    """Steps until the loss is below a goal, (S,); all that were taken where it never is."""
    below = course < goal
    return np.where(below.any(axis=0), below.argmax(axis=0), len(course)).astype(float)


def _passage(course: Array, level: float, goal: float) -> Array:
    """Steps from a level to a goal, of the runs that start above the level; at least one."""
    above = course[:, course[0] > level]
    return np.maximum(_first(above, goal) - _first(above, level), 1.0)


def _steepest(net: TanhNet, saddle: Array) -> tuple[float, Array]:
    """The lowest curvature at a point, and its direction, (p,)."""
    curvature, axes = np.linalg.eigh(net(saddle[None])[2][0])
    return float(curvature[0]), axes[:, 0]


def _around(rng: np.random.Generator, points: Array, distance: float, count: int) -> Array:
    rays = rng.normal(size=(len(points), count, points.shape[1]))
    rays *= distance / np.linalg.norm(rays, axis=2, keepdims=True)
    return (points[:, None] + rays).reshape(-1, points.shape[1])


def _ordinary(rng: np.random.Generator, count: int, net: TanhNet) -> Array:
    """Starts as nets are started: variance 1/inputs for W, 1/units for v, no biases."""
    width = net.inputs.shape[1]
    w = rng.normal(size=(count, net.units, width)) / np.sqrt(width - 1)
    w[:, :, -1] = 0
    v = rng.normal(size=(count, net.units)) / np.sqrt(net.units)
    return np.hstack([w.reshape(count, -1), v, np.zeros((count, 1))])


def _starts(rng: np.random.Generator, count: int, size: int) -> Array:
    """Starts of a search: of lengths that differ, since critical points lie near and far."""
    starts: Array = rng.normal(size=(count, size)) * np.exp(rng.normal(size=(count, 1)) / 2)
    return starts


def _inputs(config: dict[str, Any], rng: np.random.Generator) -> Array:
    n = config["samples"]
    return np.hstack([rng.normal(size=(n, config["dimension"])), np.ones((n, 1))])
