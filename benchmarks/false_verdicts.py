"""How often is anything in the whole catalogue ruled wrongly? Simulated, where the truth is known.

    python benchmarks/false_verdicts.py [--worlds 1000] [--seed 0]

The claims, sentences, checks, bounds, numbers of units and attempts are those of the published
report (`reports/claims.json`, `conf/claim/`), and so are the spreads: what was measured is drawn
again around a supposed truth, with the spread drawn too, and goes through the same rules: checks,
rulings on sentences, Holm over all of them, shares of attempts. What is exact or was left without
a spread stays as it was found. Controls are supposed to hold, which is the worst for errors: a
control that fails rules nothing.

Three kinds of world, the first two as bad as they can be for the rules:

- null: of each sentence one check, drawn anew, has its truth on its bound, so that the sentence is
  false by a hair, and its repair too; all else holds plainly. Support, and correction, are wrong.
- true: every check of every sentence has its truth on its bound, on the right side by a hair.
  Refutation, and correction, are wrong.
- mixed: each claim is false by a hair, true by a hair or as it was found, by lot.

Printed: the share of worlds with one wrong ruling or more, with its standard error, and how many
rulings were wrong at all; the same without the correction for number and attempts.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from deepclaims.claims import claim as claims
from deepclaims.evidence.check import Check, Finding, Role
from deepclaims.evidence.estimate import Estimate, Relation, ends, number
from deepclaims.evidence.law import Student
from deepclaims.evidence.multiplicity import settle
from deepclaims.evidence.sentence import Ruling, belonging, sentences_of
from deepclaims.evidence.verdict import Verdict, verdict
from deepclaims.project import Project

Generator = np.random.Generator
PLAINLY = 30.0
"""How many standard errors from its bound the truth of what plainly holds is."""


@dataclass(frozen=True)
class Spread:
    """What is known of a check from the report: what was found, its standard error, its units."""

    check: Check
    value: float
    se: float
    df: int
    family: int

    @property
    def is_exact(self) -> bool:
        """Whether it has no sampling error, or none that can be drawn again."""
        return not (math.isfinite(self.se) and self.se > 0 and self.df > 0)

    def drawn(self, truth: float, rng: Generator) -> Finding:
        """The finding of another experiment; of several that must all hold the hardest."""
        if self.is_exact:
            law = Student(0.0, math.inf)
            return Finding.of(self.check, Estimate.of(truth, law, 1, "simulated"))
        members = [self._member(truth, rng) for _ in range(self.family)]
        return self.check.find(members)

    def _member(self, truth: float, rng: Generator) -> Estimate:
        se = self.se * math.sqrt(rng.chisquare(self.df) / self.df)
        value = rng.normal(truth, self.se)
        return Estimate.of(value, Student(se, self.df), self.df + 1, "simulated")

    def on_the_bound(self, rng: Generator) -> float:
        """The truth on the bound, or on one of both."""
        if self.check.relation in (Relation.ABOVE, Relation.BELOW):
            return number(self.check.bound)
        return ends(self.check.bound)[int(rng.integers(2))]

    def well_inside(self) -> float:
        """A truth by which the check plainly holds, as far as its bounds allow."""
        far = PLAINLY * (self.se if not self.is_exact else 1.0)
        match self.check.relation:
            case Relation.ABOVE:
                return number(self.check.bound) + far
            case Relation.BELOW:
                return number(self.check.bound) - far
            case Relation.WITHIN:
                return sum(ends(self.check.bound)) / 2
            case Relation.OUTSIDE:
                return ends(self.check.bound)[1] + far


@dataclass(frozen=True)
class Asked:
    """A claim of the report: its text, its checks with their spreads, the number of its attempt."""

    written: Mapping[str, Any]
    spreads: Mapping[str, Spread]
    attempt: int

    def ruled(self, truths: Mapping[str, float], rng: Generator) -> Verdict:
        """The verdict on it in a world."""
        found = [
            each.drawn(truths.get(name, each.well_inside()), rng)
            for name, each in self.spreads.items()
        ]
        return verdict(found, self.written)

    def world(self, kind: str, rng: Generator) -> tuple[dict[str, float], dict[str, set[Ruling]]]:
        """Truths of checks in a world of a kind, and which rulings on each sentence are wrong."""
        lot = ("null", "true", "found")[int(rng.integers(3))] if kind == "mixed" else kind
        sentences = sentences_of(self.written)
        own = belonging(sentences, [each.check for each in self.spreads.values()])
        of_claim = {
            name: [self.spreads[each.name] for each in checks if each.role is Role.CLAIM]
            for name, checks in own.items()
        }
        # Arithmetic has no other outcome: whoever made a mistake there would make it every time.
        noisy = {
            name: [each for each in spreads if not each.is_exact]
            for name, spreads in of_claim.items()
            if any(not each.is_exact for each in spreads)
        }
        false = {spreads[int(rng.integers(len(spreads)))].check.name for spreads in noisy.values()}
        truths: dict[str, float] = {}
        for name, each in self.spreads.items():
            if each.is_exact or each.check.role not in (Role.CLAIM, Role.REPAIR):
                continue
            if each.check.role is Role.REPAIR or lot == "true" or (lot == "null" and name in false):
                truths[name] = each.on_the_bound(rng)
            elif lot == "found":
                truths[name] = each.value
        wrong = {
            name: {
                "null": {Ruling.SUPPORTED, Ruling.CORRECTED},
                "true": {Ruling.REFUTED, Ruling.CORRECTED},
                "found": self._wrong_as_found(of_claim[name]),
            }[lot]
            for name in noisy
        }
        return truths, wrong

    @staticmethod
    def _wrong_as_found(spreads: list[Spread]) -> set[Ruling]:
        holds = all(
            Finding.of(each.check, Estimate.of(each.value, Student(0.0, math.inf), 1, "")).outcome
            for each in spreads
        )
        return {Ruling.REFUTED, Ruling.CORRECTED} if holds else {Ruling.SUPPORTED}


def asked(project: Project) -> dict[str, Asked]:
    """The published catalogue."""
    published = json.loads((project.reports / "claims.json").read_text(encoding="utf-8"))
    found = {}
    for name in claims.catalogue(project.conf):
        told = published.get(name.split("/")[1])
        if told is None:
            continue
        written = claims.load(project.conf, name).text
        spreads = {
            check: _spread(Check.of(check, each), told["checks"][check])
            for check, each in written["criterion"]["checks"].items()
        }
        found[name] = Asked(written, spreads, int(told["attempt"]))
    return found


def _spread(check: Check, told: Mapping[str, Any]) -> Spread:
    value, low, high = (math.nan if told[key] is None else float(told[key])
                        for key in ("value", "low", "high"))  # fmt: skip
    level, df = float(told["level"]), int(told["n"]) - 1
    family = max(1, round(0.05 / (1 - level)))
    width = (high - low) / 2
    if df < 1 or not math.isfinite(width) or width <= 0:
        return Spread(check, value, 0.0, 0, 1)
    half = Student(1.0, df).interval(0.0, level)[1]
    return Spread(check, value, width / half, df, family)


def simulate(catalogue: Mapping[str, Asked], kind: str, worlds: int, seed: int) -> dict[str, float]:
    """Shares of worlds with a wrong ruling, corrected and raw, and how many were wrong in all."""
    rng = np.random.default_rng(seed)
    attempts = {name: each.attempt for name, each in catalogue.items()}
    tally = {"corrected": 0, "raw": 0, "rulings": 0, "sentences": 0}
    for _ in range(worlds):
        verdicts, wrong = {}, {}
        for name, each in catalogue.items():
            truths, wrong[name] = each.world(kind, rng)
            verdicts[name] = each.ruled(truths, rng)
        for what, ruled in (("raw", verdicts), ("corrected", settle(verdicts, attempts))):
            errors = [
                ruling in wrong[name].get(sentence, ())
                for name, each in ruled.items()
                for sentence, ruling in each.rulings.items()
            ]
            tally[what] += any(errors)
            if what == "corrected":
                tally["rulings"] += sum(errors)
        tally["sentences"] = sum(len(each) for each in wrong.values())
    return {key: value / (1 if key == "sentences" else worlds) for key, value in tally.items()}


def main() -> None:
    """Print a row for each kind of world."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    catalogue = asked(Project.here())
    print(f"{len(catalogue)} claims, {given.worlds} worlds of each kind")
    print(f"{'world':<8}{'sentences':>10}{'wrong anywhere':>16}{'s.e.':>8}{'rulings':>9}{'raw':>8}")
    for kind in ("null", "true", "mixed"):
        share = simulate(catalogue, kind, given.worlds, given.seed)
        error = math.sqrt(share["corrected"] * (1 - share["corrected"]) / given.worlds)
        print(
            f"{kind:<8}{share['sentences']:>10.0f}{share['corrected']:>16.4f}{error:>8.4f}"
            f"{share['rulings']:>9.3f}{share['raw']:>8.3f}"
        )


if __name__ == "__main__":
    main()
