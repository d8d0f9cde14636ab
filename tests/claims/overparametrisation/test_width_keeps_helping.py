from functools import partial

import numpy as np
import pytest

from deepclaims.claims.overparametrisation.width_keeps_helping.judge import (
    at,
    by_width,
    judge,
    rank_correlations,
)
from deepclaims.evidence.outcome import Outcome

NAME = "overparametrisation/width-keeps-helping"


def imagine(part, arm, axes, seed, *, gain=0.4, until=4096, stray=0.0, narrow_error=0.1):
    """Test errors that fall by `gain` points a doubling; wide nets want the larger rate.

    They fall up to the width `until`. Of the seeds a share `stray` has a net that errs on a sample.
    """
    width, rate = axes["model.width"], axes["optimizer.lr"]
    best = 0.06 if part.name == "wide" else 0.025
    rng = np.random.default_rng([seed, width, int(1000 * rate)])
    error = 0.14 - gain / 100 * np.log2(min(width, until) / 32) + 0.003 * rng.standard_normal()
    error += 0.05 * abs(np.log(rate / best))
    errs = np.random.default_rng(seed).uniform() < stray
    train = (0.002 * errs) if part.name == "wide" else narrow_error
    return Outcome({"test_error": error, "validation_error": error, "train_error": train})


def test_where_errors_fall_with_width_it_is_supported(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)
    assert at(results, "wide", 64)["optimizer.lr"] == 0.06
    assert judge(results)["slope"].value == pytest.approx(-0.4, abs=0.1)


def test_where_errors_rise_with_width_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, gain=-0.4))) == "refuted"


def test_where_width_changes_nothing_it_is_not_supported(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, gain=0.0))) == "inconclusive"


def test_where_the_fall_ends_early_it_is_not_supported(imagined, ruling):
    results = imagined(NAME, partial(imagine, gain=1.5, until=128))
    assert judge(results)["gain"].low > 0.5
    assert ruling(results) == "inconclusive"


@pytest.mark.parametrize("stray", [0.2, 1.0])
def test_where_nets_do_not_interpolate_nothing_is_concluded(imagined, ruling, stray):
    assert ruling(imagined(NAME, partial(imagine, stray=stray))) == "inconclusive"


def test_where_all_widths_interpolate_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, narrow_error=0.0))) == "inconclusive"


def test_a_rank_correlation_and_its_interval_stay_within_one(imagined):
    estimate = judge(imagined(NAME, partial(imagine, gain=3.0)))["trend"]
    assert estimate.value == estimate.low == -1
    assert rank_correlations(np.array([[3.0, 2, 1], [1, 2, 3], [1, 1, 1]])) == pytest.approx(
        [-1, 1, 0]
    )


def test_errors_are_in_percentage_points(imagined):
    widths, error = by_width(imagined(NAME, partial(imagine, gain=0.0)), "wide", "test_error")
    assert error.shape[1] == len(widths)
    assert error.mean() == pytest.approx(14, abs=0.5)


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_other_profiles_do_not_crash(imagined, ruling, profile):
    found = ruling(imagined(NAME, imagine, profile=profile))
    assert found in ("inconclusive", "refuted", "supported")
