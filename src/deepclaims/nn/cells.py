"""Recurrent cells written as the slides write them (L1 "Redes Recurrentes", "LSTM").

To be read, and to be compared with torch's layers, which are what is trained: these are slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

SIGMAS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"tanh": torch.tanh, "relu": torch.relu}
)
"""σ of the plain cell by name: what torch offers too."""

GATES = ("f", "i", "c", "o")
"""Of the slides' LSTM: forget, input, candidate, output."""

TORCH_ORDER = ("i", "f", "c", "o")
"""The order in which torch stacks their rows."""


class RnnCell(nn.Module):
    """h_t = σ(W_xh x_t + W_hh h_{t−1} + b_h).

    Args:
        W_xh: (h, d).
        W_hh: (h, h).
        b_h: (h,).
        sigma: a name of `SIGMAS`.
    """

    def __init__(self, W_xh: Tensor, W_hh: Tensor, b_h: Tensor, sigma: str = "tanh") -> None:
        super().__init__()
        self.W_xh, self.W_hh, self.b_h = (nn.Parameter(each.clone()) for each in (W_xh, W_hh, b_h))
        self.sigma = SIGMAS[sigma]

    @classmethod
    def of(cls, layer: nn.RNN) -> RnnCell:
        """The cell of a one-layer torch RNN: its two biases are added, only their sum matters."""
        W_ih, W_hh, b_ih, b_hh = (each.detach() for each in layer.parameters())
        return cls(W_ih, W_hh, b_ih + b_hh, layer.nonlinearity)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """x_t (n, d) and h_{t−1} (n, h) -> h_t (n, h)."""
        return self.sigma(x @ self.W_xh.T + h @ self.W_hh.T + self.b_h)

    def unroll(self, x: Tensor, h: Tensor) -> Tensor:
        """X (n, T, d) and h_0 (n, h) -> all states h_1 … h_T (n, T, h)."""
        states = []
        for t in range(x.shape[1]):
            h = self(x[:, t], h)
            states.append(h)
        return torch.stack(states, dim=1)


class LstmCell(nn.Module):
    """Three gates f_t, i_t, o_t, a candidate c̃_t and a memory c_t; the slides' six equations.

    Args:
        W: of each of `GATES`, (h, d).
        U: of each, (h, h).
        b: of each, (h,).
    """

    def __init__(
        self, W: Mapping[str, Tensor], U: Mapping[str, Tensor], b: Mapping[str, Tensor]
    ) -> None:
        super().__init__()
        self.W, self.U, self.b = (
            nn.ParameterDict({gate: nn.Parameter(each[gate].clone()) for gate in GATES})
            for each in (W, U, b)
        )

    @classmethod
    def of(cls, layer: nn.LSTM) -> LstmCell:
        """The cell of a one-layer torch LSTM, whose rows are stacked i, f, c̃, o."""
        W_ih, W_hh, b_ih, b_hh = (each.detach() for each in layer.parameters())
        W, U, b = (
            dict(zip(TORCH_ORDER, rows.chunk(4), strict=True)) for rows in (W_ih, W_hh, b_ih + b_hh)
        )
        return cls(W, U, b)

    def as_torch(self) -> nn.LSTM:
        """Torch's layer with the cell's weights; of its two biases the second is 0."""
        rows = {"weight_ih_l0": self.W, "weight_hh_l0": self.U, "bias_ih_l0": self.b}
        width, d = self.W["f"].shape
        layer = nn.LSTM(d, width, batch_first=True).to(self.W["f"].dtype)
        with torch.no_grad():
            layer.get_parameter("bias_hh_l0").zero_()
            for name, each in rows.items():
                layer.get_parameter(name).copy_(torch.cat([each[gate] for gate in TORCH_ORDER]))
        return layer

    def gates(self, x: Tensor, h: Tensor) -> dict[str, Tensor]:
        """f_t, i_t, c̃_t (as `c`) and o_t, from x_t (n, d) and h_{t−1} (n, h); each (n, h)."""
        z = {gate: x @ self.W[gate].T + h @ self.U[gate].T + self.b[gate] for gate in GATES}
        return {gate: torch.tanh(z[gate]) if gate == "c" else z[gate].sigmoid() for gate in GATES}

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """x_t, h_{t−1}, c_{t−1} -> h_t and c_t, (n, h) each."""
        gate = self.gates(x, h)
        c = gate["f"] * c + gate["i"] * gate["c"]
        return gate["o"] * torch.tanh(c), c

    def unroll(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """X (n, T, d), h_0 and c_0 (n, h) -> all states h and memories c, (n, T, h) each."""
        states, memories = [], []
        for t in range(x.shape[1]):
            h, c = self(x[:, t], h, c)
            states.append(h)
            memories.append(c)
        return torch.stack(states, dim=1), torch.stack(memories, dim=1)
