"""Posteriors of finite sets of hypotheses: counted case by case, and with and without p(x)."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
import pandas as pd

from deepclaims.evidence.outcome import Outcome

Array = np.ndarray


def urns(config: dict[str, Any], seed: int) -> Outcome:
    """Bayes' theorem against a count of all equally likely cases.

    A ticket chooses an urn h; balls are drawn from it and put back; D is their colours in order.

    Args:
        config: `tickets` of each urn, in any order; `balls` of an urn, `colours`, `draws`.
        seed: draws the order of the tickets and the colours of the balls.

    Returns:
        Metrics: the largest difference over all h and D of p(h|D) as counted, in whole numbers,
        from the formula (`gap`) and from three mutants (`gap_…`); `flat_regret`, how far the
        likelihood's maximum is from the posterior's under a flat prior; `moved`, the share of all D
        for which these tickets have another. Table `points`.
    """
    rng = np.random.default_rng([seed, 1])
    tickets = [int(each) for each in rng.permutation(config["tickets"])]
    inside = rng.integers(config["colours"], size=(len(tickets), config["balls"])).tolist()
    counted = Counter(
        (h, drawn)
        for h, copies in enumerate(tickets)
        for _ in range(copies)
        for drawn in product(inside[h], repeat=config["draws"])
    )
    of_data = Counter({d: 0 for _, d in counted})
    for (_, d), cases in counted.items():
        of_data[d] += cases

    prior = [Fraction(each, sum(tickets)) for each in tickets]
    rows: list[dict[str, Fraction]] = []
    flat, moved = Fraction(0), 0
    for d, cases in of_data.items():
        likelihood = [
            math.prod((Fraction(urn.count(ball), len(urn)) for ball in d), start=Fraction(1))
            for urn in inside
        ]
        joint = [a * b for a, b in zip(likelihood, prior, strict=True)]
        total, unweighted = (sum(each, Fraction(0)) for each in (joint, likelihood))
        best = likelihood.index(max(likelihood))
        equal = [each / unweighted for each in likelihood]
        flat = max(flat, max(equal) - equal[best])
        moved += int(joint[best] < max(joint))
        rows += [
            {
                "counted": Fraction(counted[h, d], cases),
                "formula": joint[h] / total,
                "without_prior": equal[h],
                "unnormalised": joint[h],
                "likelihood": likelihood[h],
            }
            for h in range(len(tickets))
        ]
    differences = {
        name: max(abs(row[name] - row["counted"]) for row in rows)
        for name in ("formula", "without_prior", "unnormalised", "likelihood")
    }
    metrics = {
        "gap": differences.pop("formula"),
        **{f"gap_{name}": value for name, value in differences.items()},
        "flat_regret": flat,
        "moved": Fraction(moved, len(of_data)),
    }
    points = pd.DataFrame(rows).astype(float)
    return Outcome({name: float(value) for name, value in metrics.items()}, {}, {"points": points})


def pairs(config: dict[str, Any], seed: int) -> Outcome:
    """What p(x) changes: the likelihood of pairs (x, y) against that of y given x.

    Args:
        config: `arm`: `shared`, where p(x) is the same under every hypothesis, or `tied`; numbers
            of `hypotheses`, `inputs`, `classes`; `samples` of a data set.
        seed: draws the hypotheses and their prior.

    Returns:
        Metrics over all data sets there can be: the largest difference of posteriors
        (`posterior_gap`); `regret`, by how much the conditional likelihood's maximum misses that
        of the whole, in nats; `moved`, the share of data sets with another maximum. Table
        `posteriors`.
    """
    rng = np.random.default_rng([seed, 2])
    shape = (config["hypotheses"], config["inputs"], config["classes"])
    whole = rng.dirichlet(np.ones(shape[1] * shape[2]), size=shape[0]).reshape(shape)
    if config["arm"] == "shared":
        inputs = rng.dirichlet(np.ones(shape[1]))
        whole *= inputs[:, None] / whole.sum(axis=2, keepdims=True)
    conditional = whole / whole.sum(axis=2, keepdims=True)
    prior = rng.dirichlet(np.ones(shape[0]))
    cells = range(shape[1] * shape[2])
    data = np.array(list(combinations_with_replacement(cells, config["samples"])))

    def log_likelihood(table: Array) -> Array:
        logs: Array = np.log(table.reshape(shape[0], -1))[:, data].sum(axis=2).T
        return logs

    both, given = log_likelihood(whole), log_likelihood(conditional)
    chosen = both[np.arange(len(data)), given.argmax(axis=1)]
    regret = both.max(axis=1) - chosen
    posteriors = [_posterior(each, prior) for each in (both, given)]
    table = pd.DataFrame({"whole": posteriors[0].ravel(), "conditional": posteriors[1].ravel()})
    return Outcome(
        {
            "posterior_gap": float(np.abs(posteriors[0] - posteriors[1]).max()),
            "regret": float(regret.max()),
            "moved": float((regret > 1e-9).mean()),
        },
        {},
        {"posteriors": table},
    )


def _posterior(log_likelihood: Array, prior: Array) -> Array:
    """p(h|D) of every data set, `(data sets, hypotheses)`."""
    joint = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True)) * prior
    posterior: Array = joint / joint.sum(axis=1, keepdims=True)
    return posterior
