"""Each line of the proof on populations whose expectations are sums over all there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from deepclaims.claims.optimisation.sgd_proof_line_by_line.every_path import (
    Walks,
    dependence,
    given,
    groups,
    sequences,
    walk,
)
from deepclaims.claims.optimisation.sgd_proof_line_by_line.populations import (
    Array,
    Known,
    Theta,
    constants,
    draw,
    minimise,
    place,
    population_loss,
    sample_gradients,
)
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim.population_problem import Problem

MUTANT = 1.5
"""What c is multiplied by where the lines have to break."""


def flat(config: dict[str, Any], seed: int) -> Outcome:
    """How far apart the minima are of a loss that is convex, but not strongly.

    Args:
        config: `size` of the population, `starts`.
        seed: draws the population and the starts.
    """
    problem = draw("flat", config["size"], seed)
    return Outcome({"spread": _spread(_minima(problem, place(problem, "centred", seed), config))})


def lines(config: dict[str, Any], seed: int) -> Outcome:
    """Every line of the proof on one population and one Θ.

    Args:
        config: `problem` and `theta`, see `populations`; `size` of the population; `starts` of the
            minimisation; `alpha` and `steps` of SGD; `directions` and `radii` of the points of Θ.
        seed: draws population and Θ.

    Returns:
        Metrics: differences of what the slide sets equal (`…_gap`), by how much the smaller side
        exceeds the larger (`…_excess`), relative; the same of mutants. Table `points`, to draw, of
        a quarter of the directions.
    """
    problem = draw(config["problem"], config["size"], seed)
    theta = place(problem, config["theta"], seed)
    known = constants(problem, theta)
    ends = _minima(problem, theta, config)
    minimum = ends[:1]
    points = theta.points(config["directions"], config["radii"])
    starts = theta.project(theta.centre + np.array([[0.4, 0.2], [-0.1, 0.3]]) * theta.radius)

    def path(kind: str) -> Walks:
        taken = sequences(kind, len(problem.y), config["steps"])
        return walk(problem, starts, taken, config["alpha"])

    walks = {kind: path(kind) for kind in ("iid", "twice", "shuffled")}
    visited = groups(np.concatenate(walks["iid"].states))[0]
    inside = np.concatenate([points, visited[theta.holds(visited)]])
    outside = visited[~theta.holds(visited)]
    metrics = {
        "spread": _spread(ends) / theta.radius,
        **_minimum(problem, theta, known, minimum, points),
        **_expansion(problem, theta, walks["iid"], minimum, config["alpha"]),
        **_independence(problem, walks, minimum),
        **_products(problem, known, minimum, inside),
        **_squares(problem, known, inside),
        "outside_excess": _squares(problem, known, outside)["square_excess"],
        "outside_share": len(outside) / len(visited),
    }
    some = theta.points(config["directions"] // 4, config["radii"])
    return Outcome(metrics, {}, {"points": _table(problem, known, minimum, some)})


def _minima(problem: Problem, theta: Theta, config: dict[str, Any]) -> Array:
    return minimise(problem, theta, theta.points(config["starts"], 1))


def _spread(ends: Array) -> float:
    return float(np.linalg.norm(ends[:, None] - ends, axis=2).max())


def _minimum(
    problem: Problem, theta: Theta, known: Known, minimum: Array, points: Array
) -> dict[str, float]:
    """L1.s16.2 and L1.s16.3."""
    least, slope = population_loss(problem, minimum)
    above = population_loss(problem, points)[0] - least
    bowl = known.c / 2 * ((points - minimum) ** 2).sum(axis=1)
    scale = known.c / 2 * theta.radius**2
    return {
        "lower_excess": float((-above).max() / scale),
        "slope": float(np.linalg.norm(slope) / np.sqrt(known.mu2)),
        "bowl_excess": float((bowl - above).max() / scale),
        "bowl_excess_mutant": float((MUTANT * bowl - above).max() / scale),
    }


def _expansion(
    problem: Problem, theta: Theta, walks: Walks, minimum: Array, alpha: float
) -> dict[str, float]:
    """L1.s16.4: the mean of all paths after each step against its three terms before."""
    gap, mutant, projected = 0.0, np.inf, -np.inf
    for t, samples in enumerate(walks.samples.T):
        before, after = walks.states[t] - minimum, walks.states[t + 1]
        g = sample_gradients(problem, walks.states[t])[np.arange(len(samples)), samples]
        reached = _square(after - minimum).mean()
        step = _square(before - alpha * g).mean()
        square, noise = _square(before).mean(), alpha**2 * _square(g).mean()
        cross = alpha * (g * before).sum(axis=1).mean()
        terms = square + noise - 2 * cross
        gap = max(gap, abs(reached / step - 1), abs(terms / step - 1))
        mutant = min(mutant, abs((square + noise - cross) / step - 1))
        kept = _square(theta.project(after) - minimum).mean()
        projected = max(projected, 1 - kept / terms)
    return {
        "expansion_gap": float(gap),
        "expansion_gap_mutant": float(mutant),
        "projection_shortens": float(projected),
    }


def _independence(problem: Problem, walks: dict[str, Walks], minimum: Array) -> dict[str, float]:
    """L1.s17.2, and the first equalities of L1.s17.3 and L1.s18.1: what W_t = w does not change."""
    metrics = {}
    for kind, each in walks.items():
        found = [_given_state(problem, each, t, minimum) for t in range(each.samples.shape[1])]
        for name in found[0]:
            metrics[f"{name}_{kind}"] = max(values[name] for values in found)
    return metrics


def _given_state(problem: Problem, walks: Walks, t: int, minimum: Array) -> dict[str, float]:
    samples = walks.samples[:, t]
    values, which = groups(walks.states[t])
    error = values - minimum
    everyone = sample_gradients(problem, values)
    taken = everyone[which, samples]
    inner, square = (taken * error[which]).sum(axis=1), _square(taken)
    products = (everyone * error[:, None]).sum(axis=2).mean(axis=1)
    squares = (everyone**2).sum(axis=2).mean(axis=1)
    return {
        "dependence": dependence(which, samples, len(problem.y)),
        "given_product": float(np.abs(given(which, inner) - products).max() / np.abs(inner).max()),
        "given_square": float(np.abs(given(which, square) - squares).max() / square.max()),
    }


def _products(problem: Problem, known: Known, minimum: Array, w: Array) -> dict[str, float]:
    """L1.s17.3 from its second line on."""
    error = w - minimum
    inner = (sample_gradients(problem, w) * error[:, None]).sum(axis=2).mean(axis=1)
    loss, slope = population_loss(problem, w)
    product = (slope * error).sum(axis=1)
    bowl = known.c * _square(error)
    between = loss - population_loss(problem, minimum)[0] + bowl / 2
    scale = bowl.max()
    return {
        "product_gap": float(np.abs(inner - product).max() / np.abs(product).max()),
        "product_excess": float(max((between - product).max(), (bowl - between).max()) / scale),
        "product_excess_mutant": float((MUTANT * bowl - product).max() / scale),
    }


def _squares(problem: Problem, known: Known, w: Array) -> dict[str, float]:
    """L1.s18.1 from its first right-hand side on."""
    if not len(w):
        return {"square_excess": np.nan}
    g = sample_gradients(problem, w)
    square = (g**2).sum(axis=2).mean(axis=1)
    off = g - g.mean(axis=1, keepdims=True)
    variance = (off**2).sum(axis=2).mean(axis=1)
    spectral = np.linalg.eigvalsh(np.einsum("pni,pnj->pij", off, off) / g.shape[1])[:, -1]
    mean = _square(population_loss(problem, w)[1])
    return {
        "square_gap": float(np.abs((variance + mean) / square - 1).max()),
        "square_gap_mutant": float(np.abs((spectral + mean) / square - 1).max()),
        "square_excess": float(square.max() / (known.sigma2 + known.mu2) - 1),
        "square_excess_mutant": float(square.max() / (spectral.max() + known.mu2) - 1),
        "square_excess_no_mean": float(square.max() / known.sigma2 - 1),
    }


def _table(problem: Problem, known: Known, minimum: Array, points: Array) -> pd.DataFrame:
    """⟨∇𝓛(w); w − w*⟩ and the term that stands between it and c‖w − w*‖², over ‖w − w*‖²."""
    error = points - minimum
    loss, slope = population_loss(problem, points)
    square = _square(error)
    between = loss - population_loss(problem, minimum)[0] + known.c / 2 * square
    return pd.DataFrame(
        {
            "distance": np.sqrt(square),
            "product": (slope * error).sum(axis=1) / square,
            "between": between / square,
            "c": known.c,
        }
    )


def _square(rows: Array) -> Array:
    total: Array = (rows**2).sum(axis=1)
    return total
