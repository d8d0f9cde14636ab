"""The largest difference of pairs that should agree, the smallest of those that should not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from deepclaims.claims.optimisation.form_pairs import PAIRS, WRONG
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.verdict import Measured

AS_PRINTED = ("rmsprop_printed", "adam_printed", "deck2_adam_printed")
"""Pairs in which the slide's own ε, hat and λ are kept."""

MENDED = ("rmsprop", "rmsprop_corrected", "adam", "adam_without_hat", "deck2_adam")
"""The same with ε = 0 (or outside the root), a hat on m or a rate in its place, and λ = 1."""

SAME = tuple(name for name in PAIRS if name not in (*AS_PRINTED, *MENDED))
"""Those without a root, or with ε in torch's accumulator."""


def judge(results: Results) -> dict[str, Measured]:
    """The largest difference of pairs that should agree, the smallest of those that should not."""
    return {
        "without_root": _extreme(results, SAME, max),
        "rmsprop_as_printed": _extreme(results, ["rmsprop_printed"], max),
        "adam_as_printed": _extreme(results, ["adam_printed"], max),
        "deck2_adam_as_printed": _extreme(results, ["deck2_adam_printed"], max),
        "mended": _extreme(results, MENDED, max),
        "wrong_maps_are_seen": _extreme(results, WRONG, min),
        "epsilon_is_seen": _smallest_at_largest_epsilon(results),
    }


def _extreme(results: Results, names: Iterable[str], which: Any) -> Estimate:
    values = [each for name in names for each in differences(results, name)]
    return exact(float(which(values)), n=len(values))


def differences(results: Results, pair: str) -> np.ndarray:
    """Largest relative difference of two forms of an update, `(seeds,)`."""
    return results.values("paths", "difference", where={"pair": pair})


def _smallest_at_largest_epsilon(results: Results) -> Estimate:
    largest = max(results.axis("epsilon", "eps"))
    values = results.rows("epsilon", "difference", where={"eps": float(largest)})["value"]
    return exact(float(values.min()), n=len(values))
