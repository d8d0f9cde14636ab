"""The file of hashes that `judge` depends on."""

import json

from deepclaims.pipeline import measured

ABOUT = {"profile": "laptop", "changes": {}, "shift": 0, "sources": {}}


def put(results, claim, seconds=1.0, **files):
    folder = results / claim
    folder.mkdir(parents=True, exist_ok=True)
    about = {**ABOUT, "claim": claim, "computed": {"seconds": seconds}}
    for name, content in {"about.json": json.dumps(about), **files}.items():
        (folder / name).write_text(content)


def test_a_claim_a_line_with_the_hash_of_its_tables(tmp_path):
    results = tmp_path / "results"
    put(results, "optimisation/one", **{"replicas.parquet": "a"})
    put(results, "signals/two")
    (results / "signals" / ".draft").mkdir()  # of a process that was killed
    assert measured.write(results)
    told = json.loads((tmp_path / "measured.json").read_text())
    assert list(told) == ["optimisation/one", "signals/two"]
    assert len(told["optimisation/one"]) == 64
    assert told["optimisation/one"] != told["signals/two"]
    assert not measured.write(results)


def test_where_and_when_it_was_computed_changes_nothing(tmp_path):
    results = tmp_path / "results"
    put(results, "optimisation/one", **{"replicas.parquet": "a"})
    measured.write(results)
    put(results, "optimisation/one", seconds=2.0, **{"replicas.parquet": "a"})
    assert not measured.write(results)


def test_a_changed_table_changes_its_line_alone(tmp_path):
    results = tmp_path / "results"
    put(results, "optimisation/one", **{"replicas.parquet": "a"})
    put(results, "signals/two")
    measured.write(results)
    before = json.loads((tmp_path / "measured.json").read_text())
    put(results, "optimisation/one", **{"replicas.parquet": "b"})
    assert measured.write(results)
    after = json.loads((tmp_path / "measured.json").read_text())
    assert [name for name in before if before[name] != after[name]] == ["optimisation/one"]
