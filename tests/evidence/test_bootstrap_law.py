import json
import math

import numpy as np
import pytest

from deepclaims.evidence.bootstrap_law import CAUTION, Studentised
from deepclaims.evidence.estimate import Estimate

T = tuple(np.sort(np.random.default_rng(4).standard_t(6, 999)).tolist())
OPEN = (-math.inf, *T[1:-1], math.inf)


@pytest.mark.parametrize("law", [Studentised(T, 0.3), Studentised(OPEN, 2.0)])
def test_no_p_value_lies_below_one_over_draws_and_one(law):
    """However far the bound lies: nothing is extrapolated beyond the outermost draw."""
    for bound in (-1e9, -50.0, -9.0, 9.0, 50.0, 1e9):
        assert law.p_above(0.0, bound) >= 1 / 1000
        assert law.p_below(0.0, bound) >= 1 / 1000


def test_beyond_all_draws_the_p_value_is_the_least_there_is():
    law = Studentised(T, 0.3)
    assert law.p_above(0.0, -1e9) == law.p_below(0.0, 1e9) == CAUTION / 1000


@pytest.mark.parametrize(
    "law",
    [Studentised(T, 0.3), Studentised(OPEN, 2.0, -1.0, 4.0)],
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99, 0.997, 0.9999])
def test_interval_and_p_value_agree(law, level):
    tail = (1 - level) / 2
    low, high = law.interval(1.0, level)
    for bound in np.linspace(-9, 9, 181):
        if not law.low <= bound <= law.high:
            continue
        assert (low > bound) == (law.p_above(1.0, bound) <= tail + 1e-12)
        assert (high < bound) == (law.p_below(1.0, bound) <= tail + 1e-12)


def test_too_few_draws_leave_an_end_open():
    draws = tuple(np.linspace(0, 1, 19).tolist())
    assert Studentised(draws, 1.0, caution=1.0).interval(0.5, 0.90) == (-0.5, 0.5)
    assert Studentised(draws, 1.0).interval(0.5, 0.90) == (-math.inf, math.inf)
    assert Studentised(draws, 1.0, 0.0, 1.0).interval(0.5, 0.90) == (0.0, 1.0)


def test_a_quantity_beyond_what_it_can_be_is_out_of_the_question():
    law = Studentised(T, 0.3, 0.0, 1.0)
    assert law.p_above(0.9, -0.1) == 0
    assert law.p_below(0.9, 1.1) == 0
    low, high = law.interval(0.9, 0.95)
    assert 0 <= low < 0.9 < high == 1.0


def test_infinite_draws_survive_json():
    estimate = Estimate.of(1.0, Studentised(OPEN, 2.0, -1.0), 22, "studentised bootstrap")
    again = Estimate.from_dict(json.loads(json.dumps(estimate.to_dict(), allow_nan=False)))
    assert again == estimate


def test_caution_halves_the_tails():
    for level, plain in ((0.95, 0.975), (0.9, 0.95)):
        expected = Studentised(T, 0.3, caution=1.0).interval(1.0, plain)
        assert Studentised(T, 0.3, caution=2.0).interval(1.0, level) == expected


def test_a_law_that_is_no_longer_made_is_read_by_its_interval():
    written = {**Estimate.of(1.0, Studentised(T, 0.3), 22, "bootstrap (BCa)").to_dict()}
    written["law"] = {"kind": "draws", "draws": [0.5, 1.0, 1.5], "shift": 0.0, "acceleration": 0.0}
    again = Estimate.from_dict(written)
    assert (again.low, again.high) == (written["low"], written["high"])
    assert again.p_value("above", again.low) == pytest.approx(0.025)
