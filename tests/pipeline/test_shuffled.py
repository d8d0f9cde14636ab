import pandas as pd

from deepclaims.claims.claim import load
from deepclaims.claims.results import Results
from deepclaims.pipeline.shuffled import WORLDS, shuffled


def results(checkout, tables=None):
    rows = [
        {"part": part, "key": part, "seed": seed, "metric": metric, "step": pd.NA, "value": value}
        for part in ("a", "b")
        for seed in range(8)
        for metric, value in (
            ("successes", float(seed)), ("trials", 10.0 + seed), ("score", float(seed)),
        )
    ]  # fmt: skip
    rows.append(
        {"part": "c", "key": "c", "seed": 0, "metric": "left", "step": pd.NA, "value": -1.0}
    )
    metrics = pd.DataFrame(rows).astype({"step": "Int64"})
    return Results(load(checkout / "conf", "recurrence/lstm-remembers"), metrics, tables or {})


def test_replicas_get_each_others_outcomes_whole(checkout):
    given = results(checkout)
    worlds = list(shuffled(given))
    assert len(worlds) == WORLDS
    for world in worlds:
        wide = world.metrics.pivot(index=["key", "seed"], columns="metric", values="value")
        pairs = wide.dropna(subset="trials")
        assert (pairs["trials"] - pairs["successes"] == 10.0).all()
        assert sorted(pairs["successes"]) == sorted([*range(8), *range(8)])
        assert list(wide["score"].dropna()) == [*range(8), *range(8)]  # what chooses stays
        assert wide.loc[("c", 0), "left"] == -1.0  # nobody else has it
    assert any(not world.metrics["value"].equals(given.metrics["value"]) for world in worlds)


def test_columns_of_a_table_are_dealt_out_and_its_keys_stay(checkout):
    table = pd.DataFrame(
        {"key": list("abcdefgh"), "seed": range(8), "error": [x / 8 for x in range(8)]}
    )
    for world in shuffled(results(checkout, {"tested": table})):
        found = world.tables["tested"]
        assert found[["key", "seed"]].equals(table[["key", "seed"]])
        assert sorted(found["error"]) == sorted(table["error"])
