import pytest
import torch
from torch.nn import functional as F

from deepclaims.nn.averaged_convolution import averaged_convolution


@pytest.mark.parametrize(("height", "width", "k"), [(8, 10, 3), (9, 7, 3), (9, 12, 5), (4, 5, 1)])
def test_it_is_torchs_three_layers(height, width, k):
    """Values and slopes of inputs, filters and biases; sides that have one over."""
    x, W, b = (
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in ((3, height, width, 7), (4, 3, k, k), (4,))
    )
    found = averaged_convolution(x, W, b)
    wanted = F.avg_pool2d(F.conv2d(x.permute(3, 0, 1, 2), W, b).relu(), 2).permute(1, 2, 3, 0)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)
    slope = torch.randn_like(wanted)
    for own, other in zip(
        *(torch.autograd.grad(y, (x, W, b), slope) for y in (found, wanted)), strict=True
    ):
        torch.testing.assert_close(own, other, rtol=0, atol=1e-12)
