import pytest
import torch
from torch.nn import functional as F

from deepclaims.nn.chain import Bend
from deepclaims.nn.dense_nets import DroppedRelu, gradients, outputs

NETS, SAMPLES = 3, 8


def drawn(widths, *, own_inputs=False):
    """Weights of the nets, inputs, and a wanted output, in double precision."""
    draw = torch.Generator().manual_seed(0)
    weights = []
    for d_in, d_out in zip([6, *widths], [*widths, 4], strict=True):
        weights += [torch.randn(NETS, rows, d_out, generator=draw).double() for rows in (d_in, 1)]
    leading = (NETS,) if own_inputs else ()
    x = torch.randn(*leading, SAMPLES, 6, generator=draw).double()
    wanted = torch.randn(NETS, SAMPLES, 4, generator=draw).double()
    return [w.requires_grad_() for w in weights], x, wanted


def in_torch(weights, x, activation=F.relu):
    h = x
    for number in range(0, len(weights) - 2, 2):
        h = activation(h @ weights[number] + weights[number + 1])
    return h @ weights[-2] + weights[-1]


def half_square(found, wanted):
    return (found - wanted).square().sum() / 2


def same(found, loss, weights):
    for own, other in zip(found, torch.autograd.grad(loss, weights), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("own_inputs", [False, True])
@pytest.mark.parametrize("widths", [[], [5], [7, 5]])
def test_gradients_by_hand_are_autograds(widths, own_inputs):
    weights, x, wanted = drawn(widths, own_inputs=own_inputs)
    found = gradients(weights, x, lambda z: z - wanted)
    same(found, half_square(in_torch(weights, x), wanted), weights)
    torch.testing.assert_close(outputs(weights, x), in_torch(weights, x))


def test_gradients_with_another_activation_are_autograds():
    weights, x, wanted = drawn([7, 5])
    found = gradients(weights, x, lambda z: z - wanted, [Bend("tanh"), Bend("sigmoid")])
    functions = iter([torch.tanh, torch.sigmoid])
    expected = in_torch(weights, x, lambda z: next(functions)(z))
    same(found, half_square(expected, wanted), weights)


def test_gradients_with_dropped_units_and_decay_are_autograds():
    weights, x, wanted = drawn([5])
    keep = torch.tensor([1.0, 0.5, 0.8]).double().view(-1, 1, 1)
    mask = (torch.rand(NETS, SAMPLES, 5, generator=torch.Generator().manual_seed(1)) < keep) / keep
    decay = torch.tensor([0.0, 0.1, 1.0]).double()
    found = gradients(weights, x, lambda z: z - wanted, [DroppedRelu(mask)], decay)
    loss = half_square(in_torch(weights, x, lambda z: F.relu(z) * mask), wanted)
    squares = sum(w.square().sum((1, 2)) for w in weights[::2])
    same(found, loss + (decay / 2 * squares).sum(), weights)


def test_gradients_ask_for_an_activation_between_all_layers():
    weights, x, wanted = drawn([7, 5])
    with pytest.raises(ValueError, match="shorter"):
        gradients(weights, x, lambda z: z - wanted, [Bend("relu")])


def test_outputs_let_autograd_through():
    weights, x, wanted = drawn([7, 5])
    loss = half_square(outputs(weights, x), wanted)
    same(gradients(weights, x, lambda z: z - wanted), loss, weights)
