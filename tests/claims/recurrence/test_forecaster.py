from functools import cache

import numpy as np
import pytest
import torch

from deepclaims.claims.recurrence.bidirectional_ecg.forecaster import Forecaster, squares
from deepclaims.data.rr_intervals import runs

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
