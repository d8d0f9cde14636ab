"""Orthogonal W_hh: what it keeps of the gradient at the start, and what training leaves of it.

L1 "Inicialización problemática", "Inicialización Ortogonal", "Desvaneciéndose y explosión del
gradiente".
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import Generator

from deepclaims.claims.recurrence.gradient_gain import (
    departure,
    draw_matrix,
    follow,
    tanh_gains,
    tanh_rate,
)
from deepclaims.claims.recurrence.memory_problems import recall
from deepclaims.claims.recurrence.recurrent_replicas import answer, draw_plain, plain_states
from deepclaims.claims.recurrence.replica_training import Adam, loss
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.statistics import mean_interval, paired_difference, worst

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MATRICES = {
    "orthogonal": ("orthogonal", 1.0),
    "gaussian": ("gaussian", 1.0),
    "shrunk": ("gaussian", 0.5),
    "grown": ("gaussian", 1.5),
}
"""W_hh by name: its law, and σ_w: of variance σ_w²/width."""

TRANSIENT = 20  # steps left out of the slope while the state settles
CUES = 4
PROBE = 8  # sequences over which a trained net's gradient is averaged


def gains(config: dict[str, Any], seed: int) -> Outcome:
    """How ‖∂h_t/∂h_0‖ goes with t at the start of training, for one kind of matrix.

    Args:
        config: `matrix` (a key of `MATRICES`), `activation`, `input` (deviation of what comes in at
            each unit), `width`, `steps`.
        seed: draws matrix, state and inputs.

    Returns:
        Metrics `log_gain` (log₁₀ at the last step), `largest` (of |log₁₀| over steps) and `slope`
        (log₁₀ per step, after `TRANSIENT`); curve `log_gain`.
    """
    law, gain = MATRICES[config["matrix"]]
    generator, steps = Generator().manual_seed(seed), int(config["steps"])
    w = draw_matrix(law, gain, int(config["width"]), generator)
    course = follow(w, config["activation"], float(config["input"]), steps, generator).log_gain
    slope = np.polyfit(np.arange(TRANSIENT, steps), course[TRANSIENT:], 1)[0]
    metrics = {
        "log_gain": float(course[-1]),
        "largest": float(np.abs(course).max()),
        "slope": float(slope),
    }
    return Outcome(metrics, {"log_gain": Curve(range(1, steps + 1), course.tolist())})


def training(config: dict[str, Any], seed: int) -> Outcome:
    """Train tanh nets on delayed recall and look at W_hh and at the gradient on the way.

    Args:
        config: `matrix`, `width`, `lag`, `noise`, `rate`, `steps`, `look`, `batch`, `replicas`.
        seed: of everything.

    Returns:
        Table `training`: one row per replica and look: `replica`, `step`, `departure`
        (‖WᵀW − I‖_F/√width), `log_gain` (log₁₀ ‖∂h_T/∂h_1‖_F/√width, mean over sequences),
        `accuracy` on the probe's fresh sequences.
    """
    law, gain = MATRICES[config["matrix"]]
    replicas, steps = int(config["replicas"]), int(config["steps"])
    generator = Generator().manual_seed(seed * 1000 + 1)
    weights = draw_plain(
        law, replicas, (CUES + 1, int(config["width"]), CUES), generator, gain=gain
    )
    problem = partial(recall, lag=int(config["lag"]), noise=float(config["noise"]), cues=CUES)
    optimiser = Adam(weights, torch.full((replicas,), float(config["rate"])), clip=1.0)
    draws = Generator().manual_seed(seed * 1000 + 2)
    probe, classes = problem(replicas, 256, Generator().manual_seed(seed * 1000 + 3))
    looks = []
    for t in range(steps + 1):
        if t % int(config["look"]) == 0 or t == steps:
            with torch.no_grad():
                now = optimiser.weights
                states = plain_states(now, probe)
                few = [h[:, :PROBE] for h in states]
                right = (answer(now, states[-1]).argmax(-1) == classes).float().mean(1)
                looks.append(
                    pd.DataFrame(
                        {
                            "replica": range(replicas),
                            "step": t,
                            "departure": departure(now["w_hh"]).numpy(),
                            "log_gain": tanh_gains(now["w_hh"], few).mean(1).numpy(),
                            "accuracy": right.numpy(),
                        }
                    )
                )
        x, y = problem(replicas, int(config["batch"]), draws)
        optimiser.step(loss(answer(optimiser.weights, plain_states(optimiser.weights, x)[-1]), y))
    return Outcome({}, {}, {"training": pd.concat(looks, ignore_index=True)})


def judge(results: Results) -> dict[str, Estimate]:
    """Estimate what the criterion registered."""
    inputs = results.axis("tanh", "input")
    strong = max(inputs)
    largest = results.values("linear", "largest", where={"matrix": "orthogonal"})
    slope = {name: slopes(results, name, strong) for name in ("orthogonal", "gaussian")}
    before, after = ends_of_training(results, "orthogonal", "log_gain")
    return {
        "linear_keeps_norm": exact(float(largest.max()), len(largest)),
        "tanh_keeps_norm": mean_interval(slope["orthogonal"]),
        "only_first_step": mean_interval(ends_of_training(results, "orthogonal", "departure")[1]),
        "stability_lost": paired_difference(_scatter(after), _scatter(before)),
        "mean_field_rate": worst(
            [mean_interval(slopes(results, "orthogonal", u) - tanh_rate(1.0, u)) for u in inputs],
            "within",
            results.claim.checks["mean_field_rate"]["bound"],
        ),
        "no_better_than_gaussian": paired_difference(slope["orthogonal"], slope["gaussian"]),
        "shrunk_vanishes": mean_interval(
            results.values("linear", "log_gain", where={"matrix": "shrunk"})
        ),
        "grown_explodes": mean_interval(
            results.values("linear", "log_gain", where={"matrix": "grown"})
        ),
    }


def _scatter(x: np.ndarray) -> np.ndarray:
    """Distances from the median: what Brown and Forsythe's test of spread compares."""
    return np.abs(x - np.median(x))


def slopes(results: Results, matrix: str, inputs: float) -> np.ndarray:
    """log₁₀ of the gradient's growth per step, (seeds,)."""
    return results.values("tanh", "slope", where={"matrix": matrix, "input": float(inputs)})


def ends_of_training(results: Results, matrix: str, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """A quantity of the nets before and after training, each (replicas,)."""
    wide = over_training(results, matrix, quantity)
    return wide[:, 0], wide[:, -1]


def over_training(results: Results, matrix: str, quantity: str) -> np.ndarray:
    """A quantity of the nets at every look, (replicas, looks)."""
    table = results.tables["training"]
    own = table[table["matrix"] == matrix]
    wide = own.pivot_table(index=["seed", "replica"], columns="step", values=quantity)
    return wide.to_numpy(dtype=float)


def draw(results: Results, language: str) -> dict[str, Figure]:
    """The figures of the claim's page."""
    from deepclaims.claims.recurrence.orthogonal_figures import (
        start_figure,
        training_figure,
    )

    return {
        "start": start_figure(results, language),
        "training": training_figure(results, language),
    }
