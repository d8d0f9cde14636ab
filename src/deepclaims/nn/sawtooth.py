"""Deep ReLU nets that are written down, not trained: the sawtooth and the parabola on [0, 1].

Telgarsky 2016 (*Benefits of depth in neural networks*, COLT) iterates the tent map; Yarotsky 2017
(*Error bounds for approximations with deep ReLU networks*, Neural Networks 94) sums its iterates.
All weights are dyadic where the numbers of teeth are powers of two, so floats make no error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepclaims.nn.linear_pieces import Layers


def tent(x: np.ndarray, k: int) -> np.ndarray:
    """The tent map 1 − |1 − 2x| iterated k times: 2^k affine pieces of slope ±2^k."""
    y = np.asarray(x, dtype=float)
    for _ in range(k):
        y = 1 - np.abs(1 - 2 * y)
    return y


def sawtooth_net(pieces: Sequence[int]) -> Layers:
    """The net whose i-th layer goes up and down `pieces[i]` times, with as many units.

    The whole has prod(pieces) pieces: with 2, 2, …, 2 it is the tent map iterated.

    Args:
        pieces: of each hidden layer.
    """
    layers: list[tuple[np.ndarray, np.ndarray]] = []
    out: np.ndarray = np.ones((1, 1))
    for m in pieces:
        layers.append((np.repeat(out, m, axis=0), -np.arange(m) / m))
        turns = 2.0 * m * (-1.0) ** np.arange(m)
        turns[0] /= 2
        out = turns[None, :]
    return [*layers, (out, np.zeros(1))]


def square_net(m: int) -> Layers:
    """x² to within 2^(−2m−2), by m layers of three units; the first does with two.

    Two units make the next iterate g_s of the tent map, the third carries x − Σ g_s/4^s.

    Args:
        m: hidden layers.
    """
    tooth = np.array([2.0, -4.0])
    layers = [(np.ones((2, 1)), np.array([0.0, -0.5]))]
    carried = np.array([1.0, 0.0])  # x itself is the first layer's first unit
    for s in range(1, m):
        narrow = np.pad(tooth, (0, len(carried) - 2))
        carried = carried - narrow / 4**s
        layers.append((np.stack([narrow, narrow, carried]), np.array([0.0, -0.5, 0.0])))
        carried = np.array([0.0, 0.0, 1.0])
    last = carried - np.pad(tooth, (0, len(carried) - 2)) / 4**m
    return [*layers, (last[None, :], np.zeros(1))]


def units(layers: Layers) -> int:
    """Hidden units of a net."""
    return sum(len(b) for _, b in layers[:-1])
