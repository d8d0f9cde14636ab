"""Risk along gradient descent: of a linear model of two scales, and of nets on MNIST."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.dense_nets import gradients, outputs
from deepclaims.optim import rules
from deepclaims.optim.stacked import FUSED
from deepclaims.project import Project
from deepclaims.training.objectives import cross_entropy_backward
from deepclaims.training.stack import ADAM, Descent, Weights, train_along

CLASSES = 10


def two_scales(config: dict[str, Any], seed: int) -> Outcome:
    """Excess risk along gradient descent on least squares with two groups of features.

    After t steps from 0, at a rate α = 1/λ_max, the fit along a singular direction of value s is
    1 − (1 − α s²/n)ᵗ of the least-squares one. So the risk is had at any t without a step.

    Args:
        config: `samples`; `fast` and `slow`, features of each group; `scale`, the standard
            deviation of the slow ones (1 of the fast; 1 of both in the arm `equal`); `signals`, the
            standard deviation of what each group adds to the targets; `noise`; `times`; `arm`.
        seed: draws the samples, the signal and the noise.

    Returns:
        Curves over t: `risk` of this draw, and `expected`, its exact mean over the noise.
    """
    rng = np.random.default_rng(seed)
    n, sizes = config["samples"], (config["fast"], config["slow"])
    slow = 1.0 if config["arm"] == "equal" else config["scale"]
    scale = np.repeat([1.0, slow], sizes)
    x = rng.standard_normal((n, scale.size)) * scale
    groups = [rng.standard_normal(size) for size in sizes]
    strengths = zip(groups, config["signals"], strict=True)
    target = np.concatenate([w * signal / np.linalg.norm(w) for w, signal in strengths]) / scale
    noise = config["noise"] * rng.standard_normal(n)
    u, s, v = np.linalg.svd(x, full_matrices=False)
    risk, expected = [], []
    for t in config["times"]:
        fitted = 1 - (1 - (s / s[0]) ** 2) ** t
        bias = v.T @ (fitted * (v @ target)) - target
        off = bias + v.T @ (fitted / s * (u.T @ noise))
        variance = ((scale[:, None] * v.T * (fitted / s)) ** 2).sum()
        risk.append(float(((scale * off) ** 2).sum()))
        expected.append(float(((scale * bias) ** 2).sum() + config["noise"] ** 2 * variance))
    times = config["times"]
    return Outcome({}, {"risk": Curve(times, risk), "expected": Curve(times, expected)})


def net(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of a perceptron of one hidden layer on MNIST along its training by Adam.

    Args:
        config: `data` (options of `data=mnist`), `label_noise`, `width`, `rate`, `batch`,
            `decay`, λ of weight decay λ/2 ‖W‖², and `times`, the steps looked at.
        seed: draws the training samples, the wrong labels, the weights and the batches.

    Returns:
        Curves over t: `test_error`, and `train_error` on the labels as trained on.
    """
    data = {**config["data"], "label_noise": config["label_noise"]}
    splits = load(data, seed, Project.here().prepared(data["name"]))
    x, labels = splits.train.inputs[0].flatten(1), splits.train.targets
    test = splits.test.inputs[0].flatten(1)
    generator = torch.Generator().manual_seed(seed)
    times = config["times"]
    decay = torch.tensor([config["decay"]]) if config["decay"] else None
    found: dict[str, list[float]] = {"test_error": [], "train_error": []}

    def batches(_: int) -> tuple[Tensor, Tensor]:
        rows = torch.randperm(len(labels), generator=generator)[: config["batch"]]
        return x.index_select(0, rows), labels[rows]

    def look(t: int, stack: Descent) -> None:
        if t not in times:
            return
        found["test_error"].append(_error(stack.weights, test, splits.test.targets))
        found["train_error"].append(_error(stack.weights, x, labels))

    descent = Descent(
        _drawn(x.shape[1], config["width"], generator),
        FUSED[rules.adam],
        alpha=config["rate"],
        **ADAM,
    )

    def along(w: Weights, batch: tuple[Tensor, Tensor]) -> list[Tensor]:
        own, targets = batch
        return gradients([*w.values()], own, cross_entropy_backward(targets), decay=decay)

    train_along(descent, along, batches, times[-1], look)
    return Outcome({}, {name: Curve(times, values) for name, values in found.items()})


def _drawn(inputs: int, width: int, generator: torch.Generator) -> Weights:
    """He's normal law in the hidden layer, LeCun's in the last."""
    return {
        "w": torch.randn(1, inputs, width, generator=generator) * math.sqrt(2 / inputs),
        "b": torch.zeros(1, 1, width),
        "v": torch.randn(1, width, CLASSES, generator=generator) / math.sqrt(width),
        "c": torch.zeros(1, 1, CLASSES),
    }


@torch.no_grad()
def _error(w: Weights, x: Tensor, labels: Tensor) -> float:
    return float((outputs([*w.values()], x)[0].argmax(1) != labels).double().mean())
