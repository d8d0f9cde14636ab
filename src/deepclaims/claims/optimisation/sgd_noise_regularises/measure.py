"""Batch size and generalisation: MNIST and ECG with the rate tuned for each B; the diagonal net."""

from __future__ import annotations

from typing import Any

import torch

from deepclaims.claims.optimisation import diagonal_net
from deepclaims.evidence.outcome import Curve, Outcome

TUNING_PROBLEMS = 8
"""Regression problems that choose the rate of a batch size; the others report."""


def diagonal(config: dict[str, Any], seed: int) -> Outcome:
    """SGD at every rate of a list on many sparse regressions, by the net and by the linear model.

    Args:
        config: `arm` (net or linear), `batch`, `lrs` (of `b<batch>`), `problems`, `n`, `d`,
            `k`, `steps`.
        seed: draws problems and samples; the same problems for every batch and model.

    Returns:
        Curve `error` over the number of a problem among those that report: ‖w − w*‖² at the rate
        that was best on the tuning problems among those at which all interpolate;
        metrics `lr`, and `fitted`, the share of reporting problems interpolated.
    """
    generator = torch.Generator().manual_seed(seed)
    problems, n, d, k = (int(config[key]) for key in ("problems", "n", "d", "k"))
    data = diagonal_net.draw(problems, n, d, k, generator)
    linear, batch = config["arm"] == "linear", int(config["batch"])
    lrs = [float(lr) for lr in config["lrs"][f"b{batch}"]]
    error, loss = diagonal_net.train(data, lrs, batch, int(config["steps"]), generator,
                                     linear=linear)  # fmt: skip
    fits = loss < diagonal_net.INTERPOLATES
    score = error[:, :TUNING_PROBLEMS].mean(1)
    score[~fits.all(1)] = torch.inf  # whether it is fitted is seen without knowing w*
    best = int(score.argmin())
    kept = error[best, TUNING_PROBLEMS:]
    metrics = {
        "lr": lrs[best],
        "fitted": float(fits[best, TUNING_PROBLEMS:].double().mean()),
    }
    return Outcome(metrics, {"error": Curve(range(len(kept)), kept.tolist())})
