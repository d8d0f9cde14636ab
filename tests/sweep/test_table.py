import pandas as pd

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import Replica
from deepclaims.sweep.table import located, metric_rows


def rows(toy, *outcomes):
    cell = Cell({"x": 3}, f"{toy}:double", {}, claim="mine", part="all")
    replicas = [
        Replica(seed, outcome, {"registration": {"mine": f"r{seed}"}, "seconds": 2.0})
        for seed, outcome in enumerate(outcomes, start=7)
    ]
    return metric_rows(cell, replicas)


def test_a_replica_has_a_row_for_each_number_and_step(toy):
    found = rows(toy, Outcome({"y": 1.5}, {"loss": Curve([0, 9], [3.0, 2.0])}))
    assert found[["metric", "value"]].values.tolist() == [["y", 1.5], ["loss", 3.0], ["loss", 2.0]]
    assert found["step"].isna().tolist() == [True, False, False]


def test_a_replica_that_left_only_tables_is_counted_with_its_registration_and_cost(toy):
    counts = pd.DataFrame({"who": ["a"], "n": [2]})
    found = rows(toy, Outcome({}, tables={"counts": counts, "more": counts}), Outcome({"y": 1.0}))
    assert found[["seed", "metric", "value", "registration"]].values.tolist() == [
        [7, "tables", 2.0, "r7"],
        [8, "y", 1.0, "r8"],
    ]
    assert found["volatile_seconds"].sum() == 4.0


def test_rows_of_a_config_that_two_cells_share_stand_at_the_coordinates_of_each(toy):
    few, many = (
        Cell({"x": 3}, f"{toy}:double", {}, axes={"n": n, "name": name})
        for n, name in ((10, None), (50, "b"))
    )
    there = metric_rows(many, [Replica(seed, Outcome({"y": 1.0}), {}) for seed in (0, 1)])
    here = located(few, there)
    assert list(here["n"]) == [10, 10]
    assert list(here["name"]) == [None, None]
    beside = ["n", "name"]
    pd.testing.assert_frame_equal(here.drop(columns=beside), there.drop(columns=beside))
