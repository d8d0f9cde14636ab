"""Rare features and rarely active hidden units: one rate for all components, or one for each."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from deepclaims.claims.tuning import VARIANTS
from deepclaims.data.locked import LOCKED, is_locked
from deepclaims.data.prepared import read_meta
from deepclaims.data.registry import load
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules
from deepclaims.project import Project
from deepclaims.training.stack import Descent, Rule, Weights, train_stack

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
SPLITS = ("train", "validation", "test")
SETTING = 1000
"""Training images by which thresholds are set, or all where there are fewer."""


def regression(config: dict[str, Any], seed: int) -> Outcome:
    """Learn a logistic regression in one pass over its samples, at every α of `variants`.

    Features are 0 or 1 and the j-th is 1 with probability j^(−a)/2 (`sparse`), or all standard
    normal (`dense`).

    Args:
        config: `features` (sparse or dense), `method` (one of `REGRESSION`), `power` a,
            `dimensions`, `samples`, `batch`, `test`, `scale` of the true weights, `rare` (the
            first j that counts as rare), `variants` (each an `alpha`).
        seed: draws problem, samples and batches; the same for every method.

    Returns:
        Curves by the number of the variant: `divergence`, mean KL of the fitted probability from
        the true one at new inputs (nats), and `rare`, the same over inputs with at least two rare
        features.
    """
    random = Generator().manual_seed(seed)
    d = config["dimensions"]
    truth = config["scale"] * torch.randn(d, generator=random)
    if config["features"] == "dense":
        truth *= 2 / d**0.5  # so that labels are about as predictable as with rare features

    def batch(_: int) -> tuple[Tensor, Tensor]:
        x = inputs(config, config["batch"], random)
        p = (x @ truth).sigmoid()
        return x, (torch.rand(p.shape, generator=random) < p).float()

    alpha = _rates(config)
    start = {"theta": torch.zeros(len(alpha), d)}
    descent = Descent(start, REGRESSION[config["method"]], alpha=alpha)
    train_stack(descent, _logistic_loss, batch, config["samples"] // config["batch"])
    x = inputs(config, config["test"], random)
    fitted = descent.weights["theta"].detach() @ x.T
    divergence = kl((x @ truth).double(), fitted.double())
    rare = (x[:, config["rare"] - 1 :] != 0).sum(1) >= 2
    return _by_variant({"divergence": divergence.mean(1), "rare": divergence[:, rare].mean(1)})


def inputs(config: dict[str, Any], samples: int, random: Generator) -> Tensor:
    """Features, `(samples, dimensions)`."""
    d = config["dimensions"]
    if config["features"] == "dense":
        return torch.randn(samples, d, generator=random)
    often = 0.5 * torch.arange(1.0, d + 1) ** -config["power"]
    return (torch.rand(samples, d, generator=random) < often).float()


def kl(true: Tensor, fitted: Tensor) -> Tensor:
    """KL of Bernoulli laws given by their logits."""
    p = true.sigmoid()
    on = F.logsigmoid
    return p * (on(true) - on(fitted)) + (1 - p) * (on(-true) - on(-fitted))


def _logistic_loss(weights: Weights, batch: tuple[Tensor, Tensor]) -> Tensor:
    x, y = batch
    logits = weights["theta"] @ x.T
    each = F.binary_cross_entropy_with_logits(logits, y.expand_as(logits), reduction="none")
    return each.mean(1)


def hidden(config: dict[str, Any], seed: int) -> Outcome:
    """Train a net of one hidden layer on MNIST in one pass, at every α of `variants`.

    Every unit's bias is set so that it is positive on a chosen share of the training images, and
    its weights and bias are scaled so that its output has mean square 1, as He's initialisation
    seeks: what changes between nets is how rarely a unit is active, not how large activations are.
    Inputs are whitened principal components, so that they are all alike. α falls linearly to 0.

    Args:
        config: `method` (one of `HIDDEN`), `share` of the images on which a unit is active at the
            start, `leak` (slope of the activation below 0; 0 is ReLU), `steps`, `batch`,
            `components`, `width`, `held_out` [validation, test] images, `variants` (each an
            `alpha`), `dataset` (MNIST if it names none). A stand-in for MNIST may have fewer
            images: then all of them are used, in fewer steps.
        seed: draws images, initial weights and batches; the same for every method.

    Returns:
        Curves by the number of the variant: `validation` and `test`, mean cross-entropy (nats,
        infinite where training diverged), and `active`, the mean share of validation images on
        which a hidden unit is positive at the end.
    """
    splits, random, leak = _images(config, seed), Generator().manual_seed(seed), config["leak"]
    x, y, alpha = splits.train.inputs[0], splits.train.targets, _rates(config)
    steps = len(x) // config["batch"]
    start = {name: w.repeat(len(alpha), 1, 1) for name, w in initial_net(config, x, random).items()}
    order = iter(torch.randperm(len(x), generator=random).view(steps, -1))
    descent = Descent(start, falling(HIDDEN[config["method"]], steps), alpha=alpha)
    train_stack(
        descent,
        lambda weights, rows: _cross_entropy(weights, x[rows], y[rows], leak),
        lambda _: next(order),
        steps,
    )
    net = {name: w.detach() for name, w in descent.weights.items()}
    assert splits.validation is not None  # a number of images was asked for
    active = _preactivations(net, splits.validation.inputs[0]) > 0
    return _by_variant(
        {
            "validation": _test_losses(net, splits.validation, leak),
            "test": _test_losses(net, splits.test, leak),
            "active": active.double().mean(dim=(1, 2)),
        }
    )


def _images(config: dict[str, Any], seed: int) -> Splits:
    name = config.get("dataset", "mnist")
    folder = Project.here().prepared(name)
    counts = read_meta(folder, name)["counts"]
    steps = min(config["steps"], counts["train"] // config["batch"])
    asked = (steps * config["batch"], *config["held_out"])
    images = {f"n_{part}": min(n, counts[part]) for part, n in zip(SPLITS, asked, strict=True)}
    options = {"name": name, "pool": 2, "pca": config["components"], **images,
               LOCKED: is_locked(config)}  # fmt: skip
    return load(options, seed, folder)


def initial_net(config: dict[str, Any], x: Tensor, random: Generator) -> Weights:
    """A net's w (inputs, width), b (1, width), w_out (width, classes) and b_out (1, classes)."""
    w = torch.randn(x.shape[1], config["width"], generator=random)
    z = x[:SETTING] @ w
    threshold = z.T.quantile(1 - config["share"], dim=1)[None]
    h = F.leaky_relu(z - threshold, config["leak"])
    scale = h.square().mean(0, keepdim=True).rsqrt()
    out = torch.randn(config["width"], 10, generator=random) / config["width"] ** 0.5
    return {"w": w * scale, "b": -threshold * scale, "w_out": out, "b_out": torch.zeros(1, 10)}


def _preactivations(net: Weights, x: Tensor) -> Tensor:
    return torch.baddbmm(net["b"], x.expand(len(net["w"]), -1, -1), net["w"])


def _cross_entropy(net: Weights, x: Tensor, y: Tensor, leak: float) -> Tensor:
    """Mean cross-entropy of every net at the same images, `(R,)`."""
    h = F.leaky_relu(_preactivations(net, x), leak)
    logits = torch.baddbmm(net["b_out"], h, net["w_out"])
    each = F.cross_entropy(logits.mT, y.expand(len(logits), -1), reduction="none")
    return each.mean(1)


def _test_losses(net: Weights, split: Split, leak: float) -> Tensor:
    loss = _cross_entropy(net, split.inputs[0], split.targets, leak)
    return torch.where(loss.isfinite(), loss, torch.inf)


def _rates(config: dict[str, Any]) -> Tensor:
    return torch.tensor([each["alpha"] for each in config[VARIANTS]], dtype=torch.float64)


def _by_variant(found: dict[str, Tensor]) -> Outcome:
    curves = {name: Curve(range(len(each)), each.tolist()) for name, each in found.items()}
    return Outcome({}, curves)


def decaying_sgd(
    theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *, alpha: Tensor
) -> None:
    """θ ← θ − α g/√t."""
    rules.sgd(theta, g, state, t, alpha=alpha / t**0.5)


def one_rate(
    theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *, alpha: Tensor
) -> None:
    """AdaGrad with one rate for all components: θ ← θ − α g/√(Σ‖g‖² + ε)."""
    total = state.setdefault("v", [torch.zeros_like(alpha)])[0]
    total += torch.stack([each.flatten(1).square().sum(1) for each in g]).sum(0)
    rules.sgd(theta, g, state, t, alpha=alpha / (total + EPS).sqrt())


@torch.no_grad()
def layer_rates(
    theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *, alpha: Tensor
) -> None:
    """Adam with one denominator for each tensor of a net: the mean of v over it in v's place."""
    if not state:
        state["m"] = [torch.zeros_like(each) for each in g]
        state["v"] = [torch.zeros(len(alpha), 1, 1) for _ in g]
    for w, own, m, v in zip(theta, g, state["m"], state["v"], strict=True):
        m.lerp_(own, 1 - BETA1)
        v.lerp_(own.square().mean((1, 2), keepdim=True), 1 - BETA2)
        below = (v / (1 - BETA2**t)).sqrt() + EPS
        w -= alpha.to(w)[:, None, None] * m / (1 - BETA1**t) / below


def falling(rule: Rule, steps: int) -> Rule:
    """The rule with α falling linearly, to 0 after `steps`."""

    def step(theta: list[Tensor], g: list[Tensor], state: rules.State, t: int, *,
             alpha: Tensor) -> None:  # fmt: skip
        rule(theta, g, state, t, alpha=alpha * (1 - (t - 1) / steps))

    return step


REGRESSION: dict[str, Rule] = {
    "sgd": rules.sgd,
    "sgd_decay": decaying_sgd,
    "one_rate": one_rate,
    "adagrad": partial(rules.adagrad, eps=EPS, root="inside"),
}
HIDDEN: dict[str, Rule] = {
    "momentum": partial(rules.momentum, beta1=BETA1, form="average", corrected=True),
    "layer": layer_rates,
    "adam": partial(rules.adam, beta1=BETA1, beta2=BETA2, eps=EPS),
}
"""Adam; without its denominator; with one denominator for each layer."""
