"""What a rerun changed: the report as it is against that of another commit, check by check.

    python benchmarks/rerun.py COMMIT [--shown 10]

For a rerun on another machine, after `make reproduce` there. Printed: how many numbers of replicas
and how many estimates (value and interval) are the same to the last digit and to six, which checks
came out otherwise, and how many rulings and verdicts did.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from deepclaims.project import Project

SIX_DIGITS = 1e-6
ENDS = ("value", "low", "high")
BESIDE = {"key", "value", "registration"}
"""Columns that do not say which number it is: a key changes with the code that it hashes."""


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit", help="whose report is the other one")
    parser.add_argument("--shown", type=int, default=10, help="checks to name")
    given = parser.parse_args()
    project = Project.here()
    now = json.loads((project.reports / "claims.json").read_text(encoding="utf-8"))
    before = json.loads(_at(project, given.commit, "claims.json"))
    _say_numbers(project, given.commit, before, now)
    _say_estimates(before, now)
    _say_outcomes(before, now, given.shown)
    return 0


def _say_numbers(
    project: Project, commit: str, before: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    total = same = close = 0
    for id_ in before.keys() & now.keys():
        path = f"tables/{now[id_]['chapter']}/{id_}/replicas.parquet"
        then = pd.read_parquet(io.BytesIO(_at(project, commit, path)))
        present = pd.read_parquet(project.reports / path)
        identity = [each for each in then if each in present and each not in BESIDE]
        both = then.merge(present, on=identity)
        pairs = list(zip(both["value_x"], both["value_y"], strict=True))
        total += len(then)
        same += sum(_are_one(*pair, 0.0) for pair in pairs)
        close += sum(_are_one(*pair, SIX_DIGITS) for pair in pairs)
    print(f"numbers of replicas: {total}; {same} the same to the last digit, {close} to six")


def _say_estimates(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    pairs = [(one, other) for _, _, one, other in _checks(before, now)]
    counts = [
        sum(all(_are_one(one[end], other[end], apart) for end in ENDS) for one, other in pairs)
        for apart in (0.0, SIX_DIGITS)
    ]
    print(f"estimates: {len(pairs)}; {counts[0]} the same to the last digit, {counts[1]} to six")


def _say_outcomes(before: Mapping[str, Any], now: Mapping[str, Any], shown: int) -> None:
    moved = [
        f"{id_}, {name} ({one['role']}): {one['outcome']} -> {other['outcome']}"
        for id_, name, one, other in _checks(before, now)
        if one["outcome"] != other["outcome"]
    ]
    print(f"checks that came out otherwise: {len(moved)}")
    print(*(f"  {line}" for line in moved[:shown]), sep="\n")
    shared = before.keys() & now.keys()
    sentences = [(before[id_]["sentences"], now[id_]["sentences"]) for id_ in shared]
    rulings = sum(
        one[name]["ruling"] != other[name]["ruling"]
        for one, other in sentences
        for name in one.keys() & other.keys()
    )
    verdicts = sum(before[id_]["verdict"] != now[id_]["verdict"] for id_ in shared)
    count = sum(len(one) for one, _ in sentences)
    print(f"rulings that changed: {rulings} of {count}; verdicts: {verdicts} of {len(shared)}")


def _checks(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    for id_ in sorted(before.keys() & now.keys()):
        then, present = before[id_]["checks"], now[id_]["checks"]
        for name in sorted(then.keys() & present.keys()):
            yield id_, name, then[name], present[name]


def _are_one(one: float | str | None, other: float | str | None, apart: float) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return math.isclose(one, other, rel_tol=apart, abs_tol=1e-12 if apart else 0.0)
    return one == other


def _at(project: Project, commit: str, path: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(project.root), "show", f"{commit}:./reports/{path}"],
        check=True,
        capture_output=True,
    ).stdout


if __name__ == "__main__":
    raise SystemExit(main())
