"""Prefix codes: lengths, words, reading; and the blocks of n events, type by type."""

from __future__ import annotations

import heapq
from itertools import combinations

import numpy as np
from scipy.special import gammaln

Array = np.ndarray


def cross_entropy_bits(p: Array, q: Array) -> float:
    """H(p, q) = −Σ p log₂ q."""
    return float(-(p * np.log2(q)).sum())


def shannon(log_q: Array) -> Array:
    """Whole lengths ⌈−log₂ q⌉ of a code for events of log₂ probabilities `log_q`."""
    return np.ceil(-log_q - 1e-12)


def huffman(q: Array) -> Array:
    """Lengths of an optimal prefix code for the distribution q."""
    heap = [(float(weight), number, [number]) for number, weight in enumerate(q)]
    heapq.heapify(heap)
    lengths = np.zeros(len(q), dtype=int)
    fresh = len(q)
    while len(heap) > 1:
        (a, _, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        lengths[left + right] += 1
        heapq.heappush(heap, (a + b, fresh, left + right))
        fresh += 1
    return lengths


def words(lengths: Array) -> list[str]:
    """The canonical prefix code with these lengths, a word of bits an event."""
    found, code, before = [""] * len(lengths), 0, 0
    for number in np.argsort(lengths, kind="stable"):
        length = int(lengths[number])
        code <<= length - before
        if code >= 1 << length:
            raise ValueError("no prefix code has these lengths")
        found[number] = format(code, f"0{length}b")
        code, before = code + 1, length
    return found


def read(bits: str, code: list[str]) -> list[int]:
    """The events that a stream of bits says."""
    meaning = {word: number for number, word in enumerate(code)}
    found, word = [], ""
    for bit in bits:
        word += bit
        if word in meaning:
            found.append(meaning[word])
            word = ""
    return found


def types(classes: int, block: int) -> Array:
    """How often each class occurs in a block: all there are, `(types, classes)`."""
    bars = np.array(list(combinations(range(block + classes - 1), classes - 1)))
    edges = np.pad(bars, ((0, 0), (1, 1)), constant_values=((0, 0), (-1, block + classes - 1)))
    counts: Array = np.diff(edges, axis=1) - 1
    return counts


def log_arrangements(counts: Array) -> Array:
    """log₂ of how many blocks have these counts, `(types,)`."""
    logs: Array = (gammaln(counts.sum(axis=1) + 1) - gammaln(counts + 1).sum(axis=1)) / np.log(2)
    return logs
