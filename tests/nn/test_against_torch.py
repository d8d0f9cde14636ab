import pytest
import torch
from torch import nn

from deepclaims.nn.against_torch import draw_weights, gradients, random_sizes, relative


def test_relative_is_the_norm_of_everything_together():
    a, b = [torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])], [torch.tensor([0.0, 3.0])]
    b.append(torch.tensor([[4.0]]))
    assert relative(a, b) == pytest.approx(18**0.5 / 5)


def test_gradients_are_those_of_a_quadratic():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (found,) = gradients(x**2, torch.tensor([1.0, 10.0]), [x])
    assert found.tolist() == [2.0, 40.0]


def test_sizes_and_weights_are_drawn_by_the_generator():
    first, again = (torch.Generator().manual_seed(2) for _ in range(2))
    assert random_sizes(first) == random_sizes(again)
    layer = nn.RNN(3, 4).double()
    draw_weights(layer, first)
    assert max(float(p.detach().abs().max()) for p in layer.parameters()) <= 0.5
    twin = nn.RNN(3, 4).double()
    draw_weights(twin, again)
    assert all(
        torch.equal(*both) for both in zip(layer.parameters(), twin.parameters(), strict=True)
    )
