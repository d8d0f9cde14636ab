"""Forecasting the next RR interval: the case in which the future is not there to be read.

`next` asks once, at the end of a run of beats: whatever reads the run, in whichever direction, has
seen the past alone. `every` asks at every beat of the run, as one labels beats, and a network that
reads backwards finds the answer in its input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from deepclaims.data.rr_intervals import Runs
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model, count_parameters
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.optim import rules
from deepclaims.training.stack import ADAM, Descent, Weights, train_stack

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS, ORDER = 301, 302
"""Random streams of a replica's seed."""


@dataclass(frozen=True)
class Forecaster:
    """An LSTM with a linear output, trained to ask `next` or `every`.

    Args:
        network: (n, L, 2) -> (n, 1) or (n, L, 1), inputs and outputs in units of the scales.
        x_scale: (2,) spread of what is known.
        y_scale: spread of what is asked.
    """

    network: nn.Module
    x_scale: Tensor
    y_scale: float

    @classmethod
    def train(cls, config: Mapping[str, Any], seed: int, data: Runs) -> Forecaster:
        """Fit by Adam on minibatches of runs; the learning rate falls linearly to zero.

        Args:
            config: `question` (next or every), `direction` (uni or bi), `widths` of both,
                `steps`, `batch`, `lr`.
            seed: decides the weights and the order of runs.
            data: runs of the training patients.
        """
        made = cls._fresh(config, seed, data)
        steps, last = int(config["steps"]), config["question"] == "next"
        order = iter(_order(len(data), steps, int(config["batch"]), _generator(seed, ORDER)))

        def loss(weights: Weights, index: Tensor) -> Tensor:
            own = {name: w[0] for name, w in weights.items()}
            said = functional_call(made.network, own, data.x[index] / made.x_scale).flatten(1)
            y = data.y[index, -1:] if last else data.y[index]
            return (said - y / made.y_scale).square().mean()

        def decay(t: int, descent: Descent) -> None:
            descent.numbers["alpha"] = config["lr"] * (1 - t / steps)

        start = {name: w.detach()[None] for name, w in made.network.named_parameters()}
        descent = Descent(start, rules.adam, clip=1.0, alpha=config["lr"], **ADAM)
        train_stack(descent, loss, lambda replicas: next(order), steps, decay)
        made.network.load_state_dict({name: w.detach()[0] for name, w in descent.weights.items()})
        return made

    @classmethod
    def _fresh(cls, config: Mapping[str, Any], seed: int, data: Runs) -> Forecaster:
        model = {
            "name": "lstm",
            "width": config["widths"][config["direction"]],
            "bidirectional": config["direction"] == "bi",
        }
        every = config["question"] == "every"
        asked = Interface((tuple(data.x.shape[1:]),), 1, per_step=every)
        random = _generator(seed, WEIGHTS)
        network = build_model(model, {"name": "glorot"}, asked, UnitNoise(), random)
        return cls(network, data.x.std((0, 1)), float(data.y.std()))

    @property
    def parameters(self) -> int:
        """Trainable numbers."""
        return count_parameters(self.network)

    def __call__(self, x: Tensor) -> Tensor:
        """What is asked of runs, (n, L, 2) -> (n, 1) or (n, L)."""
        return self.y_scale * self.network(x / self.x_scale).flatten(1)


@torch.no_grad()
def squares(data: Runs, forecast: Forecaster, *, last: bool) -> pd.DataFrame:
    """Squared errors and squared deviations from the mean, summed by record.

    Args:
        data: the runs asked about.
        forecast: whom is asked.
        last: count the answers at the runs' last beats alone.

    Returns:
        Columns `record, error, deviation`; R² over some records is
        1 - sum(error) / sum(deviation).
    """
    import pandas as pd

    predicted = forecast(data.x)
    if last:
        predicted = predicted[:, -1:]
    y = data.y[:, -predicted.shape[1] :]
    errors = (y - predicted).double().square().sum(1).numpy()
    deviations = (y - y.mean()).double().square().sum(1).numpy()
    frame = pd.DataFrame({"record": data.records, "error": errors, "deviation": deviations})
    return frame.groupby("record", as_index=False).sum()


def _order(n: int, steps: int, batch: int, generator: torch.Generator) -> Tensor:
    """The runs of every step, (steps, batch): one epoch after another, without a gap."""
    epochs = -(-steps * batch // n)
    drawn = torch.cat([torch.randperm(n, generator=generator) for _ in range(epochs)])
    return drawn[: steps * batch].view(steps, batch)


def _generator(seed: int, stream: int) -> torch.Generator:
    state = np.random.default_rng([seed, stream]).integers(2**63 - 1)
    return torch.Generator().manual_seed(int(state))
