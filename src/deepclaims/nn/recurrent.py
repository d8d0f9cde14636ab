"""Recurrent networks (L1 "Redes Recurrentes", "LSTM"): one answer a sequence, or one a step."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepclaims.errors import ConfigError
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import UnitNoise


class Recurrent(nn.Module):
    """Recurrent layers and a dense one that reads the state.

    Args:
        interface: one input or several, each (steps, …); a single-channel image is read as a
            sequence of its rows.
        noise: on the inputs and on the states that are read out.
        cell: the recurrent layers.
    """

    def __init__(self, interface: Interface, noise: UnitNoise, cell: nn.RNNBase) -> None:
        super().__init__()
        self.per_step = interface.per_step
        self.on_inputs, self.on_states = noise.on_inputs(), noise.on_hidden()
        self.cell = cell
        states = cell.hidden_size * (2 if cell.bidirectional else 1)
        self.head = nn.Linear(states, interface.outputs)

    def forward(self, *inputs: Tensor) -> Tensor:
        """(n, steps, …) -> (n, outputs), or (n, steps, outputs) if one output a step is asked."""
        x = torch.cat([as_sequence(x) for x in inputs], dim=-1)
        states, last = self.cell(self.on_inputs(x))
        if not self.per_step:
            h = last[0] if isinstance(last, tuple) else last
            # (layers · directions, n, width): the top layer's, forwards beside backwards.
            top = h[-2:] if self.cell.bidirectional else h[-1:]
            states = top.transpose(0, 1).flatten(1)
        return self.head(self.on_states(states))


def as_sequence(x: Tensor) -> Tensor:
    """(n, steps, …) -> (n, steps, features); an image (n, 1, rows, columns) -> its rows."""
    if x.ndim == 4 and x.shape[1] == 1:
        return x[:, 0]
    return x.flatten(2) if x.ndim > 2 else x[..., None]


def sequence_features(interface: Interface) -> int:
    """Numbers that come in at each step."""
    with torch.device("meta"):
        return sum(as_sequence(torch.empty(1, *shape)).shape[-1] for shape in interface.inputs)


def rnn(
    interface: Interface,
    noise: UnitNoise,
    *,
    width: int = 64,
    layers: int = 1,
    bidirectional: bool = False,
    activation: str = "tanh",
) -> Recurrent:
    """h_t = g(W_xh x_t + W_hh h_{t-1} + b_h), g tanh or ReLU; y = W_hy h + b_y."""
    if activation not in ("tanh", "relu"):
        raise ConfigError(f"model=rnn has activation tanh or relu, not {activation!r}")
    cell = nn.RNN(
        sequence_features(interface),
        width,
        layers,
        nonlinearity=activation,
        batch_first=True,
        bidirectional=bidirectional,
    )
    return Recurrent(interface, noise, cell)


def lstm(
    interface: Interface,
    noise: UnitNoise,
    *,
    width: int = 64,
    layers: int = 1,
    bidirectional: bool = False,
) -> Recurrent:
    """Gates f, i, o and a memory c, as in L1 "LSTM" (Hochreiter & Schmidhuber 1997)."""
    cell = nn.LSTM(
        sequence_features(interface),
        width,
        layers,
        batch_first=True,
        bidirectional=bidirectional,
    )
    return Recurrent(interface, noise, cell)
