"""Losses as negative log-likelihoods: the identities, and what their minimisers estimate."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import stats
from torch import Tensor
from torch.nn import functional as F

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import normal
from deepclaims.optim import rules
from deepclaims.optim.shared_rates import falling
from deepclaims.optim.walks import by, walk


def identities(config: dict[str, Any], seed: int) -> Outcome:
    """Compare torch's losses with scipy's log-likelihoods, sample by sample.

    Args:
        config: `samples`, `classes`.
        seed: draws outputs, targets and scales.

    Returns:
        The largest difference over samples by law (`categorical`, `bernoulli`, `gaussian`,
        `laplace`), and `wrong_law`: that of the absolute error with the Gaussian law.
    """
    random = torch.Generator().manual_seed(seed)
    n, classes = config["samples"], config["classes"]
    logits = normal(random, n, classes)
    label = torch.randint(classes, (n,), generator=random)
    hot = F.one_hot(label, classes)
    categorical = stats.multinomial.logpmf(hot.numpy(), 1, logits.softmax(1).numpy())
    z, y = normal(random, n), torch.randint(2, (n,), generator=random)
    bernoulli = stats.bernoulli.logpmf(y.numpy(), z.sigmoid().numpy())
    f, target = normal(random, n), normal(random, n)
    sigma = float(0.5 + torch.rand(1, generator=random, dtype=torch.float64))
    squared = F.mse_loss(f, target, reduction="none") / (2 * sigma**2)
    absolute = F.l1_loss(f, target, reduction="none") / sigma
    gaussian = stats.norm.logpdf(target.numpy(), f.numpy(), sigma)
    laplace = stats.laplace.logpdf(target.numpy(), f.numpy(), sigma)
    constant = math.log(sigma * math.sqrt(2 * math.pi))
    return Outcome(
        {
            "categorical": _gap(F.cross_entropy(logits, label, reduction="none"), categorical),
            "bernoulli": _gap(
                F.binary_cross_entropy_with_logits(z, y.double(), reduction="none"), bernoulli
            ),
            "two_classes": _gap(
                F.cross_entropy(torch.stack([0 * z, z], 1), y, reduction="none"), bernoulli
            ),
            "gaussian": _gap(squared + constant, gaussian),
            "laplace": _gap(absolute + math.log(2 * sigma), laplace),
            "wrong_law": _gap(absolute + constant, gaussian),
        }
    )


def _gap(loss: Tensor, log_likelihood: np.ndarray) -> float:
    return float(np.abs(loss.numpy() + log_likelihood).max())


def location(config: dict[str, Any], seed: int) -> Outcome:
    """Fit y = f(x) + noise with both losses, x one of a few values, by Adam on all the data.

    Args:
        config: `noise` (skewed: exponential of mean 1; symmetric: Laplace), `inputs` (values of
            x), `samples` of each, `steps`.
        seed: draws f and the noise.

    Returns:
        `squared` and `absolute`: mean over x of fitted minus f(x); `optimum`: the largest distance
        of the fits from the sample's own mean and median.
    """
    random = np.random.default_rng([seed, 2])
    shape = (config["inputs"], config["samples"])
    law = random.exponential if config["noise"] == "skewed" else random.laplace
    noise = law(size=shape)
    f = random.normal(size=(shape[0], 1))
    y = torch.from_numpy(f + noise)

    def slope(theta: Tensor) -> Tensor:
        off = theta[:, :, None] - y
        return torch.stack([2 * off[0].mean(1), off[1].sign().mean(1)])

    theta = _minimise(torch.zeros(2, shape[0], dtype=torch.float64), slope, config["steps"], 0.1)
    own = torch.stack([y.mean(1), y.median(1).values])
    offset = (theta - torch.from_numpy(f.T)).mean(1)
    return Outcome(
        {
            "squared": float(offset[0]),
            "absolute": float(offset[1]),
            "optimum": float((theta - own).abs().max()),
        }
    )


def efficiency(config: dict[str, Any], seed: int) -> Outcome:
    """The error of the absolute loss's fit over that of the squared one's, over many samples.

    Args:
        config: `law` (gaussian or laplace), `samples` of each fit (odd), `repeats`.
        seed: draws the samples.

    Returns:
        `error_ratio`: E(median − centre)² / E(mean − centre)², the fits' minimisers.
    """
    random = np.random.default_rng([seed, 3])
    shape = (config["repeats"], config["samples"])
    law = random.normal if config["law"] == "gaussian" else random.laplace
    y = law(size=shape)
    ratio = (np.median(y, axis=1) ** 2).mean() / (y.mean(axis=1) ** 2).mean()
    return Outcome({"error_ratio": float(ratio)})


def posterior(config: dict[str, Any], seed: int) -> Outcome:
    """Fit class probabilities, x one of a few values with a known posterior.

    Args:
        config: `loss` (likelihood: cross-entropy, or its binary form with one output for two
            classes; absolute: mean |one-hot − q|), `classes`, `inputs`, `samples` of each, `steps`.
        seed: draws posteriors and labels.

    Returns:
        `slope` of the fitted probabilities on the posterior; table `points`: `true, fitted`.
    """
    random = np.random.default_rng([seed, 4])
    classes, inputs = config["classes"], config["inputs"]
    p = random.dirichlet(np.ones(classes), size=inputs)
    share = torch.from_numpy(random.multinomial(config["samples"], p) / config["samples"])
    binary = classes == 2

    def probabilities(z: Tensor) -> Tensor:
        q = z[:, :1].sigmoid()
        return torch.cat([1 - q, q], 1) if binary else z.softmax(1)

    def loss(z: Tensor) -> Tensor:
        if config["loss"] == "absolute":  # Σ_j |1[j = c] − q_j| = 2(1 − q_c)
            return (share * 2 * (1 - probabilities(z))).sum()
        return _cross_entropy(z, share)

    def slope(z: Tensor) -> Tensor:
        with torch.enable_grad():
            free = z.detach().requires_grad_()
            return torch.autograd.grad(loss(free), free)[0]

    start = torch.zeros(inputs, 1 if binary else classes, dtype=torch.float64)
    q = probabilities(_minimise(start, slope, config["steps"], 0.3)).numpy()
    line = stats.linregress(p.ravel(), q.ravel()).slope
    points = pd.DataFrame({"true": p.ravel(), "fitted": q.ravel()})
    return Outcome({"slope": float(line)}, {}, {"points": points})


def _cross_entropy(z: Tensor, share: Tensor) -> Tensor:
    """Of outputs z with the classes' shares; its binary form where there is one output for two."""
    if z.shape[1] > 1:
        return -(share * z.log_softmax(1)).sum()
    no, yes = (
        F.binary_cross_entropy_with_logits(z[:, 0], torch.full_like(z[:, 0], y), reduction="none")
        for y in (0.0, 1.0)
    )
    return (share[:, 1] * yes + share[:, 0] * no).sum()


def _minimise(theta: Tensor, slope: Callable[[Tensor], Tensor], steps: int, alpha: float) -> Tensor:
    """Adam from `theta`, its rate falling linearly to 0."""
    adam = by(falling(rules.adam, steps), alpha, beta1=0.9, beta2=0.99, eps=1e-12)
    *_, last = walk(theta, lambda at, _: slope(at), adam, steps)
    return last
