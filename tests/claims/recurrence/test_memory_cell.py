import math

import pytest
import torch
from torch import nn

from deepclaims.claims.recurrence.lstm_remembers.figures import constant_gate
from deepclaims.claims.recurrence.lstm_remembers.measure import kept
from deepclaims.nn.stacked_recurrent import draw_gated


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("bias", [0.0, 1.0, 4.0])
def test_a_cell_that_sees_nothing_keeps_what_its_constant_gate_lets_through(bias):
    weights = draw_gated("orthogonal", 1, (2, 5, 1), 30, drawn())
    weights = {name: torch.zeros_like(w) for name, w in weights.items()}
    weights["b"][:, :5] = bias
    found = kept(weights, 1.0, [1, 10, 30], drawn(1))
    assert found == pytest.approx(constant_gate(bias, [1, 10, 30]))
    assert found[1] == pytest.approx(10 * math.log10(1 / (1 + math.exp(-bias))))


def test_all_paths_are_torchs():
    width, steps = 4, 6
    weights = draw_gated("one", 1, (1, width, 1), steps, drawn())
    found = kept(weights, 0.0, [steps], drawn(1))[0]
    cell = nn.LSTMCell(1, width).double()

    def order(w):  # ours f, i, o, c; torch's i, f, c, o
        f, i, o, c = w.split(width)
        return torch.cat([i, f, c, o])

    with torch.no_grad():
        cell.weight_ih.copy_(order(weights["w_xh"][0].T))
        cell.weight_hh.copy_(order(weights["w_hh"][0].T))
        cell.bias_ih.copy_(order(weights["b"][0]))
        cell.bias_hh.zero_()

    def after(c):
        state = (torch.zeros_like(c), c)
        for _ in range(steps):
            state = cell(torch.zeros(1, 1, dtype=torch.float64), state)
        return state[1]

    start = torch.zeros(1, width, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(after, start).view(width, width)
    # One sign vector a sequence: an estimate of the norm, from 32 sequences.
    assert found == pytest.approx(math.log10(float(jacobian.norm()) / width**0.5), abs=0.1)
