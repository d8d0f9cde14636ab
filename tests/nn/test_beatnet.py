import pytest
import torch
from torch import nn

from deepclaims.nn.beatnet import beat_encoder


@pytest.mark.parametrize("samples", [36, 40, 108, 109])
def test_the_encoder_is_its_layers_one_after_another(samples):
    """Values, and slopes of weights and signals; widths before the pool both even and odd."""
    encoder = beat_encoder(2, samples, 5).double()
    signals = torch.randn(7, 2, 1, samples, dtype=torch.float64, requires_grad=True)
    found, wanted = encoder(signals), nn.Sequential(*encoder)(signals)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)
    along, slope = [signals, *encoder.parameters()], torch.randn_like(wanted)
    for own, other in zip(
        *(torch.autograd.grad(y, along, slope) for y in (found, wanted)), strict=True
    ):
        torch.testing.assert_close(own, other, rtol=0, atol=1e-12)
