"""What judging keeps of each claim, so that it is not judged or drawn again while nothing changed.

Beside the evidence of a claim lies `judgement.json`: its raw verdict (before the correction for the
number of claims), the facts of its measurement, and the keys of both verdict and figures. A key is
the hash of all that decides the thing: the claim's tables, what the claim's file registers, the
source files behind its judge or its figures, the libraries. Texts are in none of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepclaims.claims.claim import MEASURED, Claim
from deepclaims.evidence.registration import Registration
from deepclaims.sweep import sources

if TYPE_CHECKING:
    from deepclaims.evidence.verdict import Verdict

FILE = "judgement.json"
ENGINE = ("deepclaims.evidence.verdict", "deepclaims.claims.results", __name__)
"""What judges besides a claim's own module."""
DRAWING = ("deepclaims.report.figures", "deepclaims.report.panel", "deepclaims.claims.results")
LIBRARIES = ("numpy", "scipy", "pandas")


@dataclass(frozen=True)
class Judgement:
    """A claim's raw verdict with the facts of its measurement, and the keys of its evidence."""

    key: str
    verdict: Verdict
    facts: Mapping[str, Any]
    figures: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Keep the judgement in the folder of the claim's figures, whole or not at all."""
        from deepclaims.report.files import write

        content = {
            "key": self.key,
            "verdict": self.verdict.to_dict(),
            "facts": dict(self.facts),
            "figures": dict(self.figures),
        }
        write(folder / FILE, json.dumps(content, indent=1, sort_keys=True) + "\n")

    def with_figures(self, figures: Mapping[str, str]) -> Judgement:
        """The same judgement with the keys of what was drawn."""
        return replace(self, figures=figures)


def read(folder: Path, checks: Mapping[str, Mapping[str, Any]]) -> Judgement | None:
    """The judgement kept in a folder; None where there is none that can be read.

    Args:
        folder: of the claim's figures.
        checks: the registered checks, whose words the findings take.
    """
    from deepclaims.evidence.verdict import Verdict

    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        verdict = Verdict.from_dict(content["verdict"], checks)
        return Judgement(content["key"], verdict, content["facts"], content["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keys(folder: Path) -> tuple[str, dict[str, str]]:
    """The key of the verdict kept in a folder, and those of its figures; empty where none is."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return str(content["key"]), dict(content["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", {}


def registered(claim: Claim) -> Claim:
    """The claim without its texts: what a judge and a figure may read of its file."""
    checks = {
        name: {key: value for key, value in check.items() if key != "says"}
        for name, check in claim.checks.items()
    }
    kept = {key: claim.text[key] for key in ("id", "chapter", *MEASURED) if key in claim.text}
    return replace(claim, text={**kept, "criterion": {"checks": checks}})


def verdict_key(claim: Claim, tables: Path) -> str:
    """The hash of what decides a claim's raw verdict and the facts beside it."""
    return _hash(
        {
            "tables": _files(tables),
            "claim": registered(claim).text,
            "registration": str(Registration.of(claim.written)),
            "code": sources.digest([f"{claim.package}.judge", *ENGINE]),
            "libraries": _versions(LIBRARIES),
        }
    )


def figures_key(claim: Claim, tables: Path) -> str:
    """The hash of what decides how a claim's figures look."""
    return _hash(
        {
            "tables": _files(tables),
            "claim": registered(claim).text,
            "code": sources.digest([f"{claim.package}.figures", *DRAWING]),
            "libraries": _versions((*LIBRARIES, "matplotlib")),
        }
    )


def _files(folder: Path) -> dict[str, str]:
    return {file.name: _sha256(file, file.stat().st_mtime_ns) for file in sorted(folder.iterdir())}


@cache
def _sha256(file: Path, changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _versions(libraries: tuple[str, ...]) -> dict[str, str]:
    return {name: version(name) for name in libraries}


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
