"""Lengths against H(p, q), in the function's unit and in bits."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact


def judge(results: Results) -> dict[str, Measured]:
    """The worst over all pairs (p, q) and blocks: nothing is left to luck."""
    longest = max(results.axis("blocks", "block"))
    bits = column(results, "bits", longest)
    entropy = column(results, "entropy", longest)
    function = column(results, "function", longest)

    def largest(differences: np.ndarray) -> Estimate:
        return exact(float(np.abs(differences).max()), n=len(differences))

    return {
        "function_gives_bits": largest(bits / function - 1),
        "base_two_gives_bits": largest(bits / entropy - 1),
        "never_shorter": extreme(results, "blocks", "excess", "min"),
        "less_than_a_bit_longer": extreme(results, "blocks", "excess"),
        "function_gives_nats": largest(function / (entropy * np.log(2)) - 1),
        "code_exists": extreme(results, "blocks", "kraft"),
        "shorter_code_does_not": extreme(results, "blocks", "kraft_shorter", "min", block=1),
        "code_is_read": extreme(results, "dictionary", "misread"),
        "code_for_p_is_shorter": extreme(results, "blocks", "excess_for_p", block=longest),
        "huffman_may_be_shorter": extreme(results, "dictionary", "huffman_excess", "min"),
        "single_events_cost_more": extreme(results, "blocks", "excess", block=1),
    }


def column(results: Results, metric: str, block: int) -> np.ndarray:
    """A metric at one length of block, over classes and seeds, in one order."""
    rows = results.rows("blocks", metric, where={"block": block})
    values: np.ndarray = rows.sort_values(["classes", "seed"])["value"].to_numpy(dtype=float)
    return values
