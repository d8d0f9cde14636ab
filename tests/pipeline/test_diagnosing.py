import json

import pandas as pd
import pytest

from deepclaims.pipeline.diagnosing import _by_place, diagnose_one
from deepclaims.pipeline.diagnosis_key import diagnosing_key
from deepclaims.pipeline.judging import Measured
from deepclaims.pipeline.kept import Kept

NAME = "regularisation/weight-decay"
CELLS = [  # part, arm, key, axes, errors of each seed by split
    ("none", "none", "a", {"optimizer.lr": 0.1}, {"train": [0.1, 0.3], "validation": [0.3, 0.5]}),
    ("decay", "decay", "b", {"data.label_noise": 0.1}, {"train": [0.1, None], "test": [0.1, 0.2]}),
    ("zero", "zero", "c", {}, {"validation": [0.1, 0.1]}),
    ("bare", "bare", "d", {}, {"train": [None], "validation": [0.1]}),
]


@pytest.fixture
def measured(checkout, tmp_path):
    """`measured(source of MNIST)`: made tables of a claim."""

    def make(source="official"):
        rows = [
            {"part": part, "arm": arm, "key": key, "seed": seed, "metric": f"{split}_error",
             "step": pd.NA, "value": value, "registration": "", "volatile_seconds": 1.0, **axes}
            for part, arm, key, axes, errors in CELLS
            for split, values in errors.items()
            for seed, value in enumerate(values)
        ]  # fmt: skip
        rows += [
            {**rows[0], "metric": "train_loss", "seed": seed, "step": step,
             "value": float("nan") if (seed, step) == (1, 50) else 2.0 ** -step + seed}
            for seed in (0, 1) for step in range(1, 51)
        ]  # fmt: skip
        table = pd.DataFrame(rows).astype({"step": "Int64", "value": float})
        table.to_parquet(tmp_path / "replicas.parquet")
        about = {"claim": NAME, "profile": "laptop", "shift": 0, "sources": {"mnist": source}}
        (tmp_path / "about.json").write_text(json.dumps(about))
        from deepclaims.project import Project

        return Measured.at(Project(checkout), NAME, tmp_path)

    return make


def test_seeds_that_choose_and_report_are_one_cell(measured, checkout, tmp_path):
    """At what was chosen both have a key: the ones score no test split."""
    result = measured()
    file = tmp_path / "replicas.parquet"
    table = pd.read_parquet(file)
    table.loc[(table["key"] == "a") & (table["seed"] == 1), "key"] = "choosing"
    table.to_parquet(file)
    none, _ = diagnose_one(result, checkout / "conf")
    assert none.n == 2
    assert none.errors.gap == pytest.approx(0.2)


def test_cells_with_both_errors_are_diagnosed(measured, checkout):
    none, decay = diagnose_one(measured(), checkout / "conf")
    assert (none.part, none.arm, none.axes, none.n) == ("none", "none", {"optimizer.lr": 0.1}, 2)
    assert (none.split, none.reference) == ("validation", "best")
    assert none.errors.avoidable_bias == pytest.approx(0.2 - 0.0023)
    assert none.errors.gap == pytest.approx(0.2)
    assert len(none.curve) == 12
    assert none.curve[0] == 1.0  # the mean over both seeds at the first step
    assert none.curve[-1] == pytest.approx(2.0**-50, rel=0.01)  # one had no number there
    assert decay.curve == ()
    assert (decay.split, decay.n) == ("test", 1)  # the other seed diverged
    assert decay.errors.bayes == pytest.approx(0.10207)


def test_of_a_stand_in_no_bayes_error_is_known(measured, checkout):
    assert {each.reference for each in diagnose_one(measured("embedded"), checkout / "conf")} == {
        "none"
    }


def test_it_is_made_anew_when_something_it_rests_on_changed(measured, checkout):
    keys = [
        diagnosing_key(measured(source), checkout / "conf") for source in ("official", "computed")
    ]
    assert keys[0] != keys[1]
    assert keys[0] == diagnosing_key(measured(), checkout / "conf")


def test_it_is_kept_beside_the_verdict(measured, checkout, tmp_path):
    from dataclasses import asdict

    cells = diagnose_one(measured(), checkout / "conf")
    kept = Kept(verdict={"estimates": {}}, cells=[asdict(each) for each in cells])
    kept.write(tmp_path)
    assert Kept.read(tmp_path).diagnoses() == cells


def test_places_of_one_config_are_told_apart():
    """As a stand-in makes them that has fewer samples than either asks for."""
    rows = pd.DataFrame(
        {"part": "net", "arm": "", "key": "k", "seed": [0, 0, 1], "n": [10, 50, 50], "value": 0.0}
    )
    ten, fifty, again = _by_place(rows)["key"]
    assert ten != fifty == again
