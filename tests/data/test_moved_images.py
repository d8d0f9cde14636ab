import pytest
import torch

from deepclaims.data.moved_images import rotated, shifted


def point(row, column, n=8, side=9):
    x = torch.zeros(n, 1, side, side)
    x[:, :, row, column] = 1
    return x


def test_a_point_goes_where_its_direction_says():
    moved = shifted(point(4, 4), 2)
    places = [tuple(image[0].nonzero()[0].tolist()) for image in moved[:4]]
    assert places == [(4, 6), (6, 4), (4, 2), (2, 4)]
    assert torch.equal(moved[4:], moved[:4])


def test_nothing_moves_by_nothing():
    x = torch.randn(5, 1, 9, 9)
    assert torch.equal(shifted(x, 0), x)
    assert torch.equal(rotated(x, 0), x)


def test_a_quarter_turn_is_torchs():
    x = torch.randn(4, 1, 9, 9)
    turned = rotated(x, 90)
    torch.testing.assert_close(turned[::2], x[::2].rot90(1, (2, 3)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(turned[1::2], x[1::2].rot90(-1, (2, 3)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("function", [shifted, rotated])
def test_a_blank_image_stays_blank(function):
    assert torch.allclose(function(torch.full((3, 1, 9, 9), -0.4), 3), torch.tensor(-0.4))
