"""The six equations against torch's layer; and what gates do to the memory."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import (
    draw_weights,
    gradients,
    normal,
    random_sizes,
    relative,
)
from deepclaims.nn.cells import GATES, TORCH_ORDER, LstmCell

WRITES, READS, LENGTH = (4, 22), (8, 14, 19, 30), 36
"""Instants at which the made signal asks to store, and to give back; and its length."""


def compare(config: dict[str, Any], seed: int) -> Outcome:
    """One random LSTM, its equations by hand and by torch, forwards and backwards.

    Args:
        config: `steps` T.
        seed: of sizes, weights, inputs, h_0, c_0 and the direction the gradient is taken in.

    Returns:
        Relative differences: of h and of the last c (`difference`), of all gradients
        (`gradient_difference`), of h in single precision (`difference_single`), of h where the
        gates f and i are exchanged (`swapped_difference`), and where c̃ has σ in the place of tanh
        (`sigmoid_difference`).
    """
    random = torch.Generator().manual_seed(seed)
    n, d, width, _ = random_sizes(random)
    steps = int(config["steps"])
    layer = nn.LSTM(d, width, batch_first=True).double()
    draw_weights(layer, random)
    x = normal(random, n, steps, d).requires_grad_()
    h_0, c_0 = (normal(random, n, width).requires_grad_() for _ in range(2))
    direction = normal(random, n, steps, width)
    cell = LstmCell.of(layer)

    states, memories = cell.unroll(x, h_0, c_0)
    parts = [each[gate] for each in (cell.W, cell.U, cell.b) for gate in TORCH_ORDER]
    found = gradients(states, direction, [*parts, x, h_0, c_0])
    library, (_, last) = layer(x, (h_0[None], c_0[None]))
    W_ih, W_hh, b_ih, _ = layer.parameters()
    known = gradients(library, direction, [W_ih, W_hh, b_ih, x, h_0, c_0])
    with torch.no_grad():
        swapped = _swapped(cell).unroll(x, h_0, c_0)[0]
        squashed = _SigmoidCandidate(*map(dict, (cell.W, cell.U, cell.b))).unroll(x, h_0, c_0)[0]
        single = cell.float().unroll(x.float(), h_0.float(), c_0.float())[0]
        in_single = layer.float()(x.float(), (h_0.float()[None], c_0.float()[None]))[0]
    return Outcome(
        {
            "difference": relative([states, memories[:, -1]], [library, last[0]]),
            "gradient_difference": relative(found, known),
            "difference_single": relative([single], [in_single]),
            "swapped_difference": relative([swapped], [library]),
            "sigmoid_difference": relative([squashed], [library]),
        }
    )


def latch(config: dict[str, Any], seed: int) -> Outcome:
    """An LSTM of one unit with gates set by hand: it stores when told to, and gives back.

    Inputs: a signal, a cue to write and a cue to read. f = σ(k(1 − 2 write)),
    i = σ(k(2 write − 1)), o = σ(k(2 read − 1)), c̃ = tanh(signal): at k = 0 all gates are half
    open, at k large they are open or shut.

    Args:
        config: `sharpness` k.
        seed: draws the signal.

    Returns:
        Metrics: largest distance of c_t from the c̃ stored last (`kept`), of h_t from tanh of it
        where it is read and from 0 where it is not (`given_back`), of h from torch's
        (`difference`); and the share of c that is left of what it was ten steps before,
        Π f (`left_after_ten`). Table
        `latch`: one row per step.
    """
    k = float(config["sharpness"])
    random = torch.Generator().manual_seed(seed)
    signal = normal(random, LENGTH)
    write, read = (
        torch.tensor([float(t in times) for t in range(LENGTH)]).double()
        for times in (WRITES, READS)
    )
    cell = _hand_set(k)
    x = torch.stack([signal, write, read], dim=1)[None]
    zero = torch.zeros(1, 1, dtype=torch.float64)
    with torch.no_grad():
        h, c = (each[0, :, 0] for each in cell.unroll(x, zero, zero))
        gates = {gate: value[:, 0] for gate, value in cell.gates(x[0], zero).items()}
        library = cell.as_torch()(x)[0][0, :, 0]
    stored = torch.zeros(LENGTH, dtype=torch.float64)
    for t in range(LENGTH):
        stored[t] = gates["c"][t] if write[t] else stored[t - 1] if t else 0.0
    wanted = torch.where(read > 0, stored.tanh(), torch.zeros_like(stored))
    first = WRITES[0]
    columns = {"signal": signal, "write": write, "read": read, **gates, "memory": c, "h": h,
               "torch": library}  # fmt: skip
    table = pd.DataFrame({name: value.numpy() for name, value in columns.items()})
    return Outcome(
        {
            "kept": float((c - stored).abs().max()),
            "given_back": float((h - wanted).abs().max()),
            "difference": float((h - library).abs().max()),
            "left_after_ten": float(gates["f"][first + 1 : first + 11].prod()),
        },
        {},
        {"latch": table.assign(t=range(LENGTH))},
    )


class _SigmoidCandidate(LstmCell):
    """c̃ with σ in the place of tanh: a control."""

    def gates(self, x: Tensor, h: Tensor) -> dict[str, Tensor]:
        """The gates, with the wrong candidate."""
        z = x @ self.W["c"].T + h @ self.U["c"].T + self.b["c"]
        return {**super().gates(x, h), "c": z.sigmoid()}


def _swapped(cell: LstmCell) -> LstmCell:
    """The cell with f and i exchanged."""
    other = {"f": "i", "i": "f", "c": "c", "o": "o"}
    W, U, b = (
        {gate: each[other[gate]].detach() for gate in GATES} for each in (cell.W, cell.U, cell.b)
    )
    return LstmCell(W, U, b)


def _hand_set(k: float) -> LstmCell:
    """The cell of `latch`: weights on signal, write and read; none on h."""
    W = {"f": (0, -2 * k, 0), "i": (0, 2 * k, 0), "c": (1, 0, 0), "o": (0, 0, 2 * k)}
    b = {"f": k, "i": -k, "c": 0, "o": -k}
    return LstmCell(
        {gate: torch.tensor([row], dtype=torch.float64) for gate, row in W.items()},
        {gate: torch.zeros(1, 1).double() for gate in GATES},
        {gate: torch.tensor([value], dtype=torch.float64) for gate, value in b.items()},
    )
