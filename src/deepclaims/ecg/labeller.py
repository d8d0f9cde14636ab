"""The heartbeat labeller of `deepclaims annotate`: networks that are trained, kept and used.

A training task leaves numbers about its network; this one leaves the network, as a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from deepclaims.data.ecg import SCORED, EcgOptions
from deepclaims.data.registry import load
from deepclaims.data.rhythm import Breaks
from deepclaims.ecg.inputs import (
    Training,
    input_shapes,
    record_inputs,
    training_beats,
    with_leads,
)
from deepclaims.errors import ConfigError
from deepclaims.evidence.outcome import Outcome
from deepclaims.groups import read_options
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model
from deepclaims.nn.unit_noise import UnitNoise
from deepclaims.project import Project
from deepclaims.training.machine import machine_state
from deepclaims.training.replica import build_module, fit
from deepclaims.training.settings import Settings
from deepclaims.training.streams import WEIGHTS, stream

if TYPE_CHECKING:
    import pandas as pd

LEADS = "leads"
"""Key of the task's config beside those of a training: 1 or 2, how many leads a record has."""


def train_labeller(config: Mapping[str, Any], seed: int) -> Outcome:
    """Train one network of a labeller on the prepared ECG.

    Args:
        config: a composed training config with `data=ecg`, and the key `leads`.
        seed: decides everything random.

    Returns:
        What `train` returns, and the tables `weights`, `scaling` and `trained_on`, which
        `assemble` reads.

    Raises:
        ConfigError: an unknown name, option or value; or the training has diverged.
        StageError: the data are not prepared.
    """
    settings, leads = Settings.read(config), int(config[LEADS])
    options = read_options("data=ecg", EcgOptions, settings.data)
    folder = Project.here().prepared("ecg")
    splits = with_leads(load(settings.data, seed, folder), options, leads)
    with machine_state(settings.machine):
        module = build_module(settings, splits, seed)
        outcome = fit(module, settings, None)
    tables = _tables(module.model, training_beats(folder, options, leads))
    if not np.isfinite(tables["weights"]["value"]).all():
        raise ConfigError("the training of the labeller has diverged: lower optimizer.lr")
    return replace(outcome, tables={**outcome.tables, **tables})


@dataclass(frozen=True)
class Labeller:
    """Trained networks whose probabilities are averaged.

    Args:
        options: of the data they were trained on.
        training: what they remember of it.
        networks: in evaluation mode.
    """

    options: EcgOptions
    training: Training
    networks: tuple[nn.Module, ...]

    @torch.no_grad()
    def probabilities(
        self, signal: np.ndarray, samples: np.ndarray, breaks: Breaks = ()
    ) -> np.ndarray:
        """(n, 4), of N, S, V, F for each beat of one record; see `record_inputs`."""
        inputs = record_inputs(signal, samples, self.options, self.training, breaks)
        given = [
            network(*inputs).double().softmax(-1).flatten(0, 1)[: len(samples)]
            for network in self.networks
        ]
        return torch.stack(given).mean(0).numpy()


def assemble(config: Mapping[str, Any], outcomes: Sequence[Outcome]) -> Labeller:
    """The labeller of the networks that `train_labeller` left.

    Args:
        config: what they were trained with.
        outcomes: of each; at least one.
    """
    settings, leads = Settings.read(config), int(config[LEADS])
    options = read_options("data=ecg", EcgOptions, settings.data)
    interface = Interface(input_shapes(options, leads), len(SCORED), per_step=True)
    networks = []
    for outcome in outcomes:
        network = build_model(
            settings.model, settings.init, interface, UnitNoise(), stream(0, WEIGHTS)
        ).eval()
        network.load_state_dict(_state(network, outcome.tables["weights"]))
        networks.append(network)
    scaling, records = outcomes[0].tables["scaling"], outcomes[0].tables["trained_on"]["record"]
    training = Training(
        scaling["mean"].to_numpy(np.float32),
        scaling["sd"].to_numpy(np.float32),
        tuple(int(record) for record in records),
    )
    return Labeller(options, training, tuple(networks))


def _tables(network: nn.Module, training: Training) -> dict[str, pd.DataFrame]:
    import pandas as pd

    state = {name: value.flatten().cpu().numpy() for name, value in network.state_dict().items()}
    weights = {
        "name": np.repeat([*state], [len(value) for value in state.values()]),
        "value": np.concatenate([*state.values()]),
    }
    return {
        "weights": pd.DataFrame(weights),
        "scaling": pd.DataFrame({"mean": training.mean, "sd": training.sd}),
        "trained_on": pd.DataFrame({"record": training.records}),
    }


def _state(network: nn.Module, weights: pd.DataFrame) -> dict[str, torch.Tensor]:
    values = {name: rows.to_numpy() for name, rows in weights.groupby("name", sort=False)["value"]}
    return {
        name: torch.tensor(values[name]).view_as(like)
        for name, like in network.state_dict().items()
    }
