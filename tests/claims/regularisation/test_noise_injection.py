from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.regularisation.noise_injection import measure
from deepclaims.claims.regularisation.noise_injection.judge import STRENGTH, judge, pairs, preferred
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.unit_noise import UnitNoise

NAME = "regularisation/noise-injection"
X = torch.linspace(-1, 1, 12).reshape(3, 4)


def net(sigma=0.0):
    torch.manual_seed(0)
    return perceptron(Interface(((4,),), 3), UnitNoise(sigma=sigma), depth=1, width=5).eval()


@pytest.mark.parametrize("kind", sorted(STRENGTH))
def test_noise_is_in_the_answers_and_not_left_in_the_net(kind):
    own = net(0.5)
    before = own(X)
    disturb = measure.DISTURBED[kind]
    first, again = (disturb(own, X, 0.5, torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, before)
    assert torch.equal(own(X), before)


def test_each_kind_disturbs_what_it_says():
    """On a linear net the variance of the answers is known: σ²|w|² from inputs, σ²(|x|² + 1)."""
    torch.manual_seed(0)
    linear = torch.nn.Linear(4, 1)
    x, draws, sigma = torch.tensor([[1.0, -2.0, 0.5, 1.0]]), torch.Generator().manual_seed(0), 0.3
    with torch.no_grad():
        wide = measure.on_inputs(linear, x.expand(20_000, -1), sigma, draws)
        moved = torch.cat([measure.on_parameters(linear, x, sigma, draws) for _ in range(4_000)])
    squares = linear.weight.detach().square().sum()
    assert float(wide.var()) == pytest.approx(float(sigma**2 * squares), rel=0.05)
    assert float(moved.var()) == pytest.approx(float(sigma**2 * (x.square().sum() + 1)), rel=0.1)


def test_hidden_noise_goes_through_the_last_layer():
    own = net(0.7)
    last = own.layers[-1].weight.detach()
    answers = measure.on_units(own, X[:1].expand(20_000, -1), 0.7, torch.Generator().manual_seed(0))
    assert answers.detach().var(0).numpy() == pytest.approx(
        (0.49 * last.square().sum(1)).numpy(), rel=0.05
    )


def test_a_small_net_end_to_end(project_with_data):
    config = {
        "strengths": {"inputs": 0.5, "units": 1.0, "parameters": 0.1},
        "training": {
            "data": {"name": "mnist", "pool": 2, "n_train": 100, "n_test": 200},
            "model": {"name": "mlp", "depth": 1, "width": 8},
            "init": {"name": "he"},
            "optimizer": {"name": "adam", "lr": 0.01},
            "schedule": {"name": "linear"},
            "fit": {"steps": 20, "batch_size": 20, "evaluate": []},
        },
    }
    for kind in STRENGTH:
        found = measure.evaluated({**config, "kind": kind}, 3).metrics
        assert found["silent"] == 0
        assert found["loud"] > 0.01


MIDDLE = {"inputs": 0.5, "units": 2.0, "ecg_inputs": 0.2, "ecg_units": 1.0}
"""Of the strengths of each part; those of the parameters have 0.06."""


def lecture(part, axes, rng):
    """(validation, test error) where each kind saves something at the middle of its strengths."""
    kind = part.removeprefix("ecg_")
    error = 0.14 + 0.01 * (axes["optimizer.lr"] not in (0.016, 0.06)) + 0.003 * rng.normal()
    saved = {"none": 0.0, "inputs": 0.03, "units": 0.01, "parameters": 0.015}[kind]
    middle = axes.get(STRENGTH.get(kind, "")) == MIDDLE.get(part, 0.06)
    return (error - saved * middle,) * 2


@pytest.fixture
def world(imagined_patients):
    def make(errors=lecture, added=0.5, silent=0.0, loud=3.0):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.task == "evaluated":
                extra = added + 0.2 * rng.normal()
                return Outcome({"silent": silent, "loud": loud, "error_added": extra})
            validation, test = errors(part.name, axes, rng)
            return Outcome(
                {
                    "validation_error": validation,
                    "test_error": test,
                    "train_error": 0.0,
                    "train_loss": 0.01,
                    "test_loss": 4 * test,
                }
            )

        return imagined_patients(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    outcomes = {
        each.check.name: each.outcome for each in findings(results.claim.checks, judge(results))
    }
    assert all(held for name, held in outcomes.items() if name != "helps_on_ecg")


def test_the_kind_is_chosen_on_validation(world):
    def misleading(part, axes, rng):
        validation, test = lecture(part, axes, rng)
        return validation, test - 0.1 * (part == "units")

    by_kind = pairs(world(misleading))
    assert preferred(by_kind) is by_kind["inputs"]


def test_refuted_kind_by_kind(world, rulings):
    def one_hurts(part, axes, rng):
        validation, test = lecture(part, axes, rng)
        return validation, test + 0.03 * (part == "units")

    found = rulings(world(one_hurts))
    assert found["L1.s40.5"] == "refuted"
    assert found["L1.s40.4"] == found["L1.s40.3"] == found["L1.s38.3"] == "supported"


def test_open_where_it_makes_no_difference(world, rulings):
    def same(part, axes, rng):
        return lecture(part, axes, rng)[0], 0.14 + 0.003 * rng.normal()

    assert set(rulings(world(same)).values()) == {"inconclusive", "supported"}


def test_refuted_where_leaving_it_on_helps(world, rulings):
    assert rulings(world(added=-1.0))["L1.s40.1"] == "refuted"


@pytest.mark.parametrize("broken", [{"silent": 1e-7}, {"loud": 0.0}])
def test_nothing_is_decided_where_the_noise_is_not_where_it_should_be(world, rulings, broken):
    assert set(rulings(world(**broken)).values()) == {"inconclusive"}


def test_ecg_asks_the_patients(world):
    results = world()
    found = judge(results)["helps_on_ecg"]
    assert found.n == 7
    table = results.tables["confusion"]
    assert isinstance(table, pd.DataFrame)
    swapped = replace(results, tables={"confusion": table.assign(predicted=1)})
    assert judge(swapped)["helps_on_ecg"].value == 0
