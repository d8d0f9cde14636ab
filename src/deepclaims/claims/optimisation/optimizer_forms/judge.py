"""The largest difference of pairs that should agree, the smallest of those that should not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation.form_pairs import PAIRS, WRONG
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact

AS_PRINTED = ("rmsprop_printed", "adam_printed", "deck2_adam_printed")
"""Pairs in which the slide's own ε, hat and λ are kept."""

MENDED = ("rmsprop", "rmsprop_corrected", "adam", "adam_without_hat", "deck2_adam")
"""The same with ε = 0 (or outside the root), a hat on m or a rate in its place, and λ = 1."""

SAME = tuple(name for name in PAIRS if name not in (*AS_PRINTED, *MENDED))
"""Those without a root, or with ε in torch's accumulator."""


def judge(results: Results) -> dict[str, Measured]:
    """The largest difference of pairs that should agree, the smallest of those that should not."""
    return {
        "without_root": _over(SAME, results),
        "rmsprop_as_printed": _over(["rmsprop_printed"], results),
        "adam_as_printed": _over(["adam_printed"], results),
        "deck2_adam_as_printed": _over(["deck2_adam_printed"], results),
        "mended": _over(MENDED, results),
        "wrong_maps_are_seen": _over(WRONG, results, min),
        "epsilon_is_seen": extreme(
            results, "epsilon", "difference", "min", eps=max(results.axis("epsilon", "eps"))
        ),
    }


def _over(pairs: Iterable[str], results: Results, which: Callable[..., float] = max) -> Estimate:
    values = np.concatenate([differences(results, pair) for pair in pairs])
    return exact(which(values), n=len(values))


def differences(results: Results, pair: str) -> np.ndarray:
    """Largest relative difference of two forms of an update, `(seeds,)`."""
    return results.values("paths", "difference", where={"pair": pair})
