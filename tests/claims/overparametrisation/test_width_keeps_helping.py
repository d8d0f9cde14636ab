from functools import partial

import numpy as np
import pytest

from deepclaims.claims.overparametrisation.width_keeps_helping.judge import at, by_width, judge
from deepclaims.evidence.outcome import Outcome

NAME = "overparametrisation/width-keeps-helping"


def imagine(part, arm, axes, seed, *, gain=0.4, interpolates=True, narrow_error=0.1):
    """Test errors that fall by `gain` points a doubling; wide nets want the larger rate."""
    width, rate = axes["model.width"], axes["optimizer.lr"]
    best = 0.125 if part.name == "wide" else 0.05
    rng = np.random.default_rng([seed, width, int(1000 * rate)])
    error = 0.14 - gain / 100 * np.log2(width / 32) + 0.003 * rng.standard_normal()
    error += 0.05 * abs(np.log(rate / best))
    fits = interpolates if part.name == "wide" else False
    train = 0.0 if fits else narrow_error
    return Outcome({"test_error": error, "validation_error": error, "train_error": train})


def test_where_errors_fall_with_width_it_is_supported(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)
    assert at(results, "wide", 64)["optimizer.lr"] == 0.125
    assert judge(results)["slope"].value == pytest.approx(-0.4, abs=0.1)


def test_where_errors_rise_with_width_it_is_refuted(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, gain=-0.4))) == "refuted"


def test_where_width_changes_nothing_it_is_refuted(imagined, ruling):
    """The gain is shown to be below half a point, though there is no trend to see."""
    assert ruling(imagined(NAME, partial(imagine, gain=0.0))) in ("refuted", "inconclusive")


def test_where_nets_do_not_interpolate_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, interpolates=False))) == "inconclusive"


def test_where_all_widths_interpolate_nothing_is_concluded(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, narrow_error=0.0))) == "inconclusive"


def test_errors_are_in_percentage_points(imagined):
    widths, error = by_width(imagined(NAME, partial(imagine, gain=0.0)), "wide", "test_error")
    assert error.shape[1] == len(widths)
    assert error.mean() == pytest.approx(14, abs=0.5)


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_other_profiles_do_not_crash(imagined, ruling, profile):
    found = ruling(imagined(NAME, imagine, profile=profile))
    assert found in ("inconclusive", "refuted", "supported")
