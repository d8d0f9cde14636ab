"""Backpropagation through time as written out, against autograd's through torch's own layers."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.nn import through_time

R, STEPS, N, D, WIDTH = 3, 5, 4, 2, 3
TORCHS_ORDER = (1, 0, 3, 2)  # of f, i, o, c̃


def drawn(gates):
    generator = torch.Generator().manual_seed(7)
    shapes = (
        (R, STEPS, N, D),
        (R, D, gates * WIDTH),
        (R, gates * WIDTH),
        (R, WIDTH, gates * WIDTH),
    )
    return [
        torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in shapes
    ]


def torchs(layer, x, w_xh, b, w_hh):
    """All states (steps, R, width, n) by torch's layer, from the same tensors."""
    each = []
    for own, *matrices in zip(x, w_xh, b, w_hh, strict=True):
        if isinstance(layer, nn.LSTM):
            matrices = [
                torch.cat([m.chunk(4, dim=-1)[i] for i in TORCHS_ORDER], dim=-1) for m in matrices
            ]
        w_ih, bias, w = matrices
        parameters = {"weight_ih_l0": w_ih.T, "weight_hh_l0": w.T,
                      "bias_ih_l0": bias, "bias_hh_l0": torch.zeros_like(bias)}  # fmt: skip
        each.append(torch.func.functional_call(layer, parameters, (own,))[0])
    return torch.stack(each, dim=1).mT


KINDS = {
    "tanh": (1, nn.RNN(D, WIDTH, dtype=torch.float64)),
    "relu": (1, nn.RNN(D, WIDTH, nonlinearity="relu", dtype=torch.float64)),
    "lstm": (4, nn.LSTM(D, WIDTH, dtype=torch.float64)),
}


def ours(kind, tensors):
    if kind == "lstm":
        return through_time.gated(*tensors)
    return through_time.plain(*tensors, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", ["all", "last", "both"])
def test_states_and_gradients_are_torchs(kind, read):
    gates, layer = KINDS[kind]
    tensors = drawn(gates)
    count = torch.randn(STEPS, R, WIDTH, N, dtype=torch.float64)

    def loss(states, last):
        of_all, of_last = (count * states).sum(), (count[0] * last.square()).sum()
        return {"all": of_all, "last": of_last, "both": of_all + of_last}[read]

    states, last = ours(kind, tensors)
    expected = torchs(layer, *tensors)
    torch.testing.assert_close(states, expected)
    torch.testing.assert_close(last, expected[-1])
    torch.testing.assert_close(
        torch.autograd.grad(loss(states, last), tensors),
        torch.autograd.grad(loss(expected, expected[-1]), tensors),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_learnt_states_are_the_same(kind):
    tensors = drawn(KINDS[kind][0])
    learning = ours(kind, tensors)
    with torch.no_grad():
        asked = ours(kind, tensors)
    for one, other in zip(asked, learning, strict=True):
        assert torch.equal(one, other)
        assert not one.requires_grad


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_need_no_gradient(kind):
    x, *weights = drawn(KINDS[kind][0])
    with_inputs = torch.autograd.grad(ours(kind, [x, *weights])[1].sum(), weights)
    without = torch.autograd.grad(ours(kind, [x.detach(), *weights])[1].sum(), weights)
    torch.testing.assert_close(with_inputs, without, rtol=0, atol=0)


def by_autograd(function, x, w_xh, b, w_hh):
    """All states (steps, R, width, n) of LSTMs with another function in place of tanh."""
    h = c = x.new_zeros(R, N, WIDTH)
    states = []
    for own in x.unbind(1):
        gates = own @ w_xh + b[:, None] + h @ w_hh
        f, i, o = gates[..., : 3 * WIDTH].sigmoid().chunk(3, dim=-1)
        c = f * c + i * function(gates[..., 3 * WIDTH :])
        h = o * function(c)
        states.append(h)
    return torch.stack(states).mT


@pytest.mark.parametrize(
    ("name", "function"),
    [("tanh", torch.tanh), ("softsign", F.softsign), ("relu", F.relu), ("square", torch.square)],
)
def test_lstms_with_another_function_are_autograds(name, function):
    tensors = drawn(4)
    states, last = through_time.gated(*tensors, name)
    expected = by_autograd(function, *tensors)
    torch.testing.assert_close(states, expected)
    with torch.no_grad():
        assert torch.equal(through_time.gated(*tensors, name)[0], states)
    torch.testing.assert_close(
        torch.autograd.grad((states.square().sum() + last.sum()), tensors),
        torch.autograd.grad(expected.square().sum() + expected[-1].sum(), tensors),
    )


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_layer_of_torch_by_hand(bidirectional, nonlinearity):
    torch.manual_seed(3)
    layer = nn.RNN(D, WIDTH, nonlinearity=nonlinearity, bidirectional=bidirectional,
                   batch_first=True, dtype=torch.float64)  # fmt: skip
    x = torch.randn(N, STEPS, D, dtype=torch.float64, requires_grad=True)
    found, expected = through_time.of_layer(layer, x), layer(x)[0]
    torch.testing.assert_close(found, expected)
    wanted = [x, *layer.parameters()]
    count = torch.randn_like(expected)
    torch.testing.assert_close(
        torch.autograd.grad((count * found).sum(), wanted),
        torch.autograd.grad((count * expected).sum(), wanted),
    )
