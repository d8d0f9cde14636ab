import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.claim import load
from deepclaims.claims.results import Results
from deepclaims.pipeline import deposit

ABOUT = {
    "claim": "convolution/lenet-parameters",
    "profile": "laptop",
    "changes": {},
    "shift": 0,
    "sources": {"mnist": "official"},
    "mlflow_parent": "abc",
    "mlflow_runs": {"k": "def"},
    "computed": {"seconds": 3.0},
}


@pytest.fixture
def results(checkout):
    metrics = pd.DataFrame(
        {"key": ["k"], "seed": [1000], "value": [0.1], "step": pd.array([None], dtype="Int64"),
         "registration": ["a-b-c"], "volatile_seconds": [3.0], "volatile_device": ["CPU"]}
    )  # fmt: skip
    tables = {
        "times": pd.DataFrame({"key": ["k"], "volatile_seconds": [1.5]}),
        "drawn": pd.DataFrame({"key": ["k"]}),
    }
    return Results(load(checkout / "conf", ABOUT["claim"]), metrics, tables)


@pytest.fixture
def measured(results, tmp_path):
    """The folder of the tables, as `measure` writes them."""
    folder = tmp_path / "results"
    folder.mkdir()
    for name, content in deposit.files(results.metrics, results.tables).items():
        (folder / name).write_bytes(content)
    return folder


def test_a_deposit_has_the_tables_and_nothing_volatile_of_the_replicas(results, measured, tmp_path):
    folder = tmp_path / "tables"
    assert deposit.write(folder, measured, ABOUT)
    assert {file.name for file in folder.iterdir()} == {
        "replicas.parquet", "times.parquet", "drawn.parquet", "about.json",
    }  # fmt: skip
    kept = pd.read_parquet(folder / "replicas.parquet")
    asked = ["key", "seed", "value", "step", "registration"]
    pd.testing.assert_frame_equal(kept, results.metrics[asked])
    times = pd.read_parquet(folder / "times.parquet")
    pd.testing.assert_frame_equal(times, results.tables["times"])  # a time that is judged stays
    assert json.loads((folder / "about.json").read_text()).keys() == set(deposit.DECIDING)


def test_what_a_claim_deposits_in_place_of_its_tables_names_them(results, measured, tmp_path):
    folder, again = tmp_path / "tables", tmp_path / "again"
    less = replace(results, tables={"counts": pd.DataFrame({"n": [1]})})
    deposit.write(folder, measured, ABOUT, less)
    assert {file.name for file in folder.iterdir()} == {
        "replicas.parquet", "counts.parquet", "about.json",
    }  # fmt: skip
    about = json.loads((folder / "about.json").read_text())
    assert about["whole"] == deposit.hashes(measured)
    deposit.write(again, folder, about)  # of a deposit, the same deposit
    assert {file.name: file.read_bytes() for file in again.iterdir()} == {
        file.name: file.read_bytes() for file in folder.iterdir()
    }


def test_it_is_written_only_when_it_differs(measured, tmp_path):
    folder = tmp_path / "tables"
    deposit.write(folder, measured, ABOUT)
    before = {file: (file.stat().st_ino, file.read_bytes()) for file in folder.iterdir()}
    assert not deposit.write(folder, measured, ABOUT | {"mlflow_parent": "another"})
    assert {file: (file.stat().st_ino, file.read_bytes()) for file in folder.iterdir()} == before
    (measured / "times.parquet").unlink()
    assert deposit.write(folder, measured, ABOUT)
    assert not (folder / "times.parquet").exists()


def test_a_table_comes_back_to_the_last_bit_however_it_is_written():
    numbers = np.random.default_rng(0).normal(size=4000)
    numbers[:3] = np.nan, -0.0, np.inf
    table = pd.DataFrame({"key": "k", "lr": [0.1, 0.2] * 2000, "value": numbers})
    (written,) = deposit.files(table, {}).values()
    back = pd.read_parquet(io.BytesIO(written))
    assert back["value"].to_numpy().tobytes() == numbers.tobytes()
    pd.testing.assert_frame_equal(back, table)
    assert len(written) < numbers.nbytes
