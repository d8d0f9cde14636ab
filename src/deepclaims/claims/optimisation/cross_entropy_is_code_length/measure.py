"""The mean length of codes for q on events of p, over all blocks; and codes that are read."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from deepclaims.claims.optimisation.cross_entropy_is_code_length.codes import (
    Array,
    cross_entropy_bits,
    huffman,
    log_arrangements,
    read,
    shannon,
    types,
    words,
)
from deepclaims.evidence.outcome import Outcome


def blocks(config: dict[str, Any], seed: int) -> Outcome:
    """Code blocks of n independent events of p for q: the mean length, exactly.

    Args:
        config: `classes`, `block` n, `apart`: the least KL(p‖q) in bits.
        seed: draws p and q.

    Returns:
        Metrics: `bits` an event; `excess` of a block over n H(p, q), in bits; the same of the code
        for p (`excess_for_p`); the sum of 2^−length over blocks (`kraft`), and with lengths rounded
        down (`kraft_shorter`); `entropy`, H(p, q) in bits; `function`, what torch's gives.
    """
    n = int(config["block"])
    p, q = _pair(int(config["classes"]), config["apart"], seed)
    counts = types(len(p), n)
    many = log_arrangements(counts)
    weight = np.exp2(many + counts @ np.log2(p))
    log_q = counts @ np.log2(q)
    lengths, entropy = shannon(log_q), cross_entropy_bits(p, q)
    mean = float(weight @ lengths)
    logits, target = (torch.from_numpy(each)[None] for each in (np.log(q), p))
    return Outcome(
        {
            "bits": mean / n,
            "excess": mean - n * entropy,
            "excess_for_p": float(weight @ shannon(counts @ np.log2(p))) - n * entropy,
            "kraft": float(np.exp2(many - lengths).sum()),
            "kraft_shorter": float(np.exp2(many - np.floor(-log_q)).sum()),
            "entropy": entropy,
            "function": float(F.cross_entropy(logits, target)),
        }
    )


def dictionary(config: dict[str, Any], seed: int) -> Outcome:
    """Write and read a stream of blocks drawn from p, with codes for q.

    Args:
        config: `classes`, `block`, `apart` as in `blocks`; `stream`, blocks written.
        seed: draws p, q and the blocks.

    Returns:
        `misread` blocks, with both codes; `huffman_excess` of a block over n H(p, q), in bits.
    """
    n = int(config["block"])
    p, q = _pair(int(config["classes"]), config["apart"], seed)
    weight, coding = (_product(each, n) for each in (p, q))
    drawn = np.random.default_rng([seed, 4]).choice(len(weight), config["stream"], p=weight)
    optimal = huffman(coding)
    misread = 0
    for lengths in (shannon(np.log2(coding)), optimal):
        code = words(lengths)
        found = read("".join(code[each] for each in drawn), code)
        misread += sum(a != b for a, b in zip(found, drawn.tolist(), strict=True))
    excess = float(weight @ optimal) - n * cross_entropy_bits(p, q)
    return Outcome({"misread": float(misread), "huffman_excess": excess})


def _pair(classes: int, apart: float, seed: int) -> tuple[Array, Array]:
    """Two distributions, drawn until KL(p‖q) is as large as asked."""
    rng = np.random.default_rng([seed, 3])
    while True:
        p, q = rng.dirichlet(np.ones(classes), size=2)
        if cross_entropy_bits(p, q) - cross_entropy_bits(p, p) >= apart:
            return p, q


def _product(p: Array, n: int) -> Array:
    """The law of n independent events, `(classesⁿ,)`."""
    law = np.ones(1)
    for _ in range(n):
        law = np.outer(law, p).ravel()
    return law / law.sum()
