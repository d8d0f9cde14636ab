import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.optimisation.sgd_cheaper_than_gd.measure import (
    EVERY,
    clock,
    descend,
    first_within,
    race,
    stay,
    wander,
    work,
)
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim.least_squares import drawn

NAME = "optimisation/sgd-cheaper-than-gd"
PROBLEM = {"d": 6, "kappa": 20.0, "noise": 0.3, "ridge": 0.01}


def imagine(part, arm, axes, seed, *, steps_of_sgd=900.0, power=0.0, best=4, floor=1e-2, slow=5e-6):
    """A world in which SGD takes `steps_of_sgd` · n^power samples, gradient descent 80 steps."""
    n, rng = axes["n"], np.random.default_rng([seed, axes["n"]])
    if part.task == "work":
        return Outcome({"gd": 4.0 * n * axes["d"], "sgd": 4.0 * axes["d"]})
    if part.task == "clock":
        seconds = [slow + 1e-9 * n * 20, 5e-6]
        seconds = [s * (1 + 0.05 * rng.random()) for s in seconds]
        table = pd.DataFrame({"method": ["gd", "sgd"], "volatile_seconds": seconds})
        return Outcome({}, {}, {"clock": table})
    penalty = np.abs(np.arange(9) - best)
    luck = 1 + 0.02 * rng.normal()
    sgd = (1 + penalty) * steps_of_sgd * n**power * luck
    curves = {"gd_steps": (1 + penalty) * 80.0 * luck, "sgd_steps": sgd}
    curves = {name: Curve(list(range(1, 10)), list(each)) for name, each in curves.items()}
    return Outcome({"gd_floor": 1e-12, "sgd_ball": floor * luck}, curves)


def test_where_sgd_needs_the_same_whatever_n_it_is_supported(imagined, ruling):
    assert ruling(imagined(NAME, imagine)) == "supported"


def test_where_sgds_samples_grow_with_n_it_is_refuted(imagined, ruling):
    def world(*args):
        return imagine(*args, steps_of_sgd=30.0, power=0.7)

    assert ruling(imagined(NAME, world)) == "refuted"


def test_time_decides_nothing(imagined, ruling):
    def world(part, *args):
        made = imagine(part, *args)
        if part.task == "clock":
            table = made.tables["clock"].assign(volatile_seconds=1.0)
            return Outcome({}, {}, {"clock": table})
        return made

    assert ruling(imagined(NAME, world)) == "supported"


def test_where_a_full_step_is_no_heavier_it_is_refuted(imagined, rulings):
    def world(part, arm, axes, *args):
        made = imagine(part, arm, axes, *args)
        if part.task == "work":
            return Outcome({**made.metrics, "sgd": made.metrics["gd"] / 2})
        return made

    found = rulings(imagined(NAME, world))
    assert found["L1.s14.1"] == "refuted"
    assert found["L1.s13.4"] == "supported"


@pytest.mark.parametrize("changes", [{"best": 8}, {"floor": 1e-9}, {"steps_of_sgd": 20.0}])
def test_where_a_control_fails_nothing_is_concluded(imagined, ruling, changes):
    """A rate at the edge; no ball; an advantage with 20 samples already."""

    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world)) == "inconclusive"


def test_descent_takes_the_steps_that_torch_takes():
    problem = drawn(50, 3, 10.0, 0.5, 0.01, 2)
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer, first = torch.optim.SGD([w], lr=0.5), problem.excess(torch.zeros(1, 3).double())
    steps = 0
    while problem.excess(w.detach()[None]) > 0.1 * first:
        optimizer.zero_grad()
        (((problem.x @ w - problem.y) ** 2).mean() / 2 + 0.005 * (w**2).sum()).backward()
        optimizer.step()
        steps += 1
    assert first_within(descend(problem, [0.5], 200), 1, 0.1).tolist() == [steps]


def test_a_rate_too_large_never_arrives():
    problem, generator = drawn(50, 3, 10.0, 0.5, 0.01, 2), torch.Generator().manual_seed(0)
    assert np.isnan(first_within(descend(problem, [5.0], 100), 1, 0.1)).all()
    found = first_within(wander(problem, [0.1, 5.0], 400, 4, generator), EVERY, 0.1)
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


def test_a_step_is_four_operations_a_sample_and_parameter():
    found = work({**PROBLEM, "n": 50}, 0).metrics
    assert found == {"gd": 4.0 * 50 * 6, "sgd": 4.0 * 6}


def test_time_is_volatile():
    outcome = clock({**PROBLEM, "n": 50}, 0)
    assert list(outcome.tables["clock"].columns) == ["method", "volatile_seconds"]
    assert not outcome.metrics


def test_a_seed_decides_the_race():
    config = {
        **PROBLEM,
        "n": 40,
        "share": 0.1,
        "steps": {"gd": 50, "sgd": 50, "stay": 20},
        "replicas": 2,
    }
    config["rates"] = {"gd": [0.5, 1.0], "sgd": [0.02, 0.05]}
    first, again, other = race(config, 1), race(config, 1), race(config, 2)
    assert repr(first) == repr(again)
    assert repr(first) != repr(other)


def test_the_ball_from_the_minimum_is_the_sharp_constants():
    """Excess α tr(Σ*)/4 for one sample a step and small α."""
    problem = drawn(200, 3, 4.0, 0.5, 0.01, 3)
    off = problem.x @ problem.minimiser - problem.y
    each = off[:, None] * problem.x + problem.ridge * problem.minimiser
    first = problem.excess(torch.zeros(1, 3).double())[0]
    theory = 0.05 * each.var(dim=0, correction=0).sum() / 4 / first
    found = stay(problem, [0.05], 1000, 200, torch.Generator().manual_seed(1))
    assert found == pytest.approx(float(theory), rel=0.15)
