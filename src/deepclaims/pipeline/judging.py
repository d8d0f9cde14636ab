"""One claim judged and drawn from its tables; what decides either, as hashes. Never trains.

What is imported only here: pandas, for a claim whose tables, checks or code changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.claims import claim as claims
from deepclaims.claims import pattern
from deepclaims.claims.claim import Claim
from deepclaims.errors import ClaimError, DeepclaimsError, StageError, StorageError
from deepclaims.evidence.check import findings
from deepclaims.evidence.registration import WORDS, Registration, post_hoc
from deepclaims.evidence.verdict import Verdict, verdict
from deepclaims.languages import LANGUAGES
from deepclaims.pipeline import deposit
from deepclaims.project import Project
from deepclaims.sweep.fingerprint import code_fingerprint

if TYPE_CHECKING:
    from deepclaims.claims.results import Results

DECIDING = ("data", "seeds", "grid", "parts", "tune")
"""Entries of a claim's file that judging reads, besides checks and what a registration hashes."""
JUDGING = "deepclaims.pipeline.judging:judge_one"
DRAWING = "deepclaims.pipeline.judging:draw_one"


@dataclass(frozen=True)
class Judged:
    """A claim with its raw verdict, before the correction over the catalogue."""

    claim: Claim
    verdict: Verdict
    facts: dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """A measured claim: as its file has it now, with the profile and changes it was measured with.

    Args:
        claim: the claim.
        folder: of its tables.
        about: what `measure` says of them.
    """

    claim: Claim
    folder: Path
    about: Mapping[str, Any]

    @classmethod
    def find(cls, project: Project, name: str) -> Measured:
        """A claim that was measured.

        Raises:
            StageError: when it was not.
            StorageError: when what measuring wrote is damaged.
        """
        return cls.at(project, name, project.tables(name))

    @classmethod
    def at(cls, project: Project, name: str, folder: Path) -> Measured:
        """A claim whose tables are in a folder, raises as `find`."""
        about = read_about(folder, name)
        claim = claims.load(project.conf, name, about["profile"], about.get("changes"))
        claim = replace(claim, space=about.get("space", ""))
        return cls(claims.shifted(claim, about["shift"]), folder, about)

    def results(self) -> Results:
        """Its tables, read."""
        return read_results(self.claim, self.folder)

    def judging_key(self) -> str:
        """Hash of all that decides the raw verdict and what is said of the measurement."""
        code = JUDGING, f"{self.claim.package}.judge:judge"
        where = (deposit.WHOLE, deposit.DEPOSITED, deposit.RESTORED)
        about = {key: each for key, each in self.about.items() if key not in where}
        return self._hash(code, ("numpy", "scipy", "pandas"), about, words=("says",))

    def drawing_key(self, figure: str) -> str:
        """Hash of all that decides how a figure looks: no caption, nor where it was computed."""
        code = DRAWING, f"{self.claim.package}.figures:{pattern.function_of(figure)}"
        about = {key: self.about[key] for key in deposit.DECIDING}
        return self._hash(code, ("numpy", "scipy", "pandas", "matplotlib"), about, words=WORDS)

    def _hash(
        self,
        code: Sequence[str],
        libraries: Sequence[str],
        about: Mapping[str, Any],
        words: Sequence[str],
    ) -> str:
        deciding = [
            code_fingerprint(code),
            {name: _version(name) for name in libraries},
            self._tables,
            str(self.claim.registered),
            {key: self.claim.text.get(key) for key in DECIDING},
            {
                name: {key: value for key, value in check.items() if key not in words}
                for name, check in self.claim.checks.items()
            },
            about,
        ]
        text = json.dumps(deciding, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _tables(self) -> Mapping[str, str]:
        there = deposit.hashes(self.folder)
        is_deposit = there == self.about.get(deposit.DEPOSITED)
        return self.about[deposit.WHOLE] if is_deposit else there


@cache
def _version(library: str) -> str:
    return version(library)


def read_about(folder: Path, name: str) -> dict[str, Any]:
    """What `measure` left beside the tables of a claim.

    Raises:
        StageError: when the claim has not been measured.
        StorageError: when the file is damaged.
    """
    file = folder / "about.json"
    try:
        about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError(
            f"{name} has not been measured: run `deepclaims measure claim={name}` first, "
            f"`deepclaims restore claim={name}` for what is published, "
            "or `dvc repro` for everything"
        ) from None
    except json.JSONDecodeError:
        raise StorageError(f"{file} is damaged: delete it and measure again") from None
    return about


def read_results(claim: Claim, folder: Path) -> Results:
    """The tables of a claim as measure left them.

    Raises:
        StageError: when they are not there.
        StorageError: when one is damaged.
    """
    import pandas as pd

    from deepclaims.claims.results import Results

    tables = {}
    for file in sorted(folder.glob("*.parquet")):
        try:
            tables[file.stem] = pd.read_parquet(file)
        except (OSError, ValueError) as error:
            raise StorageError(f"{file} is damaged ({error}): delete it, measure again") from None
    if "replicas" not in tables:
        raise StageError(f"{claim.name} has no tables in {folder}: "
                         f"run `deepclaims measure claim={claim.name}` first")  # fmt: skip
    return Results(claim, tables.pop("replicas"), tables)


def judge_one(measured: Measured, folder: Path | None = None) -> Judged:
    """Judge one claim; runs in a worker process.

    Args:
        measured: the claim.
        folder: where its tables are to be deposited; nowhere if None.
    """
    measured_whole = measured.results()
    results = pattern.condensed(measured_whole)
    found = verdict_of(results)
    if folder is not None:
        less = None if results is measured_whole else results
        deposit.write(folder, measured.folder, measured.about, less)
    return Judged(measured.claim, found, _facts(results, measured.about))


def draw_one(measured: Measured, folder: Path, figure: str) -> None:
    """Draw one figure of a claim, in both languages, for a page and for a phone.

    Runs in a worker process; the tables are read once.
    """
    from deepclaims.report.figures import save

    results = measured.results()
    for language in LANGUAGES:
        for narrow in (False, True):
            with _same_grid(results):
                drawing = pattern.draw(results, figure, language, narrow=narrow)
            save(drawing.figure, folder, figure, language, narrow=narrow)


def verdict_of(results: Results) -> Verdict:
    """The raw verdict of a claim.

    Raises:
        StageError: when it was measured with another grid than its file has now.
    """
    with _same_grid(results):
        found = findings(results.claim.checks, pattern.judge(results), _Elsewhere(results))
        return verdict(found, results.claim.text, results.void()).marked(_changed(results))


@dataclass(frozen=True)
class _Elsewhere:
    """What a claim's judge makes of its replicas with each other's numbers, as often as asked.

    Of numbers that it cannot judge it makes nothing.
    """

    results: Results

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        from deepclaims.pipeline.shuffled import shuffled

        for world in shuffled(self.results):
            try:
                yield pattern.judge(world)
            except (DeepclaimsError, LookupError, ValueError, ArithmeticError):
                continue


def _changed(results: Results) -> tuple[str, ...]:
    """What of the registration differs from the one that the rows were run under."""
    measured = [Registration.read(word) for word in results.metrics["registration"].unique()]
    return post_hoc(results.claim.registered, measured)


@contextmanager
def _same_grid(results: Results) -> Iterator[None]:
    """Where rows are missing because the file asks for others now, say what to do."""
    try:
        yield
    except ClaimError as error:
        if "grid" not in _changed(results):
            raise
        name = results.claim.name
        raise StageError(
            f"{name} was measured with another grid than its file has now ({error}): "
            f"run `deepclaims measure claim={name}` first"
        ) from None


def _facts(results: Results, about: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says about how the numbers came to be.

    A deposit does not say where and when they were computed: that is None.
    """
    rows = results.metrics.drop_duplicates(["key", "seed"])
    computed = about.get(deposit.COMPUTED, {})
    return {
        "seeds": sorted({int(seed) for seed in rows["seed"]}),
        "n_runs": int(rows["key"].nunique()),
        "n_replicas": len(rows),
        "keys": sorted(rows["key"].unique()),
        "data_sources": about["sources"],
        **{name: computed.get(name) for name in ("device", "seconds", "commit")},
        "versions": computed.get("versions", {}),
        "mlflow": {"parent": about.get("mlflow_parent"), "cells": about.get("mlflow_runs", {})},
        "profile": about["profile"],
    }
