import pytest
import torch

from deepclaims.training.denormals import are_zero, denormals_as_zero

SMALL = pytest.approx(1e-39, rel=1e-5, abs=0)
"""Single precision holds it with fewer digits only: its least normal number is 1.2e-38."""


def product() -> float:
    """1e-39 as the sum of a row times a column."""
    return float(torch.full((8,), 1e-20) @ torch.full((8,), 1e-19 / 8))


def test_products_too_small_for_full_precision_are_zero_and_only_then():
    assert product() == SMALL
    with denormals_as_zero():
        if not are_zero():
            pytest.skip("this processor cannot take denormal numbers for zero")
        assert product() == 0
        least = torch.full((1,), torch.finfo(torch.float32).tiny)
        assert bool(least * 1 == least)
    assert product() == SMALL


def test_it_is_put_back_as_it_was_even_after_an_error():
    assert not are_zero()
    with denormals_as_zero():
        within = are_zero()
        with pytest.raises(ZeroDivisionError), denormals_as_zero():
            raise ZeroDivisionError
        assert are_zero() == within
    assert not are_zero()
