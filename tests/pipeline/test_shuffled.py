import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.claim import load
from deepclaims.claims.results import Results
from deepclaims.errors import ClaimError
from deepclaims.evidence.check import findings
from deepclaims.evidence.statistics import mean_interval, proportion_interval, share_interval
from deepclaims.pipeline.shuffled import WORLDS, shuffled

TUNED, CHOOSING = "lstm", range(3900, 3904)
"""A part of the claim that is tuned by `score`, and the seeds that choose here."""


@pytest.fixture(scope="module")
def claim(checkout):
    seeds = {"first": CHOOSING.start, "count": len(CHOOSING)}
    changes = {f"parts.{TUNED}.tune.seeds.{key}": value for key, value in seeds.items()}
    return load(checkout / "conf", "recurrence/lstm-remembers", changes=changes)


def row(part, seed, metric, value):
    return {"part": part, "arm": "", "key": part, "seed": seed, "metric": metric, "step": pd.NA,
            "value": float(value)}  # fmt: skip


def made(claim, cells, tables=None):
    """Results of cells: part -> seed -> metric -> value."""
    rows = [
        row(part, seed, metric, value)
        for part, replicas in cells.items()
        for seed, metrics in replicas.items()
        for metric, value in metrics.items()
    ]
    return Results(claim, pd.DataFrame(rows).astype({"step": "Int64"}), tables or {})


def table(cells, **columns):
    """A row a replica, of columns that are told by its metrics."""
    return pd.DataFrame(
        [
            {"part": part, "arm": "", "key": part, "seed": seed}
            | {name: tell(metrics) for name, tell in columns.items()}
            for part, replicas in cells.items()
            for seed, metrics in replicas.items()
        ]
    )


def wide(results):
    return results.metrics.pivot(index=["key", "seed"], columns="metric", values="value")


CELLS = {
    part: {s: {"successes": first + s, "trials": 10 + first + s} for s in range(8)}
    for part, first in (("a", 0), ("b", 100))
}


def test_replicas_get_each_others_outcomes_whole(claim):
    tested = table(CELLS, missed=lambda of: of["trials"] - of["successes"], error=lambda of:
                   of["successes"] / 8, net=lambda of: f"net {of['successes']}")  # fmt: skip
    given = made(claim, CELLS | {"c": {0: {"left": -1}}}, {"tested": tested})
    worlds = list(shuffled(given))
    assert len(worlds) == WORLDS
    for world in worlds:
        found = wide(world)
        assert found.loc[("c", 0), "left"] == -1.0  # nobody else has it
        pairs = found.dropna(subset="trials")
        assert (pairs["trials"] - pairs["successes"] == 10.0).all()
        assert sorted(pairs["successes"]) == sorted([*range(8), *range(100, 108)])
        rows = world.tables["tested"]
        assert rows[["part", "key", "seed"]].equals(tested[["part", "key", "seed"]])
        assert list(rows["error"] * 8) == list(pairs["successes"])
        assert list(rows["net"]) == [f"net {k:.0f}" for k in pairs["successes"]]
        assert not rows["missed"].equals(rows["error"])
    assert any(not world.metrics["value"].equals(given.metrics["value"]) for world in worlds)


def test_copies_stay_copies_but_for_what_is_volatile(claim):
    cells = CELLS | {"again": CELLS["a"]}
    times = table(cells, score=lambda of: of["successes"], volatile_seconds=lambda of: 0.0)
    times["volatile_seconds"] = np.arange(len(times))
    moved = 0
    for world in shuffled(made(claim, cells, {"times": times})):
        found = wide(world)
        assert found.loc["a"].equals(found.loc["again"])
        moved += found.loc[("a", 0), "successes"] >= 100  # to another cell's
    assert moved


def test_a_cell_that_two_parts_share_is_one(claim):
    given = made(claim, CELLS)
    shared = given.metrics[given.metrics["key"] == "a"].assign(part="c")
    tested = table(CELLS, error=lambda of: of["successes"])
    tested = pd.concat([tested, tested[tested["key"] == "a"].assign(part="c")], ignore_index=True)
    given = Results(claim, pd.concat([given.metrics, shared], ignore_index=True), {"of": tested})
    for world in shuffled(given):
        first, second = (world.values(part, "successes") for part in ("a", "c"))
        assert list(first) == list(second) == list(world.table("of", "c")["error"])


def test_what_differs_in_its_rows_is_not_exchanged(claim):
    tested = table(CELLS, error=lambda of: of["successes"])
    tested = pd.concat([tested, tested[tested["key"] == "b"]], ignore_index=True)
    for world in shuffled(made(claim, CELLS, {"tested": tested})):
        assert wide(world).loc["a", "successes"].max() == 7.0


def test_replicas_that_choose_and_their_copies_stay(claim):
    tuning = {seed: {"score": seed, "other": -seed} for seed in CHOOSING}
    cells = {TUNED: tuning | {s: {"score": s, "other": -s} for s in range(8)}, "again": tuning}
    given = made(claim, cells)
    before, moved = wide(given), 0
    for world in shuffled(given):
        found = wide(world)
        for cell in cells:
            stay = [(cell, seed) for seed in CHOOSING]
            assert found.loc[stay].equals(before.loc[stay])
        assert (found["score"] == -found["other"]).all()
        moved += not found.equals(before)
    assert moved


def test_a_table_that_does_not_say_whose_its_rows_are_stays(claim):
    pooled = pd.DataFrame({"part": ["a", "b"], "share": [0.25, 0.75]})
    assert all(
        world.tables["pooled"].equals(pooled)
        for world in shuffled(made(claim, CELLS, {"pooled": pooled}))
    )


@pytest.mark.parametrize("columns", [{}, {"volatile_seconds": lambda of: of["successes"]}])
@pytest.mark.parametrize("rows", [0, 16])
def test_tables_that_say_little_are_no_obstacle(claim, columns, rows):
    given = made(claim, CELLS, {"device": table(CELLS, **columns)[:rows]})
    assert any(not world.metrics["value"].equals(given.metrics["value"])
               for world in shuffled(given))  # fmt: skip


def said(role, relation, bound):
    return {"role": role, "relation": relation, "bound": bound, "says": {"es": "…", "en": "…"}}


MENDED = {
    "as_printed": said("claim", "above", 0.5),
    "mended": said("repair", "outside", [0.4, 0.6]),
}


def judged(results, judge):
    """The findings of a judge: results -> the claim's estimate and the repair's."""

    def named(of):
        return dict(zip(MENDED, judge(of), strict=True))

    return findings(MENDED, named(results), map(named, shuffled(results)))


def shares():
    """Of each of 32 seeds whether it succeeded, and a number that no other has."""
    return {
        part: {s: {"won": s in winners, "lost": s not in winners, "loss": first + s / 32}
               for s in range(32)}
        for first, (part, winners) in enumerate({"a": {3, 5}, "b": range(0, 32, 2)}.items())
    }  # fmt: skip


def gains():
    """A fraction of each of 10 seeds."""
    drawn = np.random.default_rng(0).normal(0.0, 0.03, 10)
    return {part: {s: {"won": first + x, "lost": 1 - first - x} for s, x in enumerate(drawn)}
            for part, first in (("a", 0.1), ("b", 0.6))}  # fmt: skip


SMUGGLED = {
    "the same run, second cell": lambda r, of: (
        of(r.values("a", "won")), of(r.values("again", "won")),
    ),
    "metric and table": lambda r, of: (
        of(r.values("a", "won")), of(r.table("times", "a")["won"]),
    ),
    "two columns of a table": lambda r, of: (
        of(r.table("times", "a")["won"]), of(r.table("times", "a")["lost"]),
    ),
    "two columns, told by another table": lambda r, of: (
        of(r.table("times", "a")["won"]), of(r.table("others", "a")["lost"]),
    ),
    "a score and its complement": lambda r, of: (
        of(r.values("a", "score")), of(r.values("a", "lost")),
    ),
}  # fmt: skip


def smuggling(claim, cells):
    cells = {part: {s: of | {"score": of["won"]} for s, of in replicas.items()}
             for part, replicas in cells.items()}  # fmt: skip
    cells = cells | {"again": cells["a"]}
    tables = {
        "times": table(cells, won=lambda of: float(of["won"]), lost=lambda of: float(of["lost"])),
        "others": table(cells, lost=lambda of: float(of["lost"])),
    }
    return made(claim, cells, tables)


@pytest.mark.parametrize("how", SMUGGLED)
@pytest.mark.parametrize(
    ("cells", "law"), [(gains(), mean_interval), (shares(), share_interval)], ids=["t", "counts"]
)
def test_one_number_told_twice_is_refused(claim, cells, law, how):
    results = smuggling(claim, cells)
    with pytest.raises(ClaimError, match="estimate of its own"):
        judged(results, lambda r: SMUGGLED[how](r, law))
    told = {SMUGGLED[how](world, law)[0].value for world in shuffled(results)}
    assert len(told) > 2  # it was put to the test


def count(values):
    return proportion_interval(int(sum(values)), 8 * len(values))


@pytest.mark.parametrize("law", [lambda x: mean_interval(x / 8), count], ids=["t", "counts"])
@pytest.mark.parametrize("told", ["lost", "copy"])
def test_a_repair_by_the_score_that_chooses_is_refused(claim, law, told):
    """Its replicas stay, and so does what else they left: that shows no difference."""
    scores = [0, 1, 0, 2]
    chose = {
        s: {"score": k, "lost": 8 - k, "copy": k} for s, k in zip(CHOOSING, scores, strict=True)
    }
    reported = {s: {"score": s % 9, "lost": 8 - s % 9, "copy": s % 9} for s in range(20)}
    results = made(claim, {TUNED: chose | reported, "b": reported})

    def judge(of):
        rows = of.metrics[(of.metrics["part"] == TUNED) & of.metrics["seed"].isin(CHOOSING)]
        return [law(rows.loc[rows["metric"] == each, "value"].to_numpy())
                for each in ("score", told)]  # fmt: skip

    with pytest.raises(ClaimError, match="estimate of its own"):
        judged(results, judge)


def of_cells(*parts):
    def judge(of):
        return [
            proportion_interval(
                int(of.values(part, "successes")[0]), int(of.values(part, "trials")[0])
            )
            for part in parts
        ]

    return judge


def counted(**successes):
    return {part: {0: {"successes": k, "trials": 32}} for part, k in successes.items()}


def test_none_and_all_of_two_cells_are_two_numbers(claim):
    """As in recurrence/lstm-remembers, where other cells have other counts."""
    results = made(claim, counted(half_open=0, opened=32, rnn=4, near=32))
    first, second = judged(results, of_cells("half_open", "opened"))
    assert (first.outcome, second.outcome) == (False, True)


@pytest.mark.parametrize(
    "cells",
    [
        counted(half_open=0, opened=32),
        counted(half_open=0, opened=32, near=32),
        counted(half_open=0, opened=32) | {"rnn": {0: {"successes": 4, "trials": 32, "more": 0}}},
    ],
)
def test_where_nothing_can_tell_them_apart_they_are_taken_for_one(claim, cells):
    with pytest.raises(ClaimError, match="estimate of its own"):
        judged(made(claim, cells), of_cells("half_open", "opened"))


def test_a_copy_that_stays_while_the_other_moves_shows_nothing(claim):
    """The same nets in a cell that left one metric more: nobody can have its outcome."""
    cells = counted(a=2, b=9, c=20, again=2)
    cells["again"][0]["more"] = 0
    with pytest.raises(ClaimError, match="estimate of its own"):
        judged(made(claim, cells), of_cells("a", "again"))
