import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import median_filter
from scipy.stats import pearsonr

from deepclaims.data import rhythm

gaps = st.lists(st.floats(0.25, 3.0), min_size=3, max_size=60)


def column(features: np.ndarray, names: tuple[str, ...], name: str) -> np.ndarray:
    return features[:, names.index(name)]


def test_a_regular_rhythm_has_nothing_to_say():
    times = 0.7 * np.arange(40)
    offline = rhythm.offline_rhythm(times)
    for name in rhythm.OFFLINE[:7]:
        expected = np.log(rhythm.FLOOR) if name == "irregularity" else 0.0
        assert np.allclose(column(offline, rhythm.OFFLINE, name), expected, atol=1e-6)


@pytest.mark.parametrize("early", [0.6, 0.8])
def test_a_premature_beat_with_its_pause(early):
    pre = np.full(41, 0.8)
    pre[20], pre[21] = early * 0.8, (2 - early) * 0.8  # a full compensatory pause
    times = pre.cumsum()
    offline, causal = rhythm.offline_rhythm(times), rhythm.causal_rhythm(times)
    mean = np.diff(times, prepend=times[0] - 0.8).mean()
    expected = {
        "pre_over_mean": np.log(0.8 * early / mean),
        "post_over_mean": np.log(0.8 * (2 - early) / mean),
        "post_over_pre": np.log((2 - early) / early),
        "pre_over_previous": np.log(early),
    }
    for name, value in expected.items():
        assert column(offline, rhythm.OFFLINE, name)[20] == pytest.approx(value, abs=1e-9)
    for name in ("pre_over_running", "pre_over_recent", "pre_over_previous"):
        assert column(causal, rhythm.CAUSAL, name)[20] == pytest.approx(np.log(early), abs=1e-9)


@given(gaps, gaps)
@settings(deadline=None)
def test_causal_features_do_not_see_the_future(past, future):
    now = np.cumsum(past)
    later = np.concatenate([now, now[-1] + np.cumsum(future)])
    assert np.array_equal(rhythm.causal_rhythm(later)[: len(now)], rhythm.causal_rhythm(now))


def test_offline_features_do_see_it():
    times = np.cumsum(np.full(30, 0.8))
    changed = times.copy()
    changed[20:] += 0.4
    assert not np.allclose(rhythm.offline_rhythm(times)[19], rhythm.offline_rhythm(changed)[19])


@given(gaps, st.floats(0.5, 2.0))
@settings(deadline=None)
def test_intervals_count_as_ratios(steps, factor):
    times = np.cumsum(steps)
    assert np.allclose(
        rhythm.offline_rhythm(times), rhythm.offline_rhythm(factor * times), atol=1e-8
    )


def test_features_are_finite_even_if_two_beats_coincide():
    times = np.array([1.0, 1.0, 1.0, 2.0, 50.0])
    assert np.isfinite(rhythm.offline_rhythm(times)).all()
    assert np.isfinite(rhythm.causal_rhythm(times)).all()


def test_p_features_against_scipy():
    rng = np.random.default_rng(0)
    waves, reference = rng.normal(size=(30, 2, 11)), rng.normal(size=(2, 11))
    offline, causal = rhythm.p_features(waves, reference)
    local = median_filter(waves, size=(11, 1, 1), mode="nearest")
    assert np.allclose(offline[:, :2], local.std(axis=-1))
    # The last 11 up to a beat are the 11 around the one five before it.
    assert np.allclose(causal[10:, :2], offline[5:-5, :2])
    match = pearsonr(waves[7, 1], reference[1]).statistic
    assert offline[7, 3] == pytest.approx(match)
    assert causal[7, 3] == pytest.approx(match)
    assert offline.shape[1] + 7 == len(rhythm.OFFLINE)
    assert causal.shape[1] + 5 == len(rhythm.CAUSAL)


def test_causal_p_features_do_not_see_the_future():
    waves = np.random.default_rng(0).normal(size=(30, 2, 11))
    whole, cut_short = (rhythm.p_features(w, waves[0])[1] for w in (waves, waves[:17]))
    assert np.array_equal(whole[:17], cut_short)


def test_a_flat_stretch_matches_nothing():
    flat = np.zeros((5, 2, 11))
    offline, _ = rhythm.p_features(flat, np.ones((2, 11)))
    assert np.array_equal(offline, np.zeros((5, 4)))


@pytest.mark.parametrize("long", [1.0, 900.0])
def test_a_gap_is_no_interval(long):
    """What is said of a beat does not depend on how long it is."""
    rng = np.random.default_rng(0)
    pre = rng.uniform(0.6, 1.0, 60)
    times = pre.cumsum()
    apart = times + long * (np.arange(60) >= 25)
    assert np.array_equal(
        rhythm.offline_rhythm(apart, [25]).round(9), rhythm.offline_rhythm(times, [25]).round(9)
    )
    mean = rhythm.intervals(apart, None, [25])
    assert mean[25] == mean[26]
    assert mean.max() < 1.0
    halves = [rhythm.causal_rhythm(part) for part in (apart[:25], apart[25:])]
    assert np.array_equal(rhythm.causal_rhythm(apart, [25]), np.concatenate(halves))
    waves, usual = rng.normal(size=(60, 2, 11)), rng.normal(size=(2, 11))
    halves = [rhythm.p_features(part, usual) for part in (waves[:25], waves[25:])]
    for whole, parts in zip(
        rhythm.p_features(waves, usual, [25]), zip(*halves, strict=True), strict=True
    ):
        assert np.array_equal(whole, np.concatenate(parts))


def test_a_beat_alone_between_gaps_has_the_mean_interval():
    times = np.array([0.0, 100, 100.8, 101.8, 200, 300, 300.6])
    pre = rhythm.intervals(times, None, [1, 4, 5])
    assert np.allclose(pre, [0.76, 0.8, 0.8, 1.0, 0.76, 0.6, 0.6])
    assert np.isfinite(rhythm.offline_rhythm(times, [1, 4, 5])).all()
    assert np.isfinite(rhythm.causal_rhythm(times, [1, 4, 5])).all()
    assert np.allclose(rhythm.intervals(times, None, np.arange(1, 7)), rhythm.TYPICAL)
