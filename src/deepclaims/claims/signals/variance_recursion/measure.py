"""One neuron, many layers, and a net that learns, each against d v/2."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Generator, Tensor

from deepclaims.claims.signals import dense_stack
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.activations import ACTIVATIONS
from deepclaims.optim import rules
from deepclaims.training.stack import Descent, Weights, train_stack


def _normal(n: int, d: int, generator: Generator) -> Tensor:
    return torch.empty(n, d).normal_(generator=generator)


def _uniform(n: int, d: int, generator: Generator) -> Tensor:
    return torch.empty(n, d).uniform_(-1, 1, generator=generator)


def _laplace(n: int, d: int, generator: Generator) -> Tensor:
    signs = _uniform(n, d, generator).sign()
    return signs * torch.empty(n, d).exponential_(generator=generator)


def _dependent(n: int, d: int, generator: Generator) -> Tensor:
    """Normal, all of a row alike: of correlation 1/2."""
    return _normal(n, d, generator) + _normal(n, 1, generator)


def _shifted(n: int, d: int, generator: Generator) -> Tensor:
    return _normal(n, d, generator) + 1


LAWS: Mapping[str, Callable[[int, int, Generator], Tensor]] = {
    "normal": _normal,
    "uniform": _uniform,
    "laplace": _laplace,
    "dependent": _dependent,
    "shifted": _shifted,
}
"""Of z_1 … z_d: symmetric about 0, but for the last."""


def neuron(config: dict[str, Any], seed: int) -> Outcome:
    """E[u²] of u = Σ w_k g(z_k) over (d v/2) E[z²], with w and z drawn anew for every u.

    Args:
        config: `cases`, each `[law, activation, d, d v]`; `draws` of u.
        seed: of weights and sums; a stream of its own for each case.

    Returns:
        Table `neuron`: a row for each case, `law`, `activation`, `d`, `scale`, `ratio`.
    """
    rows = []
    for number, (law, activation, d, scale) in enumerate(config["cases"]):
        state = np.random.SeedSequence([seed, number]).generate_state(1)
        generator = Generator().manual_seed(int(state[0]))
        z = LAWS[law](int(config["draws"]), d, generator)
        w = _normal(len(z), d, generator) * math.sqrt(scale / d)
        u = (w * ACTIVATIONS[activation](z)).sum(1).double()
        ratio = float(u.square().mean() / (scale / 2 * z.double().square().mean()))
        rows.append((law, activation, d, scale, ratio))
    columns = ["law", "activation", "d", "scale", "ratio"]
    return Outcome({}, {}, {"neuron": pd.DataFrame(rows, columns=columns)})


def layers(config: dict[str, Any], seed: int) -> Outcome:
    """Many fresh ReLU nets, one input each: what becomes of ‖z_l‖².

    Args:
        config: `width` d, `scale` d v, `depth` L, `nets`.
        seed: of nets and inputs.

    Returns:
        Metrics `ratio`, the mean over nets and layers of ‖z_l‖²/‖z_{l−1}‖² over d v/2; `kept` and
        `typical`, mean and median over nets of ‖z_L‖²/‖z_1‖². Curves `mean` and `median` of
        ‖z_l‖²/‖z_1‖².
    """
    width, nets, scale = int(config["width"]), int(config["nets"]), float(config["scale"])
    state = np.random.SeedSequence([seed, width, round(100 * scale)]).generate_state(1)
    generator = Generator().manual_seed(int(state[0]))
    h, energies = torch.empty(nets, 1, width).normal_(generator=generator), []
    for _ in range(int(config["depth"])):
        w = torch.empty(nets, width, width).normal_(generator=generator)
        z = h @ w * math.sqrt(scale / width)
        energies.append(z.double().square().sum((1, 2)))
        h = z.relu()
    energy = torch.stack(energies)
    relative = energy / energy[0]
    where = range(1, len(energy) + 1)
    mean, median = relative.mean(1).tolist(), relative.median(1).values.tolist()
    metrics = {
        "ratio": float((energy[1:] / energy[:-1]).mean()) / (scale / 2),
        "kept": mean[-1],
        "typical": median[-1],
    }
    return Outcome(metrics, {"mean": Curve(where, mean), "median": Curve(where, median)})


def training(config: dict[str, Any], seed: int) -> Outcome:
    """Train a ReLU net with He's weights; E[z_l²] over (d v̂/2) E[z_{l−1}²], v̂ the mean of w².

    Args:
        config: `depth` and `width` of the hidden layers, `images`, `steps`, `look`, `batch`, `rate`
            of SGD with momentum (in the form of a sum).
        seed: of weights and minibatches.

    Returns:
        Metrics `fresh` and `trained`, curves `ratio` and `loss` over steps: means over the hidden
        layers but the first, whose inputs are pixels.
    """
    generator = Generator().manual_seed(seed)
    x, y = dense_stack.digits(config)
    sizes = [x.shape[1], *[int(config["width"])] * int(config["depth"]), dense_stack.CLASSES]
    seen: list[tuple[int, float, float]] = []

    @torch.no_grad()
    def look(t: int, descent: Descent) -> None:
        sums = dense_stack.sums(descent.weights, x, torch.relu)
        loss = float(dense_stack.losses(sums[-1], y).sum())
        seen.append((t, float(np.mean(_ratios(descent.weights, sums[:-1]))), loss))

    train_stack(
        Descent(
            dense_stack.draw(sizes, 2.0, 1, generator), rules.momentum, alpha=config["rate"],
            beta1=0.9,
        ),
        lambda now, batch: dense_stack.losses(
            dense_stack.sums(now, batch[0], torch.relu)[-1], batch[1]
        ),
        dense_stack.minibatches(x, y, int(config["batch"]), generator),
        int(config["steps"]),
        look,
        int(config["look"]),
    )  # fmt: skip
    steps, ratios, losses = zip(*seen, strict=True)
    return Outcome(
        {"fresh": ratios[0], "trained": ratios[-1]},
        {"ratio": Curve(steps, ratios), "loss": Curve(steps, losses)},
    )


def _ratios(weights: Weights, sums: list[Tensor]) -> list[float]:
    squares = [float(z.square().mean()) for z in sums]
    found = []
    for number in range(2, len(sums) + 1):
        w = weights[f"w{number}"]
        predicted = w.shape[1] * float(w.square().mean()) / 2 * squares[number - 2]
        found.append(squares[number - 1] / predicted)
    return found
