import numpy as np
import pytest

from deepclaims.claims.recurrence.orthogonal_initialisation import judge, measure

NAME = "recurrence/orthogonal-initialisation"


@pytest.fixture(scope="module")
def results(measured_here):
    changes = {
        "seeds.first": 300, "seeds.count": 8, "grid.input": [0.3, 1.0],
        "parts.training.seeds.first": 300, "parts.training.params.replicas": 6,
        "parts.training.params.steps": 60,
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


def test_as_measured_tanh_loses_what_the_matrix_keeps(results, ruling):
    assert ruling(results) == "corrected"


def test_where_tanh_keeps_the_gradient_it_is_supported(results, made_world, ruling):
    world = made_world(results, "tanh", slope_of_orthogonal(results, 0.001))
    assert ruling(world) == "supported"


def test_where_theory_misses_the_rate_it_is_refuted(results, made_world, ruling):
    world = made_world(results, "tanh", {"slope": lambda values: values - 0.1})
    assert ruling(world) == "refuted"


def test_where_training_keeps_w_orthogonal_and_nets_alike_its_checks_fail(results, ruling):
    found = judge.judge(with_training(results, 0.0, 0.1))
    checks = results.claim.checks
    for name in ("only_first_step", "stability_lost"):
        assert found[name].satisfies("above", checks[name]["bound"]) is False


@pytest.mark.parametrize("matrix", ["shrunk", "grown"])
def test_where_a_control_fails_nothing_is_concluded(results, made_world, ruling, matrix):
    table = results.metrics
    chosen = (table["part"] == "linear") & (table["matrix"] == matrix)
    calm = {"log_gain": lambda values: values.where(~chosen[values.index], 0.1)}
    assert ruling(made_world(results, "linear", calm)) == "inconclusive"


def test_training_leaves_orthogonality(measured_here):
    config = {
        "matrix": "orthogonal", "width": 16, "lag": 6, "noise": 1.0, "rate": 0.01, "steps": 40,
        "look": 20, "batch": 16, "replicas": 3,
    }  # fmt: skip
    table = measure.training(config, 5).tables["training"]
    assert sorted(table["step"].unique()) == [0, 20, 40]
    assert (table.loc[table["step"] == 0, "departure"] < 1e-5).all()
    assert (table.loc[table["step"] == 40, "departure"] > 0.05).all()
