"""The largest difference of pairs that should agree, the smallest of those that should not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.optimisation.form_pairs import DECKS, DECKS_WRONG, PAIRS, WRONG
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact

AS_PRINTED = ("rmsprop_printed", "deck2_adam_printed")
"""Pairs in which the slide's own ε and λ are kept."""

MENDED = ("rmsprop", "rmsprop_corrected", "adam", "deck2_adam")
"""The same with ε = 0 (or outside the root) and λ = 1."""

SAME = tuple(name for name in PAIRS if name not in (*AS_PRINTED, *MENDED))
"""Those without a root, or with ε in torch's accumulator."""


def judge(results: Results) -> dict[str, Measured]:
    """The largest difference of pairs that should agree, the smallest of those that should not."""
    return {
        "decks_agree": [_over([pair], results) for pair in DECKS],
        "wrong_numbers_are_seen": _over(DECKS_WRONG, results, min),
        "torch_without_root": _over(SAME, results),
        "torch_as_printed": _over(AS_PRINTED, results),
        "torch_mended": _over(MENDED, results),
        "torch_wrong_maps": _over(WRONG, results, min),
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
