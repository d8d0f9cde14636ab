"""The one number of an identity: the largest disagreement over all nets, or the smallest."""

from __future__ import annotations

from typing import Any

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact


def extreme(results: Results, part: str, metric: str, which: str = "max", **where: Any) -> Estimate:
    """The `max` or `min` of a metric over the seeds and cells of a part that have it."""
    values = results.rows(part, metric, where=where)["value"].dropna()
    return exact(float(getattr(values, which)()), n=len(values))
