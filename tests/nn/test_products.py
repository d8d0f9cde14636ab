import pytest
import torch

from deepclaims.nn.products import product


@pytest.mark.parametrize("columns", [1, 10, 15, 16, 40])
@pytest.mark.parametrize("rows", [3, 12, 50])
def test_it_is_torchs_product(rows, columns):
    a = torch.randn(3, rows, 7, dtype=torch.float64)
    b = torch.randn(3, columns, 7, dtype=torch.float64).mT
    torch.testing.assert_close(product(a, b), a @ b, rtol=0, atol=1e-13)


def test_a_narrow_result_lies_column_by_column():
    narrow = product(torch.randn(2, 50, 7), torch.randn(2, 7, 10))
    assert narrow.mT.is_contiguous()
    assert product(torch.randn(2, 50, 7), torch.randn(2, 7, 16)).is_contiguous()
    assert product(torch.randn(2, 5, 7), torch.randn(2, 7, 10)).is_contiguous()
