import pytest
import torch
from torch.nn import functional as F

from deepclaims.nn.one_hidden_layer import gradients, hidden_layer


@pytest.mark.parametrize("own_inputs", [False, True])
def test_gradients_by_hand_are_autograds(own_inputs):
    draw = torch.Generator().manual_seed(0)
    shapes = ((3, 6, 5), (3, 1, 5), (3, 5, 4), (3, 1, 4))
    weights = [torch.randn(shape, generator=draw).double().requires_grad_() for shape in shapes]
    x = torch.randn((3, 8, 6) if own_inputs else (8, 6), generator=draw).double()
    wanted = torch.randn(3, 8, 4, generator=draw).double()
    outputs = F.relu(x @ weights[0] + weights[1]) @ weights[2] + weights[3]
    expected = torch.autograd.grad((outputs - wanted).square().sum() / 2, weights)
    torch.testing.assert_close(gradients(weights, x, lambda z: z - wanted), expected)
    with torch.no_grad():
        assert torch.equal(hidden_layer(weights, x), F.relu(x @ weights[0] + weights[1]))
