"""Errors on few digits of classical methods (scikit-learn's) and of deep nets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from deepclaims.claims.approximation.deep_needs_big_data.digits import digits
from deepclaims.claims.tuning import is_choosing
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.convolutional import convnet
from deepclaims.nn.initialisation import initialise
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import Perceptron, perceptron
from deepclaims.nn.stacked import Stack
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.optim import rules
from deepclaims.optim.stacked import FUSED
from deepclaims.training.objectives import cross_entropy_slopes
from deepclaims.training.stack import ADAM

CLASSES = 10
TREES = 100
SCORED = 250
"""Images whose maps stay in the cache."""
RIDGE, RATE = 0.1, 0.008
"""Where the dials of logistic regression (its C) and of the nets (Adam's rate) are at 1."""


def classical(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of one classical method at one value of its dial.

    Args:
        config: what `digits` takes; `method`: `logistic` (dial × RIDGE is its C), `forest` (dial ×
            √d features are tried at each split) or `svm`, `svm_soft` (RBF kernel with
            dial/d for γ, inputs having variance one; C is 10 or 1); `dial`.
        seed: draws the training samples, and the forest.

    Returns:
        Metric `validation_error` of seeds that choose, `test_error` of those that report.
    """
    train, held_out = (
        (x.flatten(1).numpy(), y.numpy()) for x, y in digits(config, seed, scored_on(config))
    )
    x, dial = train[0], float(config["dial"])
    if config["method"] in _COSTS:
        # The kernel as matrix products: scikit-learn's own takes several times as long.
        train, held_out = ((_kernel(z, x, dial), y) for z, y in (train, held_out))
    model = _estimator(config["method"], dial, x.shape[1], seed).fit(*train)
    return Outcome({f"{scored_on(config)}_error": 1 - float(model.score(*held_out))})


def deep(config: dict[str, Any], seed: int) -> Outcome:
    """Errors of one net, trained with Adam and a rate that falls linearly to 0.

    Args:
        config: what `digits` takes; `method`: `mlp` (three hidden layers of 128), or two blocks of
            convolution with `max` or `average` pooling (24 and 48 filters) or left `whole` (16 and
            32); `dial`: its rate over RATE; `batch`; `steps`, `epochs`, `enough`, see `steps_of`.
        seed: draws the training samples, the weights and the minibatches.

    Returns:
        Metric `validation_error` of seeds that choose, `test_error` of those that report.
    """
    (x, y), held_out = digits(config, seed, scored_on(config))
    random = Generator().manual_seed(seed)
    net = _NETS[config["method"]](Interface((tuple(x.shape[1:]),), CLASSES))
    initialise(net, {"name": "he"}, random)
    net = trained(net, x, y, RATE * float(config["dial"]), config, random)
    return Outcome({f"{scored_on(config)}_error": _wrong(net, *held_out)})


def scored_on(config: Mapping[str, Any]) -> str:
    """The split whose error is asked for: one alone, since the other would be scored in vain."""
    return "validation" if is_choosing(config) else "test"


@torch.no_grad()
def _wrong(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of (n, …) that a net takes for another class than y (n,)."""
    answers = torch.cat([net(part).argmax(1) for part in x.split(SCORED)])
    return float((answers != y).double().mean())


def trained(
    net: nn.Module, x: Tensor, y: Tensor, rate: float, config: Mapping[str, Any], random: Generator
) -> nn.Module:
    """The net, or what answers in its place, after Adam with a rate that falls linearly to 0."""
    if isinstance(net, Perceptron):  # a stack of one: its gradients are written out
        net = Stack(deepcopy(net), [net])
    batch = min(int(config["batch"]), len(x))
    steps = steps_of(config, len(x))
    parameters = [net.theta] if isinstance(net, Stack) else list(net.parameters())
    state: rules.State = {}
    order = torch.empty(0, dtype=torch.long)
    for t in range(steps):
        if len(order) < batch:
            order = torch.randperm(len(x), generator=random)
        rows, order = order[:batch], order[batch:]
        g = _gradients(net, x.index_select(0, rows), y.index_select(0, rows))
        FUSED[rules.adam](parameters, g, state, t + 1, alpha=rate * (1 - t / steps), **ADAM)
    return net


def steps_of(config: Mapping[str, Any], samples: int) -> int:
    """Updates of Adam: `epochs`, but at least `steps`, or `enough` epochs if these are fewer."""
    per_epoch = samples / min(int(config["batch"]), samples)
    epochs, enough = (math.ceil(int(config[key]) * per_epoch) for key in ("epochs", "enough"))
    return max(epochs, min(int(config["steps"]), enough))


def _gradients(net: nn.Module, x: Tensor, y: Tensor) -> list[Tensor]:
    """Of the mean cross entropy, one for each parameter and laid out as it."""
    if isinstance(net, Stack):
        return [net.descent([x], lambda z: cross_entropy_slopes(z[None], y[None]))[1]]
    parameters = list(net.parameters())
    g = torch.autograd.grad(F.cross_entropy(net(x), y), parameters)
    return [torch.empty_like(p).copy_(own) for p, own in zip(parameters, g, strict=True)]


def _estimator(method: str, dial: float, inputs: int, seed: int) -> Any:
    # Here, so that nothing but this task ever imports scikit-learn.
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if method == "logistic":  # the tolerance is well below what changes an answer: it converges
        return LogisticRegression(C=RIDGE * dial, tol=1e-6, max_iter=10_000)
    if method == "forest":
        tried = min(max(round(dial * math.sqrt(inputs)), 1), inputs)
        return RandomForestClassifier(TREES, max_features=tried, random_state=seed)
    return SVC(C=_COSTS[method], kernel="precomputed")


def _kernel(x: np.ndarray, z: np.ndarray, dial: float) -> np.ndarray:
    """exp(−γ ‖x_i − z_j‖²), (n, d) and (m, d) -> (n, m), with dial/d for γ."""
    x, z = x.astype(np.float64), z.astype(np.float64)
    exponents = x @ z.T
    exponents *= 2
    exponents -= np.square(x).sum(1)[:, None]
    exponents -= np.square(z).sum(1)
    exponents *= dial / x.shape[1]
    return np.exp(np.minimum(exponents, 0.0, out=exponents), out=exponents)


_COSTS = {"svm_soft": 1.0, "svm": 10.0}


def _convolutional(interface: Interface, pool: str, channels: tuple[int, int]) -> nn.Module:
    return convnet(interface, UnitNoise(), channels=channels, padding="same", pool=pool)


_NETS: Mapping[str, Callable[[Interface], nn.Module]] = {
    "mlp": lambda interface: perceptron(interface, UnitNoise(), depth=3, width=128),
    "max": lambda interface: _convolutional(interface, "max", (24, 48)),
    "average": lambda interface: _convolutional(interface, "average", (24, 48)),
    "whole": lambda interface: _convolutional(interface, "none", (16, 32)),
}
