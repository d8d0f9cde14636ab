import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch import nn

from deepclaims.nn.against_torch import (
    convolved,
    convolved_dimension,
    draw_weights,
    gradients,
    random_sizes,
    relative,
)


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


def test_a_matrix_is_convolved_without_flipping():
    rng = np.random.default_rng(1)
    x, f = rng.standard_normal((6, 6)), rng.standard_normal((3, 3))
    np.testing.assert_allclose(convolved(x, f), correlate2d(x, f, "valid"))
    full = correlate2d(x, f, "full")
    np.testing.assert_allclose(convolved(x, f, padding=2, stride=2), full[::2, ::2])


def test_torch_refuses_a_filter_larger_than_the_input():
    assert convolved_dimension(2, 5, 1, 1) == 0
    assert convolved_dimension(2, 5, 2, 1) == 2
