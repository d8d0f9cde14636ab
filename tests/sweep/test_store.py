import json
import math

import pytest

from deepclaims.errors import StorageError
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.sweep.cell import Cell
from deepclaims.sweep.store import RunStore


@pytest.fixture
def cell(toy):
    return Cell({"x": 3}, f"{toy}:double", {})


def test_a_replica_comes_back_bit_for_bit(tmp_path, cell):
    import pandas as pd

    store = RunStore(tmp_path / "runs")
    outcome = Outcome(
        {"third": 1 / 3, "nothing": math.nan, "much": math.inf},
        {"loss": Curve([0, 7], [0.1 + 0.2, 1e-300])},
        {"counts": pd.DataFrame({"who": ["a"], "n": [2]})},
    )
    store.save(cell, 1000, outcome, {"seconds": 1.5})
    back = store.load(cell.key, 1000)
    assert back.outcome.metrics["third"] == 1 / 3
    assert math.isnan(back.outcome.metrics["nothing"])
    assert back.outcome.metrics["much"] == math.inf
    assert list(back.outcome.curves["loss"].values) == [0.1 + 0.2, 1e-300]
    assert back.outcome.tables["counts"].to_dict("list") == {"who": ["a"], "n": [2]}
    assert back.about == {"seconds": 1.5}
    assert store.seeds(cell.key) == [1000]
    assert store.keys() == [cell.key]


def test_a_replica_without_its_marker_is_not_finished(tmp_path, cell):
    store = RunStore(tmp_path)
    store.save(cell, 1, Outcome({"y": 1.0}), {})
    (tmp_path / cell.key / "1" / "done.json").unlink()
    assert not store.has(cell.key, 1)
    store.save(cell, 1, Outcome({"y": 2.0}), {})
    assert store.load(cell.key, 1).outcome.metrics == {"y": 2.0}


@pytest.mark.parametrize("name", ["outcome.json", "done.json"])
def test_a_damaged_file_is_refused_by_name(tmp_path, cell, name):
    store = RunStore(tmp_path)
    store.save(cell, 1, Outcome({"y": 1.0}), {})
    file = tmp_path / cell.key / "1" / name
    file.write_text(file.read_text()[:-3])
    with pytest.raises(StorageError, match=name):
        store.load(cell.key, 1)


def test_a_flipped_digit_is_found(tmp_path, cell):
    store = RunStore(tmp_path)
    store.save(cell, 1, Outcome({"y": 1.0}), {})
    file = tmp_path / cell.key / "1" / "outcome.json"
    content = json.loads(file.read_text())
    content["metrics"]["y"] = 2.0
    file.write_text(json.dumps(content))
    with pytest.raises(StorageError, match="damaged"):
        store.load(cell.key, 1)


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path, cell):
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="cannot write"):
        RunStore(tmp_path / "runs").save(cell, 1, Outcome({}), {})
