import numpy as np
import pytest
import torch

from deepclaims.claims.approximation.units_grow_with_dimension.measure import (
    counted,
    needed,
    parity_error,
)
from deepclaims.claims.approximation.units_grow_with_dimension.shallow import (
    TARGETS,
    WIDTHS,
    width_needed,
)
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "approximation/units-grow-with-dimension"


def imagine(part, arm, axes, seed, *, product=1.5, ridge=0.0, proved=0.8):
    """A world in which widths grow by so many bits a dimension."""
    if part.name == "counted":
        dimensions = part.params["dimensions"]
        curves = {
            "random": Curve(dimensions, [2.0 ** (proved * d) for d in dimensions]),
            "parity": Curve(dimensions, [d + 1.0 for d in dimensions]),
            "parity_error": Curve([2], [0.0]),
        }
        return Outcome({}, curves)
    rng = np.random.default_rng([seed, axes["dimension"], len(arm)])
    bits = {"product": product, "ridge": ridge}[arm] * axes["dimension"]
    width = 2.0 ** (bits + 0.2 * rng.normal())
    return Outcome({"width": width}, {"errors": Curve([1, 2], [0.9, 0.4])})


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ({}, "supported"),
        ({"product": 0.1}, "refuted"),
        ({"proved": 0.2}, "refuted"),
        ({"ridge": 1.0}, "inconclusive"),
    ],
)
def test_rulings_in_made_worlds(imagined, ruling, world, expected):
    assert ruling(imagined(NAME, lambda *args: imagine(*args, **world))) == expected


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_the_product_has_the_same_variance_at_every_dimension(dimension):
    x = 2 * torch.rand(200_000, dimension, generator=torch.Generator().manual_seed(1)) - 1
    values = TARGETS["product"](x)
    assert float(values.mean()) == pytest.approx(0, abs=0.02)
    assert float(values.var()) == pytest.approx(1, abs=0.05)


def test_the_product_is_a_sum_of_ridges():
    """cos a cos b is half of cos(a + b) + cos(a − b)."""
    x = 2 * torch.rand(50, 2, dtype=torch.float64) - 1
    ridges = torch.cos(np.pi * (x @ torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=x.dtype)))
    torch.testing.assert_close(TARGETS["product"](x), ridges.sum(1))


@pytest.mark.parametrize("dimension", [2, 5, 8])
def test_parity_is_exact(dimension):
    assert parity_error(dimension) < 1e-9


def test_the_count_grows_as_two_to_the_dimension_over_its_square():
    config = {"dimensions": [8, 14, 20], "doubt": 20, "checked": 3}
    least = np.array(counted(config, 0).curves["random"].values)
    ratio = least * np.array([8, 14, 20]) ** 2 / 2.0 ** np.array([8, 14, 20])
    assert (least > 0).all()
    assert ratio.max() / ratio.min() < 3


@pytest.mark.parametrize("start", [1, 6, 64])
def test_the_search_finds_the_crossing_from_either_side(start):
    width, tried = width_needed(lambda n: 5.0 / n, start, 0.5)
    assert width == pytest.approx(10.0)
    assert {8, 11} <= set(tried)


def test_the_search_ends_at_the_ends():
    assert np.isnan(width_needed(lambda n: 1.0, WIDTHS[-2], 0.5)[0])
    assert width_needed(lambda n: 0.1, 4, 0.5)[0] == 1


def test_training_needs_two_units_for_a_cosine_and_a_seed_decides():
    config = {"arm": "ridge", "dimension": 1, "start": {"ridge": [2]}, "tolerance": 0.5}
    config |= {"starts": 2, "lrs": [0.03, 0.1], "steps": 150, "batch": 64}
    first = needed(config, 1)
    assert 1 < first.metrics["width"] < 5
    assert first == needed(config, 1)
