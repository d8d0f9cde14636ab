"""The file of hashes that `judge` depends on."""

import hashlib
import json

from deepclaims.pipeline import measured


def put(results, claim, **files):
    folder = results / claim
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"about.json": "{}", **files}.items():
        (folder / name).write_text(content)


def test_a_claim_a_line_with_the_hash_of_its_tables(tmp_path):
    results = tmp_path / "results"
    put(results, "optimisation/one", **{"replicas.parquet": "a"})
    put(results, "signals/two")
    (results / "signals" / ".draft").mkdir()  # of a process that was killed
    assert measured.write(results)
    told = json.loads((tmp_path / "measured.json").read_text())
    assert list(told) == ["optimisation/one", "signals/two"]
    files = {"about.json": b"{}", "replicas.parquet": b"a"}
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in files)
    assert told["optimisation/one"] == hashlib.sha256(lines.encode()).hexdigest()
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
