"""Successes among the nets that report, all seeds together."""

from __future__ import annotations

from typing import Any

from deepclaims.claims.results import Results


def counts(results: Results, part: str, **where: Any) -> tuple[int, int]:
    """Successes and trials of a part tuned by `success_rate`, at what its choosing seeds chose."""
    tuned = results.tuned(part, where=where)
    return int(tuned.reported("successes").sum()), int(tuned.reported("trials").sum())
