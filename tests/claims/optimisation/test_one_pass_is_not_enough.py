from functools import partial

import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.one_pass_is_not_enough import measure
from deepclaims.claims.optimisation.one_pass_is_not_enough.judge import cases, errors, judge, wrong
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim.schedules import Moment

NAME = "optimisation/one-pass-is-not-enough"


def imagine(part, arm, axes, seed, *, gain=2.0, first=8.0, ahead=0):
    """Errors that more passes lower by `gain` points; e_t that runs `ahead`."""
    if part.name == "count":
        found = measure.count(part.params, seed)
        found.tables["steps"]["pass"] -= ahead
        return found
    rng = np.random.default_rng([seed, *(int(1000 * each) for each in axes.values())])
    more = axes["fit.epochs"] > 1
    error = first - gain * more + 0.1 * rng.standard_normal()
    error += abs(np.log(axes["optimizer.lr"] / 0.2))
    return Outcome({"test_error": error / 100, "validation_error": error / 100})


def test_supported_where_more_passes_lower_the_error(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)
    assert errors(results, *cases(results)[0], 1).mean() == pytest.approx(8, abs=0.3)


@pytest.mark.parametrize("gain", [0.1, 0.0, -1.0])
def test_refuted_where_they_do_not(imagined, rulings, gain):
    found = rulings(imagined(NAME, partial(imagine, gain=gain)))
    assert found == {"L1.s21.3": "refuted", "L1.s29.2": "supported"}


def test_refuted_where_e_t_is_not_the_pass(imagined, rulings):
    assert rulings(imagined(NAME, partial(imagine, ahead=1)))["L1.s29.2"] == "refuted"


def test_inconclusive_where_one_pass_teaches_nothing(imagined, rulings):
    assert rulings(imagined(NAME, partial(imagine, first=60.0)))["L1.s21.3"] == "inconclusive"


def test_counted_from_one_it_is_early_once_a_pass(imagined):
    results = imagined(NAME, imagine)
    for batch in (8, 50, 250):
        assert wrong(results, "passes", batch, first=1).value == 5
        assert wrong(results, "passes", batch).value == 0


def test_the_pass_is_counted_by_the_uses_of_the_samples():
    batches = [torch.tensor(each) for each in ([0, 1], [2, 3], [3, 0], [1, 2], [0, 0])]
    assert list(measure.passes_of(4, batches)) == [1, 1, 2, 2, 3]
    mixed = [torch.tensor([0, 1]), torch.tensor([1, 2])]
    assert np.isnan(list(measure.passes_of(3, mixed))[1])


def test_the_schedules_of_the_trainings_use_the_same_number():
    table = measure.count({"samples": 60, "passes": 3, "whole": [4, 60], "broken": []}, 1)
    rows = table.tables["steps"].query("order == 'passes'")
    for _, row in rows.iterrows():
        per_epoch = 60 // row["batch_size"]
        assert Moment(row["t"], 3 * per_epoch, per_epoch).epoch == row["printed"] == row["pass"]
