"""SGD along every sequence of samples that there can be, all equally likely: laws, not draws."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from deepclaims.claims.optimisation.sgd_proof_line_by_line.populations import losses
from deepclaims.optim.population_problem import Problem

Array = np.ndarray


@dataclass(frozen=True)
class Walks:
    """Every path of SGD.

    Args:
        samples: index of the sample that each step takes, `(paths, steps)`.
        states: W_0, …, each `(paths, d)`, one more than steps.
    """

    samples: Array
    states: list[Array]


def sequences(kind: str, size: int, steps: int) -> Array:
    """All sequences of samples, `(paths, steps)`.

    Args:
        kind: `iid`, as the slide assumes; or one of two mutants: `twice`, where the last step takes
            the sample of the first again; `shuffled`, without replacement.
        size: N of the population.
        steps: of each sequence.
    """
    found = np.array(list(product(range(size), repeat=steps)))
    if kind == "twice":
        found[:, -1] = found[:, 0]
    if kind == "shuffled":
        found = found[[len(set(each)) == steps for each in found.tolist()]]
    return found


def walk(problem: Problem, starts: Array, samples: Array, alpha: float) -> Walks:
    """Run torch's SGD from each start, all equally likely, along each sequence of samples."""
    taken = np.tile(samples, (len(starts), 1))
    w = torch.tensor(np.repeat(starts, len(samples), axis=0), requires_grad=True)
    sgd = torch.optim.SGD([w], lr=alpha)
    states = [w.detach().numpy().copy()]
    for t in range(samples.shape[1]):
        x, y = (torch.from_numpy(each[taken[:, t]]) for each in (problem.x, problem.y))
        sgd.zero_grad()
        losses(problem, w, x, y).sum().backward()
        sgd.step()
        states.append(w.detach().numpy().copy())
    return Walks(taken, states)


def groups(states: Array) -> tuple[Array, Array]:
    """The values that W_t takes, `(values, d)`, and which of them each path has, `(paths,)`."""
    values, which = np.unique(states.round(10), axis=0, return_inverse=True)
    return values, which.ravel()


def given(which: Array, values: Array) -> Array:
    """E[value | W_t], one a value of W_t."""
    mean: Array = np.bincount(which, values) / np.bincount(which)
    return mean


def dependence(which: Array, samples: Array, size: int) -> float:
    """Total variation between the law of (W_t, sample t) and the product of both laws."""
    joint = np.zeros((which.max() + 1, size))
    np.add.at(joint, (which, samples), 1 / len(samples))
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    return float(np.abs(joint - independent).sum() / 2)
