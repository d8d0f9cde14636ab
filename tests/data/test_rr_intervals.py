import numpy as np
import pytest

from deepclaims.data.rr_intervals import LIMIT, RECENT, describe, rr_intervals, runs


def test_what_is_known_and_asked_written_out_beat_by_beat():
    seconds = np.random.default_rng(0).uniform(0.7, 0.9, 50)
    known, asked = describe(seconds)
    r = np.log(seconds)
    for t in (0, 1, 7, 30, 48):
        mean = np.mean([r[i] for i in range(max(0, t - RECENT + 1), t + 1)])
        assert known[t, 0] == pytest.approx(r[t] - mean)
        assert known[t, 1] == pytest.approx(r[t] - r[t - 1] if t else 0.0)
        assert asked[t] == pytest.approx(r[t + 1] - mean)


def test_the_future_does_not_enter_what_is_known():
    seconds = np.random.default_rng(1).uniform(0.5, 1.1, 60)
    changed = seconds.copy()
    changed[31:] *= 1.3
    assert np.array_equal(describe(seconds)[0][:31], describe(changed)[0][:31])
    assert not np.array_equal(describe(seconds)[1][30], describe(changed)[1][30])


def test_a_pause_is_cut_off():
    seconds = np.full(40, 0.8)
    seconds[30] = 8.0
    known, asked = describe(seconds)
    assert asked[29] == known[30, 0] == LIMIT


def test_runs_stay_within_a_record():
    intervals = {7: np.linspace(0.6, 1.0, 25), 9: np.linspace(1.0, 0.6, 11)}
    cut = runs(intervals, 10, 5)
    assert cut.records.tolist() == [7, 7, 7, 9]
    known, asked = describe(intervals[7])
    np.testing.assert_allclose(cut.x[2], known[10:20], atol=1e-6)
    np.testing.assert_allclose(cut.y[2], asked[10:20], atol=1e-6)


def test_intervals_of_a_prepared_record(tmp_path):
    beats = {"beat_sample": [0, 120, 180, 500, 510, 510], "beat_record": [0, 0, 0, 1, 1, 1]}
    for name, values in {**beats, "records": [100, 234]}.items():
        np.save(tmp_path / f"{name}.npy", np.array(values))
    found = rr_intervals(tmp_path, [234, 100])
    np.testing.assert_allclose(found[100], [1.0, 0.5])
    np.testing.assert_allclose(found[234], [10 / 120, 1 / 120])
