"""The slide's laws in scipy's words, against closed forms."""

import math

import pytest

from deepclaims.nn.initialisation import LAWS
from deepclaims.nn.printed_laws import (
    PRINTED_LAWS,
    TRUNCATION,
    relu_factor,
)


def test_truncation_by_the_textbook_formula():
    density = math.exp(-2) / math.sqrt(2 * math.pi)
    inside = math.erf(math.sqrt(2))
    assert pytest.approx(1 - 4 * density / inside, abs=1e-12) == TRUNCATION
    assert math.sqrt(TRUNCATION) == pytest.approx(0.87962566, abs=1e-8)  # the constant of Keras


@pytest.mark.parametrize("scheme", sorted(set(PRINTED_LAWS) - {"he_truncated"}))
def test_shapes_have_unit_variance(scheme):
    assert PRINTED_LAWS[scheme].shape.var() == pytest.approx(1.0, abs=1e-12)


def test_supports_end_where_the_laws_do():
    for law in PRINTED_LAWS.values():
        assert law.shape.support()[1] == pytest.approx(law.bound)


def test_the_uniform_bound_is_the_slides():
    law = PRINTED_LAWS["glorot_uniform"]
    printed = math.sqrt(6 / (300 + 100))
    assert law.bound * math.sqrt(law.variance(300, 100)) == pytest.approx(printed)


def test_every_printed_law_can_be_drawn():
    assert set(PRINTED_LAWS) <= set(LAWS)


@pytest.mark.parametrize(
    ("scheme", "factor"),
    [("he", 1.0), ("lecun", 0.5), ("glorot", 0.5), ("glorot_uniform", 0.5), ("normal", 32.0),
     ("he_truncated", 0.77374), ("he_truncated_corrected", 1.0)],
)  # fmt: skip
def test_factor_of_a_relu_layer(scheme, factor):
    assert relu_factor(scheme, 64) == pytest.approx(factor, abs=1e-5)
