import numpy as np
import pytest

from deepclaims.claims.recurrence.orthogonal_initialisation import judge, measure

NAME = "recurrence/orthogonal-initialisation"


@pytest.fixture(scope="module")
def results(measured_here):
    changes = {
        "seeds.first": 300, "seeds.count": 8, "grid.input": [0.3, 1.0],
        "parts.training.seeds.first": 300, "parts.training.params.replicas": 6,
        "parts.training.params.steps": 60, "parts.learning.tune.seeds.first": 310,
        "parts.learning.tune.seeds.count": 1, "parts.learning.params.steps": 20,
        "parts.learning.params.length": 6, "parts.learning.params.reported": 3,
    }  # fmt: skip
    found = measured_here(NAME, "laptop", changes)
    return with_training(found, departure=0.8, scatter=4.0)


def with_training(results, departure, scatter):
    """The results with 24 nets imagined, which end so far from orthogonal and so scattered."""
    from dataclasses import replace

    import pandas as pd

    rng = np.random.default_rng(0)
    rows = [
        pd.DataFrame(
            {
                "matrix": matrix, "seed": 300, "replica": range(24), "step": step,
                "departure": departure * (step > 0) + 0.05 * rng.random(24),
                "log_gain": -2.8 + rng.normal(0, scatter if step else 0.4, 24),
            }
        )
        for matrix in ("orthogonal", "gaussian")
        for step in (0, 100, 200)
    ]  # fmt: skip
    return replace(results, tables={**results.tables, "training": pd.concat(rows)})


def slope_of_orthogonal(results, value):
    table = results.metrics
    chosen = (table["part"] == "tanh") & (table["matrix"] == "orthogonal")
    return {"slope": lambda values: values.where(~chosen[values.index], value)}


STABLE = "L1.s63.3"


def test_as_measured_tanh_loses_what_the_matrix_keeps(results, ruling, rulings):
    found = rulings(results)
    assert found.pop(STABLE) == "corrected" == ruling(results)
    assert set(found.values()) == {"supported"}


def test_where_tanh_keeps_the_gradient_it_is_supported(results, made_world, ruling):
    world = made_world(results, "tanh", slope_of_orthogonal(results, 0.001))
    assert ruling(world) == "supported"


def test_where_a_direction_changes_orthogonal_matrices_are_no_isometries(
    results, made_world, rulings
):
    table = results.metrics
    chosen = (table["part"] == "linear") & (table["matrix"] == "orthogonal")
    stretched = {"isometry": lambda values: values.where(~chosen[values.index], 0.3)}
    found = rulings(made_world(results, "linear", stretched))
    assert {name for name, each in found.items() if each == "refuted"} == {"L1.s63.5"}
    assert found[STABLE] != "supported"


def test_where_gaussian_matrices_are_isometries_too_nothing_is_concluded_of_norms(
    results, made_world, rulings
):
    world = made_world(results, "linear", {"isometry": lambda values: 1e-13 + 0 * values})
    assert {rulings(world)[name] for name in (STABLE, "L1.s63.5")} == {"inconclusive"}


@pytest.mark.parametrize("matrix", ["orthogonal", "gaussian"])
def test_the_isometry_is_that_of_the_tenth_power(matrix):
    config = {"matrix": matrix, "activation": "linear", "input": 0.0, "width": 16, "steps": 30}
    found = measure.gains(config, 4).metrics["isometry"]
    assert (found < 1e-12) is (matrix == "orthogonal")
    assert (found > 1.0) is (matrix == "gaussian")


def test_where_theory_misses_the_rate_the_repair_does_not_hold(results, made_world, rulings):
    world = made_world(results, "tanh", {"slope": lambda values: values - 0.1})
    assert rulings(world)[STABLE] == "refuted"


def test_where_training_keeps_w_orthogonal_and_nets_alike_its_checks_fail(results, rulings):
    found = judge.judge(with_training(results, 0.0, 0.1))
    checks = results.claim.checks
    for name in ("only_first_step", "stability_lost"):
        assert found[name].satisfies("above", checks[name]["bound"]) is False
    assert rulings(with_training(results, 0.0, 0.1))["L1.s63.7"] == "refuted"


@pytest.mark.parametrize("matrix", ["shrunk", "grown"])
def test_where_no_matrix_is_too_small_or_large_care_is_not_needed(
    results, made_world, rulings, matrix
):
    table = results.metrics
    chosen = (table["part"] == "linear") & (table["matrix"] == matrix)
    calm = {"log_gain": lambda values: values.where(~chosen[values.index], 0.1)}
    found = rulings(made_world(results, "linear", calm))
    assert {name for name, each in found.items() if each == "refuted"} == {"L1.s63.2", "L1.s65.2"}


def test_training_leaves_orthogonality(measured_here):
    config = {
        "matrix": "orthogonal", "width": 16, "lag": 6, "noise": 1.0, "rate": 0.01, "steps": 40,
        "look": 20, "batch": 16, "replicas": 3,
    }  # fmt: skip
    table = measure.training(config, 5).tables["training"]
    assert sorted(table["step"].unique()) == [0, 20, 40]
    assert (table.loc[table["step"] == 0, "departure"] < 1e-5).all()
    assert (table.loc[table["step"] == 40, "departure"] > 0.05).all()
