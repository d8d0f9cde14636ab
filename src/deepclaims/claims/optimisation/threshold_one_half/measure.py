"""Errors of rules on laws that are known: sums and integrals, no samples."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm

from deepclaims.evidence.outcome import Outcome

Array = np.ndarray
NODES, WEIGHTS = np.polynomial.legendre.leggauss(400)


def finite(config: dict[str, Any], seed: int) -> Outcome:
    """A law on few inputs: p_1 > 0.5 against every rule there is.

    Args:
        config: `inputs`.
        seed: draws p(x) and p(class 1 | x).

    Returns:
        `excess` error of p_1 > 0.5 over the least of all 2^inputs rules, and the same where p_1 is
        the square root of the probability (`excess_miscalibrated`).
    """
    rng = np.random.default_rng([seed, 1])
    weight = rng.dirichlet(np.ones(config["inputs"]))
    p = rng.uniform(size=config["inputs"])
    rules = np.array(list(product((False, True), repeat=config["inputs"])))

    def error(rule: Array) -> Array:
        wrong: Array = np.where(rule, 1 - p, p) @ weight
        return wrong

    least = error(rules).min()
    return Outcome(
        {
            "excess": float(error(p > 0.5) - least),
            "excess_miscalibrated": float(error(np.sqrt(p) > 0.5) - least),
        }
    )


def sigmoid(config: dict[str, Any], seed: int) -> Outcome:
    """The slide's p_1, a sigmoid of z = w·x + b with normal x: the error of every threshold.

    Args:
        config: `thresholds` on each side of 0.5; `shift` of b in the miscalibrated p_1.
        seed: draws the mean and the spread of z.

    Returns:
        `nearest`, error of the best other threshold less that of 0.5; `excess_miscalibrated`, error
        of 0.5 less the best with p_1 of a shifted b; `dear`, cost of 0.5 less the least cost, over
        it, where taking a 0 for a 1 costs four times the other error. Table `errors`.
    """
    rng = np.random.default_rng([seed, 2])
    mean, spread = rng.normal(), rng.uniform(1.0, 3.0)
    side = np.arange(1, config["thresholds"] + 1) / (2 * config["thresholds"] + 2)
    thresholds = np.concatenate([side, [0.5], 1 - side[::-1]])
    middle = config["thresholds"]

    def errors(cut: Array) -> Array:
        false_ones = np.array([_mass(each, np.inf, mean, spread, -1) for each in cut])
        false_zeros = np.array([_mass(-np.inf, each, mean, spread, 1) for each in cut])
        return np.stack([false_ones, false_zeros])

    both = errors(logit(thresholds))
    right = both.sum(axis=0)
    shifted = errors(logit(thresholds) - config["shift"]).sum(axis=0)
    dear = np.array([4.0, 1.0]) @ both
    others = np.delete(right, middle)
    table = pd.DataFrame({"threshold": thresholds, "right": right, "shifted": shifted})
    return Outcome(
        {
            "nearest": float(others.min() - right[middle]),
            "excess_miscalibrated": float(shifted[middle] - shifted.min()),
            "dear": float(dear[middle] / dear.min() - 1),
        },
        {},
        {"errors": table},
    )


def _mass(low: float, high: float, mean: float, spread: float, sign: int) -> float:
    """P(low < z < high, class) of the class whose probability is σ(sign · z), by quadrature."""
    a, b = (np.clip(each, mean - 9 * spread, mean + 9 * spread) for each in (low, high))
    z = (a + b) / 2 + (b - a) / 2 * NODES
    return float((b - a) / 2 * WEIGHTS @ (norm.pdf(z, mean, spread) * expit(sign * z)))
