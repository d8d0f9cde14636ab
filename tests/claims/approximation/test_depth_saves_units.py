from functools import cache

import numpy as np
import pytest
import torch

from deepclaims.claims.approximation.depth_saves_units.fits import best_fits, draw
from deepclaims.claims.approximation.depth_saves_units.measure import (
    counted,
    drawn,
    least_units,
    trained,
)
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "approximation/depth-saves-units"


@cache
def exact_counts():
    config = {"iterates": list(range(1, 8)), "tolerance": 0.1, "points": 32, "fixed": 12}
    return counted({**config, "drawings": [2, 16]}, 0).curves


def imagine(part, arm, axes, seed, *, bits=0.0, exact=0.9, wide=0.01, blind=False):
    """A world in which usual nets gain `bits` a layer, and training leaves these errors."""
    rng = np.random.default_rng([seed, len(part.name), len(arm)])
    if part.name == "counted":
        curves = dict(exact_counts())
        if blind:
            curves["pieces"] = curves["deep_tent"]
        return Outcome({}, curves)
    if part.name == "drawn":
        depths = part.params["depths"]
        logs = bits * np.array(depths) + 0.02 * rng.normal(size=len(depths))
        return Outcome({}, {"per_unit": Curve(depths, (2.0**logs).tolist())})
    if part.name == "found":
        return Outcome({"error_sawtooth": {"exact": exact, "wide": wide}[arm]})
    errors = {f"error_{name}": 0.1 for name in part.params["targets"]}
    return Outcome({"log_per_unit": bits * axes["depth"] + 0.02 * rng.normal(), **errors})


@pytest.mark.parametrize(
    ("world", "usually", "existence"),
    [
        ({}, "corrected", "supported"),
        ({"bits": 0.5}, "supported", "supported"),
        ({"exact": 0.01}, "corrected", "refuted"),
        ({"wide": 0.9}, "corrected", "inconclusive"),
        ({"blind": True}, "inconclusive", "supported"),
    ],
)
def test_rulings_in_made_worlds(imagined, rulings, world, usually, existence):
    results = imagined(NAME, lambda *args: imagine(*args, **world))
    assert rulings(results) == {"L1.s7.1": existence, "L1.s7.4": usually}


def test_counts_of_the_sawtooth_and_the_parabola():
    curves = exact_counts()
    assert curves["shallow_tent"].values == [2.0**k for k in range(1, 8)] == curves["pieces"].values
    assert curves["deep_tent"].values[:4] == [2, 4, 6, 8]
    assert curves["deep_square"].values[:4] == [2, 5, 8, 11]
    assert max(curves["error_tent"].values + curves["fixed_error"].values) == 0
    assert curves["error_square"].values == pytest.approx([1.0] * 7)
    assert curves["fixed"].values[:4] == [4096, 128, 48, 32]
    assert curves["fixed"].values[-1] == 24
    np.testing.assert_array_less(curves["fixed_least"].values, np.add(curves["fixed"].values, 0.1))
    assert curves["held"].values[-1] < 0.5 * 2**16


def test_least_units_by_trying_all_widths():
    from itertools import product

    for pieces, depth in ((16, 1), (17, 2), (30, 3), (64, 3)):
        able = (w for w in product(range(1, 32), repeat=depth) if np.prod(np.add(w, 1)) >= pieces)
        assert least_units(pieces, depth) == min(sum(w) for w in able)


def test_drawn_shallow_nets_have_as_many_pieces_as_units():
    share = drawn({"depths": [1], "width": 16, "bias": 0.01, "nets": 4}, 3).curves["per_unit"]
    assert share.values[0] == pytest.approx(17 / 16, abs=0.05)


def test_training_finds_a_kink_and_a_seed_decides():
    start = draw([1, 8, 1], 0.1, torch.Generator().manual_seed(1))
    assert best_fits(start, ["kink"], [0.01, 0.03], 65, 300)["kink"].error < 0.1
    config = {"depth": 2, "width": 4, "bias": 0.1, "targets": ["smooth"], "lrs": [0.01]}
    config |= {"points": 17, "steps": 5}
    assert trained(config, 1) == trained(config, 1) != trained(config, 2)
