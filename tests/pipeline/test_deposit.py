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


def test_a_deposit_has_what_judging_reads_and_nothing_volatile_of_the_replicas(results, tmp_path):
    folder = tmp_path / "tables"
    assert deposit.write(folder, results, ["times"], ABOUT)
    assert {file.name for file in folder.iterdir()} == {
        "replicas.parquet", "times.parquet", "about.json",
    }  # fmt: skip
    kept = pd.read_parquet(folder / "replicas.parquet")
    asked = ["key", "seed", "value", "step", "registration"]
    pd.testing.assert_frame_equal(kept, results.metrics[asked])
    times = pd.read_parquet(folder / "times.parquet")
    pd.testing.assert_frame_equal(times, results.tables["times"])  # a time that is judged stays
    assert "mlflow" not in (folder / "about.json").read_text()


def test_it_is_written_only_when_it_differs(results, tmp_path):
    folder = tmp_path / "tables"
    deposit.write(folder, results, ["times"], ABOUT)
    before = {file: (file.stat().st_ino, file.read_bytes()) for file in folder.iterdir()}
    assert not deposit.write(folder, results, ["times"], ABOUT | {"mlflow_parent": "another"})
    assert {file: (file.stat().st_ino, file.read_bytes()) for file in folder.iterdir()} == before
    assert deposit.write(folder, results, [], ABOUT)
    assert not (folder / "times.parquet").exists()


def test_tables_remember_what_was_read_of_them(results):
    tables = deposit.Noted(results.tables)
    assert "drawn" in tables
    assert list(tables) == ["times", "drawn"]
    assert len(tables["times"]) == 1
    with pytest.raises(KeyError):
        tables["nothing"]
    assert tables.read == {"times"}
