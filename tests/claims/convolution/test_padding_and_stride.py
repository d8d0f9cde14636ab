import zlib

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from deepclaims.claims.convolution.padding_and_stride.judge import judge
from deepclaims.claims.convolution.padding_and_stride.nets import Layout
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

NAME = "convolution/padding-and-stride"


@pytest.mark.parametrize(
    ("padding", "stride", "pooled"),
    [("valid", 1, True), ("same", 1, True), ("full", 1, True), ("same", 2, False)],
)
def test_a_stack_answers_as_torchs_layers_do(padding, stride, pooled):
    config = {"kernel": 5, "padding": padding, "stride": stride, "pooled": pooled, "filters": 3}
    layout, random = Layout.of(config, 14), torch.Generator().manual_seed(0)
    weights = layout.draw(2, random)
    x = torch.rand(2, 4, 14, 14, generator=random)
    for r, found in enumerate(layout.answer(weights, x)):
        filters = weights["filters"][r].view(3, 1, 5, 5)
        zeros = {"valid": 0, "same": 2, "full": 4}[padding]
        h = F.conv2d(x[r][:, None], filters, weights["b"][r], stride, zeros).relu()
        h = F.max_pool2d(h, 2) if pooled else h
        assert h[0].numel() == layout.features
        wanted = h.flatten(1) @ weights["dense"][r] + weights["b_y"][r]
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_what_a_net_has_and_costs():
    """Padding full, 5×5: 18×18 maps, pooled to 9×9."""
    config = {"kernel": 5, "padding": "full", "pooled": True, "filters": 4}
    layout = Layout.of(config, 14)
    assert layout.parameters == 4 * 26 + (4 * 81 + 1) * 10
    assert layout.products == 4 * 25 * 18**2 + 4 * 81 * 10
    assert layout.parameters == sum(
        w[0].numel() for w in layout.draw(1, torch.Generator()).values()
    )


def lecture(part, axes):
    """By how much an error is multiplied where the slides are right."""
    if part == "full":
        return 1.3
    if part == "few":
        return 2.0
    if part == "stride" and axes["stride"] > 1:
        return {1: 1.7, 3: 1.4, 7: 1.0}[axes["kernel"]]
    return 1.0


@pytest.fixture
def world(imagined):
    def make(factor=lecture, best=0.03):
        def outcome(part, arm, axes, seed):
            own = sorted({key: str(v) for key, v in axes.items() if key != "padding"}.items())
            rng = np.random.default_rng([seed, zlib.crc32(repr((part.name, own)).encode())])
            error = 0.1 * factor(part.name, axes) * np.exp(0.08 * rng.normal(size=6))
            found = {"validation_error": 0.1 + 0.02 * (axes.get("rate") != best)}
            table = pd.DataFrame({"replica": range(6), "test_error": error})
            return Outcome({**found, "products": 1.0}, {}, {"nets": table})

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert all(each.outcome for each in findings(results.claim.checks, judge(results)))


def changed(**factors):
    return lambda part, axes: factors.get(part, lecture(part, axes))


def test_refuted_where_full_is_as_good_as_the_others(world, rulings):
    found = rulings(world(changed(full=1.0)))
    assert found == {"L1.s55.8": "refuted", "L1.s56.2": "supported"}


def test_refuted_where_stride_suits_the_small_kernel(world, rulings):
    def other(part, axes):
        if part == "stride" and axes["stride"] > 1:
            return {1: 1.7, 3: 1.0, 7: 1.4}[axes["kernel"]]
        return lecture(part, axes)

    assert rulings(world(other)) == {"L1.s55.8": "supported", "L1.s56.2": "refuted"}


def test_open_where_nothing_is_seen(world, rulings):
    found = rulings(world(changed(few=1.0)))
    assert found == {"L1.s55.8": "inconclusive", "L1.s56.2": "supported"}
    blind = rulings(world(changed(stride=1.0)))
    assert blind == {"L1.s55.8": "supported", "L1.s56.2": "inconclusive"}


def test_void_where_the_largest_rate_is_best(world, rulings):
    assert set(rulings(world(best=0.06)).values()) == {"inconclusive"}
