"""Nets of one architecture that fit the same images equally well, reached by different routes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Generator, Tensor

from deepclaims.data.registry import load
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.dense_nets import gradients, outputs
from deepclaims.optim import rules
from deepclaims.optim.stacked import FUSED
from deepclaims.project import Project
from deepclaims.training.objectives import cross_entropies, cross_entropy_backward
from deepclaims.training.stack import ADAM, Descent, Weights, join, train_along

CLASSES = 10
TOLERANCE, KEPT = 1e-7, 12
"""Of Lanczos' method: relative, at which it stops; vectors that it keeps."""
HALVINGS = 40
"""Of the segment between two looks, on which the point of the registered loss is found."""
PLAIN, TWIN, LARGE, POISONED, SMALL_BATCH, FULL_BATCH = (
    "plain", "twin", "large", "poisoned", "small_batch", "full_batch",
)  # fmt: skip
ROUTES = (PLAIN, TWIN, LARGE, POISONED, SMALL_BATCH, FULL_BATCH)


@dataclass(frozen=True)
class Images:
    """Inputs (n, d) with classes (n,)."""

    x: Tensor
    y: Tensor

    def double(self) -> Images:
        """The same in double precision."""
        return Images(self.x.double(), self.y)

    def losses(self, weights: Weights) -> Tensor:
        """Cross-entropy of each net, (R,)."""
        logits = self._logits(weights)
        return cross_entropies(logits, self.y.expand(logits.shape[:2])).mean(1)

    def gradients(self, weights: Weights, chosen: Tensor) -> list[Tensor]:
        """Of each net's cross-entropy over its `chosen` images, (R, n)."""
        backward = cross_entropy_backward(self.y[chosen])
        return gradients([*weights.values()], self.x[chosen], backward)

    def errors(self, weights: Weights) -> Tensor:
        """Share of wrong answers of each net, (R,)."""
        return (self._logits(weights).argmax(-1) != self.y).double().mean(1)

    def _logits(self, weights: Weights) -> Tensor:
        return outputs([*weights.values()], self.x)


def routes(config: dict[str, Any], seed: int) -> Outcome:
    """Train a net by every route on the same images, to the same loss.

    The loss asked for is so small that none can be wrong: 0.6 of all images together, where a
    wrong one alone has ln 2 or more.

    Args:
        config: `data` (options of `data=mnist`), `samples`, `width`; `alpha`, `beta` of SGD with
            momentum, `batch`, `small_batch`; `large`, the factor of the large start; `poison`
            images of random classes that are learnt beside the others first, for `poison_steps` of
            Adam at `poison_alpha`; `every` so many steps the loss is looked at, `steps` at most;
            `iterations`, restarts of Lanczos' method at most.
        seed: draws images, classes of the poison, starts and batches.

    Returns:
        For every route metrics `<route>_test`, `<route>_error` (training), `<route>_loss` over the
        loss asked for, `<route>_gradient` (norm), `<route>_sharpness` (largest eigenvalue λ of the
        Hessian), `<route>_residual` (‖Hv − λv‖/λ), `<route>_norm`: all of them in double precision,
        though the nets are trained in single; NaN where the loss was not reached.
    """
    n = config["samples"]
    options = {**config["data"], "n_train": n + config["poison"]}
    splits = load(options, seed, Project.here().prepared(options["name"]))
    x, y = splits.train.inputs[0].flatten(1), splits.train.targets
    train = Images(x[:n], y[:n])
    test = Images(splits.test.inputs[0].flatten(1), splits.test.targets)
    draws = Generator().manual_seed(seed)
    wrong = torch.cat([y[:n], torch.randint(CLASSES, (len(x) - n,), generator=draws)])

    starts = _starts(len(ROUTES), x.shape[1], config["width"], draws)
    first = dict(zip(ROUTES, _apart(starts), strict=True))
    first[LARGE] = {name: config["large"] * w for name, w in first[LARGE].items()}
    first[POISONED] = _poisoned(first[POISONED], Images(x, wrong), config, draws)
    groups = {
        config["batch"]: (PLAIN, TWIN, LARGE, POISONED),
        config["small_batch"]: (SMALL_BATCH,),
        n: (FULL_BATCH,),
    }
    ends: dict[str, Weights] = {}
    for batch, names in groups.items():
        stack = join([first[name] for name in names])
        ends |= dict(zip(names, _fit(stack, train, batch, config, draws), strict=True))
    train, test = train.double(), test.double()
    metrics: dict[str, float] = {}
    for name, weights in ends.items():
        metrics[f"{name}_test"] = float(test.errors(weights))
        metrics[f"{name}_error"] = float(train.errors(weights))
        metrics[f"{name}_loss"] = float(train.losses(weights)) / asked(n)
        metrics[f"{name}_gradient"] = math.sqrt(
            sum(float(g.square().sum()) for g in train.gradients(weights, torch.arange(n)[None]))
        )
        metrics[f"{name}_sharpness"], metrics[f"{name}_residual"] = _sharpness(
            weights, train, config["iterations"], draws
        )
        metrics[f"{name}_norm"] = math.sqrt(sum(float(w.square().sum()) for w in weights.values()))
    return Outcome(metrics)


def asked(samples: int) -> float:
    """The mean cross-entropy that every net is brought to."""
    return 0.6 / samples


def _fit(
    stack: Weights, train: Images, batch: int, config: dict[str, Any], draws: Generator
) -> list[Weights]:
    """The nets of a stack, each where its path crosses the loss asked for; NaN if it never does.

    They are trained in single precision, and the point of the crossing is found in double.
    """
    count, n, finely = len(next(iter(stack.values()))), len(train.y), train.double()
    found = [
        {name: torch.full_like(w, math.nan).double() for name, w in each.items()}
        for each in _apart(stack)
    ]
    left, before = torch.arange(count), stack

    def look(t: int, descent: Descent) -> Tensor:
        nonlocal left, before
        with torch.no_grad():
            now = {name: w.detach().clone() for name, w in descent.weights.items()}
            going = finely.losses(_double(now)) > asked(n)
            for k in (~going).nonzero()[:, 0].tolist():
                found[int(left[k])] = _crossing(
                    _double(_one(before, k)), _double(_one(now, k)), finely
                )
            left, before = left[going], {name: w[going] for name, w in now.items()}
        return going

    def batches(nets: int) -> Tensor:
        if batch == n:
            return torch.arange(n).expand(nets, n)
        return torch.randint(n, (nets, batch), generator=draws)

    train_along(
        Descent(stack, FUSED[rules.momentum], clip=config["clip"], alpha=config["alpha"],
        beta1=config["beta"]), train.gradients, batches, config["steps"], look, config["every"],
    )  # fmt: skip
    return found


def _crossing(above: Weights, below: Weights, train: Images) -> Weights:
    """The point between two of a path that has the loss asked for."""
    low, high, goal = 0.0, 1.0, asked(len(train.y))
    point = below
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        point = {name: above[name].lerp(below[name], middle) for name in above}
        low, high = (middle, high) if float(train.losses(point)) > goal else (low, middle)
    return point


def _poisoned(start: Weights, images: Images, config: dict[str, Any], draws: Generator) -> Weights:
    """A net that has first learnt wrong classes beside the right ones (Liu et al. 2020)."""
    descent = Descent(start, FUSED[rules.adam], alpha=config["poison_alpha"], **ADAM)
    train_along(
        descent,
        images.gradients,
        lambda nets: torch.randint(len(images.y), (nets, config["poison_batch"]), generator=draws),
        config["poison_steps"],
    )  # fmt: skip
    return {name: w.detach() for name, w in descent.weights.items()}


def _sharpness(
    weights: Weights, train: Images, iterations: int, draws: Generator
) -> tuple[float, float]:
    """The Hessian's largest eigenvalue λ by Lanczos' method, and ‖Hv − λv‖/λ of its vector v.

    Where the method has not converged after so many restarts, both are NaN.
    """
    theta = {name: w.clone().requires_grad_() for name, w in weights.items()}
    slope = torch.autograd.grad(train.losses(theta).sum(), [*theta.values()], create_graph=True)
    sizes = [w.numel() for w in theta.values()]

    def along(ray: np.ndarray) -> np.ndarray:
        parts = torch.from_numpy(np.array(ray, dtype=float).ravel()).split(sizes)
        rays = [each.view(w.shape) for each, w in zip(parts, theta.values(), strict=True)]
        image = torch.autograd.grad(slope, [*theta.values()], rays, retain_graph=True)
        return torch.cat([each.flatten() for each in image]).numpy()

    first = torch.randn(sum(sizes), generator=draws, dtype=torch.float64).numpy()
    if not all(bool(w.isfinite().all()) for w in weights.values()):
        return math.nan, math.nan
    hessian = LinearOperator((first.size, first.size), matvec=along, dtype=np.float64)
    try:
        values, rays = eigsh(
            hessian, 1, which="LA", v0=first, ncv=KEPT, tol=TOLERANCE, maxiter=iterations
        )
    except ArpackNoConvergence:
        return math.nan, math.nan
    value, ray = float(values[0]), rays[:, 0]
    return value, float(np.linalg.norm(along(ray) - value * ray)) / abs(value)


def _starts(nets: int, inputs: int, width: int, draws: Generator) -> Weights:
    """He's start of nets with one hidden layer."""
    shapes = {"w1": (inputs, width), "b1": (1, width), "w2": (width, CLASSES), "b2": (1, CLASSES)}
    return {
        name: torch.randn(nets, *shape, generator=draws) * (2 / shape[0]) ** 0.5
        if name.startswith("w")
        else torch.zeros(nets, *shape)
        for name, shape in shapes.items()
    }


def _apart(stack: Weights) -> Sequence[Weights]:
    return [_one(stack, k) for k in range(len(next(iter(stack.values()))))]


def _one(stack: Weights, k: int) -> Weights:
    return {name: w[k : k + 1] for name, w in stack.items()}


def _double(weights: Weights) -> Weights:
    return {name: w.double() for name, w in weights.items()}
