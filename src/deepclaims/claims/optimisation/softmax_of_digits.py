"""Softmax regression on digits of MNIST, whose minimum and noise are known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from deepclaims.data.registry import load
from deepclaims.optim.softmax_regression import Minimum, Softmax, minimum
from deepclaims.project import Project


def digits(config: Mapping[str, Any]) -> tuple[Softmax, Minimum]:
    """Digits by their first principal components, and the minimum; the same for every seed.

    Components have unit variance, divided by √d so that ‖x‖² is about one; a constant one is added.

    Args:
        config: `samples`, n; `components`, d; `ridge`, the weight of the penalty; `dataset`, MNIST
            if it names none.
    """
    name = config.get("dataset", "mnist")
    return _digits(Project.here(), name, config["samples"], config["components"], config["ridge"])


@cache
def _digits(
    project: Project, dataset: str, samples: int, components: int, ridge: float
) -> tuple[Softmax, Minimum]:
    options: dict[str, Any] = {
        "name": dataset, "n_train": samples, "n_validation": 10, "n_test": 10, "pool": 2,
        "pca": components,
    }  # fmt: skip
    train = load(options, 0, project.prepared(dataset)).train
    x = train.inputs[0].double().numpy() / np.sqrt(components)
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    problem = Softmax(x, np.eye(10)[train.targets.numpy()], ridge)
    return problem, minimum(problem)
