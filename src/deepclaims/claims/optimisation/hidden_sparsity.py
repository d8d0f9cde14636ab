"""A net of one hidden layer whose units are each active on a chosen share of the inputs.

Every unit's bias is set so that it is positive on that share of the training images, and its
weights and bias are scaled so that its output has mean square 1, as He's initialisation seeks: what
changes between nets is how rarely a unit is active, not how large the activations are. L2 "¿Cuál
usar?": adaptive methods show their advantage with sparse inner representations, as those of ReLU.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from deepclaims.data.prepared import read_meta
from deepclaims.data.registry import load
from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.project import Project

METHODS = ("momentum", "layer", "adam")
"""Adam; without its denominator; with one denominator for each layer. α falls linearly to 0."""
CLASSES = 10
SPLITS = ("train", "validation", "test")
SETTING = 1000
"""Training images by which thresholds are set, or all where there are fewer."""
EPS, BETA1, BETA2 = 1e-8, 0.9, 0.999


def hidden(config: dict[str, Any], seed: int) -> Outcome:
    """Train the net on MNIST in one pass, at every learning rate of a method's grid at once.

    Inputs are whitened principal components, so that input features are all alike.

    Args:
        config: `method` (one of `METHODS`), `share` of the images on which a unit is active at the
            start, `leak` (slope of the activation below 0; 0 is ReLU), `rates` (lowest and highest
            of each method), `count` of rates, `steps`, `batch`, `components`, `width`, `held_out`
            [validation, test] images. A stand-in for MNIST may have fewer: then all of them are
            used, in fewer steps.
        seed: draws images, initial weights and batches; the same for every method.

    Returns:
        Curves by the number of the rate: `validation` and `test`, mean cross-entropy (nats,
        infinite where training diverged), and `active`, the mean share of validation images on
        which a hidden unit is positive at the end.
    """
    folder = Project.here().prepared("mnist")
    counts = read_meta(folder, "mnist")["counts"]
    steps = min(config["steps"], counts["train"] // config["batch"])
    asked = (steps * config["batch"], *config["held_out"])
    images = {f"n_{name}": min(n, counts[name]) for name, n in zip(SPLITS, asked, strict=True)}
    options = {"name": "mnist", "pool": 2, "pca": config["components"], **images}
    splits = load(options, seed, folder)
    random = torch.Generator().manual_seed(seed)
    x, y = splits.train.inputs[0], splits.train.targets
    alpha = learning_rates(config)
    net = [each.repeat(len(alpha), 1, 1) for each in _initial(config, x, random)]
    order = torch.randperm(len(x), generator=random).view(steps, config["batch"])
    state = rules.State()
    for t, batch in enumerate(order, start=1):
        g = gradients(net, x[batch], y[batch], config["leak"])
        step(config["method"], net, g, state, t, alpha, steps)
    assert splits.validation is not None  # a number of images was asked for
    z = torch.baddbmm(net[1], splits.validation.inputs[0].expand(len(alpha), -1, -1), net[0])
    found = {
        "validation": _losses(net, splits.validation, config["leak"]),
        "test": _losses(net, splits.test, config["leak"]),
        "active": (z > 0).double().mean(dim=(1, 2)),
    }
    return Outcome(
        {}, {name: Curve(range(len(alpha)), each.tolist()) for name, each in found.items()}
    )


def learning_rates(config: dict[str, Any]) -> Tensor:
    """The method's grid, evenly spaced in the logarithm, (rates,)."""
    low, high = (torch.tensor(float(end)).log10() for end in config["rates"][config["method"]])
    return torch.logspace(float(low), float(high), config["count"])


def _initial(config: dict[str, Any], x: Tensor, random: torch.Generator) -> list[Tensor]:
    """W₁ (inputs, width), b₁ (1, width), W₂ (width, classes), b₂ (1, classes)."""
    w = torch.randn(x.shape[1], config["width"], generator=random)
    z = x[:SETTING] @ w
    threshold = z.T.quantile(1 - config["share"], dim=1)[None]
    scale = activation(z - threshold, config["leak"]).square().mean(0, keepdim=True).rsqrt()
    out = torch.randn(config["width"], CLASSES, generator=random) / config["width"] ** 0.5
    return [w * scale, -threshold * scale, out, torch.zeros(1, CLASSES)]


def activation(z: Tensor, leak: float) -> Tensor:
    """ReLU, or leaky ReLU."""
    return torch.nn.functional.leaky_relu(z, leak)


def gradients(net: list[Tensor], x: Tensor, y: Tensor, leak: float) -> list[Tensor]:
    """Gradients of the mean cross-entropy of every net at the same inputs.

    Args:
        net: W₁ (R, d, width), b₁ (R, 1, width), W₂ (R, width, classes), b₂ (R, 1, classes).
        x: (samples, d).
        y: classes, (samples,).
        leak: slope of the activation below 0.
    """
    inputs = x.expand(len(net[0]), -1, -1)
    z = torch.baddbmm(net[1], inputs, net[0])
    h = activation(z, leak)
    off = torch.baddbmm(net[3], h, net[2]).softmax(-1)
    off[:, torch.arange(len(y)), y] -= 1
    off /= len(y)
    back = (off @ net[2].mT) * torch.where(z > 0, 1.0, leak)
    return [
        inputs.mT @ back,
        back.sum(1, keepdim=True),
        h.mT @ off,
        off.sum(1, keepdim=True),
    ]


def step(
    method: str,
    net: list[Tensor],
    g: list[Tensor],
    state: rules.State,
    t: int,
    alpha: Tensor,
    steps: int,
) -> None:
    """Update t of `steps` of every net, each at its own α."""
    falling = alpha * (1 - (t - 1) / steps)
    if method == "adam":
        rules.adam(net, g, state, t, alpha=falling, beta1=BETA1, beta2=BETA2, eps=EPS)
    elif method == "momentum":
        rules.momentum(net, g, state, t, alpha=falling, beta1=BETA1, form="average", corrected=True)
    else:
        _layer_rates(net, g, state, t, falling)


def _layer_rates(
    net: list[Tensor], g: list[Tensor], state: rules.State, t: int, alpha: Tensor
) -> None:
    """Adam with the mean of v over each tensor in v's place."""
    if not state:
        state["m"] = [torch.zeros_like(each) for each in g]
        state["v"] = [torch.zeros(len(alpha), 1, 1) for _ in g]
    for theta, own, m, v in zip(net, g, state["m"], state["v"], strict=True):
        m.lerp_(own, 1 - BETA1)
        v.lerp_(own.square().mean((1, 2), keepdim=True), 1 - BETA2)
        rate = alpha[:, None, None] / ((v / (1 - BETA2**t)).sqrt() + EPS)
        theta -= rate * m / (1 - BETA1**t)


def _losses(net: list[Tensor], split: Split, leak: float) -> Tensor:
    """Mean cross-entropy of every net, (R,)."""
    x = split.inputs[0].expand(len(net[0]), -1, -1)
    h = activation(torch.baddbmm(net[1], x, net[0]), leak)
    logits = torch.baddbmm(net[3], h, net[2]).double()
    right = logits[:, torch.arange(len(split.targets)), split.targets]
    loss = (logits.logsumexp(-1) - right).mean(1)
    return torch.where(loss.isfinite(), loss, torch.inf)
