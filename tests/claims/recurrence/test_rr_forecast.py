from functools import cache

import numpy as np
import pytest
import torch

from deepclaims.claims.recurrence.rr_forecast import (
    LIMIT,
    RECENT,
    Forecaster,
    describe,
    rr_intervals,
    runs,
    squares,
)

CONFIG = {"widths": {"uni": 16, "bi": 11}, "steps": 100, "batch": 64, "lr": 0.01}


@pytest.fixture(scope="module")
def rhythm():
    """RR of two patients whose log intervals follow x_t = 0.8 x_{t-1} + noise of sd 0.1."""
    rng = np.random.default_rng(5)
    series = {}
    for record in (1, 2):
        x = np.zeros(1500)
        for t in range(1, len(x)):
            x[t] = -0.8 * x[t - 1] + 0.1 * rng.standard_normal()
        series[record] = 0.8 * np.exp(x)
    return series


@pytest.fixture(scope="module")
def trained(rhythm):
    """`trained(question, direction)`: a forecaster of those patients."""
    data = runs(rhythm, 12, 1)

    @cache
    def train(question, direction):
        config = {**CONFIG, "question": question, "direction": direction}
        return Forecaster.train(config, 3, data)

    return train


def r_squared(table):
    return 1 - table["error"].sum() / table["deviation"].sum()


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


def test_both_learn_the_rhythm_when_the_past_is_all_there_is(rhythm, trained):
    """x_{t+1} = -0.8 x_t + noise: R² of the best forecast is about 0.8² = 0.64."""
    data = runs(rhythm, 12, 4)
    for direction in ("uni", "bi"):
        found = r_squared(squares(data, trained("next", direction), last=True))
        assert 0.45 < found < 0.75


def test_reading_backwards_finds_the_answer_in_the_input(rhythm, trained):
    data, ends = runs(rhythm, 12, 12), runs(rhythm, 12, 4)
    both, forwards = (trained("every", direction) for direction in ("bi", "uni"))
    assert r_squared(squares(data, both, last=False)) > 0.8
    assert r_squared(squares(data, forwards, last=False)) < 0.75
    assert r_squared(squares(ends, both, last=True)) < r_squared(squares(ends, forwards, last=True))


def test_squares_add_up_to_what_they_should(rhythm, trained):
    data = runs(rhythm, 12, 12)
    forecaster = trained("every", "uni")
    table = squares(data, forecaster, last=True)
    assert table["record"].tolist() == [1, 2]
    y, predicted = data.y[:, -1], forecaster(data.x)[:, -1].detach()
    first = torch.from_numpy(data.records == 1)
    assert table["error"][0] == pytest.approx(float((y - predicted)[first].square().sum()), 1e-4)
    assert table["deviation"].sum() == pytest.approx(float((y - y.mean()).square().sum()), 1e-4)


def test_a_forecaster_is_a_function_of_its_seed(rhythm):
    data = runs(rhythm, 12, 4)
    config = {**CONFIG, "question": "next", "direction": "bi", "steps": 3}
    first, again, other = (Forecaster.train(config, seed, data)(data.x) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_intervals_of_a_prepared_record(tmp_path):
    beats = {"beat_sample": [0, 120, 180, 500, 510, 510], "beat_record": [0, 0, 0, 1, 1, 1]}
    for name, values in {**beats, "records": [100, 234]}.items():
        np.save(tmp_path / f"{name}.npy", np.array(values))
    found = rr_intervals(tmp_path, [234, 100])
    np.testing.assert_allclose(found[100], [1.0, 0.5])
    np.testing.assert_allclose(found[234], [10 / 120, 1 / 120])
