"""The catalogue on the terminal: every claim, its question, and its verdict if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from deepclaims.arguments import Arguments
from deepclaims.claims import claim as claims
from deepclaims.project import Project

ARGUMENTS = Arguments("list")


def run(words: Sequence[str]) -> None:
    """Carry out `deepclaims list`.

    Raises:
        ConfigError: it takes no words.
    """
    ARGUMENTS.read(words)
    project = Project.here()
    for chapter, names in groupby(claims.catalogue(project.conf), lambda name: name.split("/")[0]):
        print(f"\n{chapter}")
        for name in names:
            claim = claims.load(project.conf, name)
            print(f"  {_verdict(project, claim):<14}{claim.id:<32}{claim.text['title']['en']}")


def _verdict(project: Project, claim: claims.Claim) -> str:
    from deepclaims.evidence.record import EvidenceRecord

    file = project.evidence(claim.chapter) / f"{claim.id}.json"
    return EvidenceRecord.read(file).verdict if file.is_file() else "not judged"
