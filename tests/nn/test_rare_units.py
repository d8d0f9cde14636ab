import numpy as np
import pytest
import torch
from torch import nn

from deepclaims.nn.rare_units import SETTING, cross_entropy, draw_net, preactivations


@pytest.mark.parametrize("leak", [0.0, 0.5])
def test_units_start_active_on_the_share_asked_for_at_mean_square_one(leak):
    random = torch.Generator().manual_seed(0)
    x = torch.randn(SETTING, 8, generator=random)
    net = draw_net(x, 6, 0.2, leak, random)
    h = nn.functional.leaky_relu(x @ net["w"] + net["b"], leak)
    np.testing.assert_allclose((h > 0).float().mean(0), 0.2, atol=2e-3)
    np.testing.assert_allclose(h.square().mean(0), 1.0, rtol=1e-4)
    assert net["w_out"].shape == (6, 10)


def test_a_stack_answers_as_torchs_layers():
    random = torch.Generator().manual_seed(1)
    x, y = torch.randn(9, 4, generator=random), torch.arange(9) % 3
    nets = [draw_net(x, 5, 0.3, 0.1, random, classes=3) for _ in range(2)]
    stack = {name: torch.stack([net[name] for net in nets]) for name in nets[0]}
    for number, net in enumerate(nets):
        hidden, out = nn.Linear(4, 5), nn.Linear(5, 3)
        for layer, w, b in ((hidden, "w", "b"), (out, "w_out", "b_out")):
            layer.weight.data, layer.bias.data = net[w].T, net[b][0]
        torch.testing.assert_close(preactivations(stack, x)[number], hidden(x))
        expected = nn.functional.cross_entropy(out(nn.LeakyReLU(0.1)(hidden(x))), y)
        torch.testing.assert_close(cross_entropy(stack, x, y, 0.1)[number], expected)
