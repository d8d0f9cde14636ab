import math

import pytest
import torch
from torch import nn

from deepclaims.nn.cells import GATES, LstmCell, RnnCell


def normal(*shape):
    return torch.randn(shape, dtype=torch.float64)


@pytest.mark.parametrize("sigma", ["tanh", "relu"])
def test_the_plain_cell_is_torchs(sigma):
    layer = nn.RNN(3, 5, nonlinearity=sigma, batch_first=True).double()
    x, h = normal(2, 7, 3), normal(2, 5)
    states, _ = layer(x, h[None])
    torch.testing.assert_close(RnnCell.of(layer).unroll(x, h), states, rtol=0, atol=1e-14)


def test_one_step_by_hand():
    """tanh(2·0.5 − 1·0.25 + 0.1)."""
    cell = RnnCell(torch.tensor([[2.0]]), torch.tensor([[-1.0]]), torch.tensor([0.1]))
    h = cell(torch.tensor([[0.5]]), torch.tensor([[0.25]]))
    assert h.item() == pytest.approx(math.tanh(0.85))


def test_the_lstm_cell_is_torchs():
    layer = nn.LSTM(3, 5, batch_first=True).double()
    x, h, c = normal(2, 7, 3), normal(2, 5), normal(2, 5)
    states, (_, last) = layer(x, (h[None], c[None]))
    found, memories = LstmCell.of(layer).unroll(x, h, c)
    torch.testing.assert_close(found, states, rtol=0, atol=1e-14)
    torch.testing.assert_close(memories[:, -1], last[0], rtol=0, atol=1e-14)


def test_the_lstm_cell_goes_to_torch_and_back():
    cell = LstmCell.of(nn.LSTM(3, 5).double())
    x, zero = normal(2, 4, 3), torch.zeros(2, 5).double()
    states, _ = cell.as_torch()(x)
    torch.testing.assert_close(states, cell.unroll(x, zero, zero)[0], rtol=0, atol=1e-14)


def test_gates_by_hand():
    """All weights 0: f, i, o are σ(b), c̃ is tanh(b), and c and h follow."""
    zero = {gate: torch.zeros(1, 1) for gate in GATES}
    b = {"f": 1.0, "i": -1.0, "c": 0.5, "o": 2.0}
    cell = LstmCell(zero, zero, {gate: torch.tensor([value]) for gate, value in b.items()})
    h, c = cell(torch.ones(1, 1), torch.ones(1, 1), torch.tensor([[3.0]]))

    def sigma(z):
        return 1 / (1 + math.exp(-z))

    memory = sigma(1.0) * 3 + sigma(-1.0) * math.tanh(0.5)
    assert c.item() == pytest.approx(memory)
    assert h.item() == pytest.approx(sigma(2.0) * math.tanh(memory))


def test_gradients_reach_every_parameter():
    cell = LstmCell.of(nn.LSTM(3, 5, batch_first=True).double())
    states, _ = cell.unroll(normal(2, 7, 3), normal(2, 5), normal(2, 5))
    states.sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in cell.parameters())
