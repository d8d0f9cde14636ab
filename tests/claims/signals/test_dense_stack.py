import pytest
import torch
from torch import Generator
from torch.nn import functional as F

from deepclaims.claims.signals import dense_stack


@pytest.mark.parametrize("widths", [[], [5], [6, 4]])
def test_gradients_by_hand_are_autograds(widths):
    generator = Generator().manual_seed(0)
    weights = dense_stack.draw([7, *widths, dense_stack.CLASSES], 2.0, 3, generator, 0.1)
    weights = {name: w.double().clone().requires_grad_() for name, w in weights.items()}
    x = torch.randn(20, 7, generator=generator).double()
    y = torch.randint(dense_stack.CLASSES, (20,), generator=generator)
    slopes = torch.tensor([0.0, 0.01, 0.5]).double().view(-1, 1, 1)
    logits = dense_stack.sums(weights, x, lambda z: torch.where(z > 0, z, slopes * z))[-1]
    loss = sum(F.cross_entropy(own, y) for own in logits)
    expected = torch.autograd.grad(loss, [*weights.values()])
    with torch.no_grad():
        found = dense_stack.leaky_gradients(weights, x, y, slopes)
    for own, other in zip(found, expected, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-11, atol=1e-13)
