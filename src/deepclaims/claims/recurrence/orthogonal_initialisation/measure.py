"""The gradient through a fresh recurrence, and what training leaves of it and of orthogonality."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Generator

from deepclaims.data.memory_problems import recall
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.gradient_gain import departure, draw_matrix, follow, tanh_gains
from deepclaims.nn.mean_field import TRANSIENT
from deepclaims.nn.stacked_recurrent import answer, draw_plain, plain_answer, plain_states
from deepclaims.training.adding_success import CHANNELS, NUMBERS, adding_success
from deepclaims.training.stack import Descent, by_adam, train_stack
from deepclaims.training.stacked_classifiers import cross_entropy
from deepclaims.training.success_rate import Kind

MATRICES = {
    "orthogonal": ("orthogonal", 1.0),
    "gaussian": ("gaussian", 1.0),
    "shrunk": ("gaussian", 0.5),
    "grown": ("gaussian", 1.5),
}
"""W_hh by name: its law, and σ_w: of variance σ_w²/width."""
CUES = 4
FACTORS = 10
"""So many times is W multiplied by itself where every direction is looked at."""
PROBE = 8  # sequences over which a trained net's gradient is averaged


def gains(config: dict[str, Any], seed: int) -> Outcome:
    """How ‖∂h_t/∂h_0‖ goes with t at the start of training, for one kind of matrix.

    Args:
        config: `matrix` (a key of `MATRICES`), `activation`, `input` (deviation of what comes in at
            each unit), `width`, `steps`.
        seed: draws matrix, state and inputs.

    Returns:
        Metrics `log_gain` (log₁₀ at the last step), `largest` (of |log₁₀| over steps), `slope`
        (log₁₀ per step, after `TRANSIENT`) and, of a linear recurrence, `isometry` (largest |log₁₀|
        of the factors by which W^`FACTORS` stretches any direction); curve `log_gain`.
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
    if config["activation"] == "linear":
        stretched = torch.linalg.svdvals(torch.linalg.matrix_power(w, FACTORS))
        metrics["isometry"] = float(stretched.log10().abs().max())
    return Outcome(metrics, {"log_gain": Curve(range(1, steps + 1), course.tolist())})


def sums(config: dict[str, Any], seed: int) -> Outcome:
    """Tune the rate of tanh nets with one law of W_hh for the adding problem, or count successes.

    Args:
        config: `law`, `width`, and what `adding_success` takes; its variants have a `rate`.
        seed: of everything.
    """
    sizes = (CHANNELS, int(config["width"]), NUMBERS)
    kind = Kind(plain_answer, lambda law, n, random: draw_plain(law, n, sizes, random))
    variants = [{"law": config["law"], **each} for each in config["variants"]]
    return adding_success(kind, {**config, "variants": variants}, seed)


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
    replicas = int(config["replicas"])
    generator = Generator().manual_seed(seed * 1000 + 1)
    weights = draw_plain(
        law, replicas, (CUES + 1, int(config["width"]), CUES), generator, gain=gain
    )
    problem = partial(recall, lag=int(config["lag"]), noise=float(config["noise"]), cues=CUES)
    draws = Generator().manual_seed(seed * 1000 + 2)
    probe, classes = problem(replicas, 256, Generator().manual_seed(seed * 1000 + 3))
    looks: list[pd.DataFrame] = []

    @torch.no_grad()
    def look(t: int, descent: Descent) -> None:
        now = descent.weights
        states = plain_states(now, probe)
        gain = tanh_gains(now["w_hh"], [h[:, :PROBE] for h in states]).mean(1)
        seen = {
            "replica": range(replicas),
            "step": t,
            "departure": departure(now["w_hh"]).numpy(),
            "log_gain": gain.numpy(),
            "accuracy": (answer(now, states[-1]).argmax(-1) == classes).float().mean(1).numpy(),
        }
        looks.append(pd.DataFrame(seen))

    train_stack(
        by_adam(weights, torch.full((replicas,), float(config["rate"])), clip=1.0),
        lambda now, batch: cross_entropy(plain_answer(now, batch[0]), batch[1]),
        lambda n: problem(n, int(config["batch"]), draws),
        int(config["steps"]),
        look,
        int(config["look"]),
    )
    return Outcome({}, {}, {"training": pd.concat(looks, ignore_index=True)})
