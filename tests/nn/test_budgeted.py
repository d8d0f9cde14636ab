from itertools import pairwise

import pytest
from torch import Generator

from deepclaims.nn.budget import widest
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import build_model, count_parameters
from deepclaims.nn.unit_noise import UnitNoise


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize(("features", "outputs", "budget"), [(196, 10, 12_000), (8, 1, 3_000)])
def test_the_widest_net_that_the_budget_allows(depth, features, outputs, budget):
    def count(width):
        sizes = [features, *[width] * depth, outputs]
        return sum((a + 1) * b for a, b in pairwise(sizes))

    width = widest(features, depth, outputs, budget)
    assert count(width) <= budget < count(width + 1)
    model = build_model(
        {"name": "budgeted_mlp", "depth": depth, "parameters": budget},
        {"name": "he"},
        Interface(((features,),), outputs),
        UnitNoise(),
        Generator(),
    )
    assert count_parameters(model) == count(width)
    assert count(width) > 0.93 * budget  # depth is compared, not size


def test_a_budget_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="too few"):
        widest(196, 2, 10, 100)
