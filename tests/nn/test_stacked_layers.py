"""Stacked layers against each layer alone."""

import pytest
import torch

from deepclaims.nn.stacked_layers import StackedNoisyUnits
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise

R, N = 3, 4


@pytest.mark.parametrize("on_inputs", [False, True])
def test_noise_is_what_each_would_draw_alone(on_inputs):
    noises = [UnitNoise(0.5, 0.3, 0.0), UnitNoise(1.0, 1.0, 0.2), UnitNoise(0.8, 1.0, 0.7)]
    layer = StackedNoisyUnits(NoisyUnits(0.5, on_inputs=on_inputs), R)
    layer.hear(noises)
    layer.generators = [torch.Generator().manual_seed(seed) for seed in range(R)]
    h = torch.randn(R * N, 7)
    for _ in range(2):
        masked = layer(h).unflatten(0, (R, N))
    for r, noise in enumerate(noises):
        alone = noise.on_inputs() if on_inputs else noise.on_hidden()
        alone.generator = torch.Generator().manual_seed(r)
        for _ in range(2):
            own = alone(h.unflatten(0, (R, N))[r])
        assert torch.equal(masked[r], own)
    assert torch.equal(layer.eval()(h), h)
