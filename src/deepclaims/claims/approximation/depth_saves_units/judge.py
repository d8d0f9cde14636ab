"""Growth with depth, and how often training finds what exists."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import share_interval, slope_interval

FOUND = 0.1
"""Root-mean-square error over standard deviation below which a net has found its function."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimate what the criterion registered."""
    rate = units_saved(results)
    return {
        "usual": [_per_layer(*usual(results, part)) for part in ("drawn", "trained")],
        "sees_saving": _growth(results, rate),
        "shallow_needs": [
            _growth(results, np.log2(counted(results, f"shallow_{name}")))
            for name in ("tent", "square")
        ],
        "deep_suffices": [
            exact(float(counted(results, f"error_{name}").max())) for name in ("tent", "square")
        ],
        "slows_down": _slowing(results),
        "random_heights": exact(float(held(results)[1][-1])),
        "no_number": exact(float(np.divide(*counted(results, "shallow_tent")[[-1, 0]]))),
        "not_found": share_interval(errors(results, "exact") < FOUND),
        "wide_found": share_interval(errors(results, "wide") < FOUND),
    }


def counted(results: Results, name: str) -> np.ndarray:
    """An exact count over k, (k,)."""
    values: np.ndarray = results.curve("counted", name)[1][0]
    return values


def iterates(results: Results) -> np.ndarray:
    """The values of k."""
    return results.curve("counted", "shallow_tent")[0]


def units_saved(results: Results) -> np.ndarray:
    """log2 of pieces over units of the deep sawtooth net, over its depth k."""
    saved: np.ndarray = np.log2(counted(results, "pieces") / counted(results, "deep_tent"))
    return saved


def held(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """k, and bits that k layers of two units hold over the 2^k bits of random heights."""
    ks, bits = results.curve("counted", "held")
    return ks, bits[0] / 2.0**ks


def usual(results: Results, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Depths, and log2 of pieces over units of usual deep nets, (seeds, depths)."""
    if part == "drawn":
        depths, shares = results.curve("drawn", "per_unit")
        return depths, np.log2(shares)
    depths = np.array(results.axis("trained", "depth"))
    logs = [results.values("trained", "log_per_unit", where={"depth": d}) for d in depths.tolist()]
    return depths, np.array(logs).T


def errors(results: Results, arm: str) -> np.ndarray:
    """Errors on the sawtooth that training leaves the net of exact size, or the wide one."""
    return results.values("found", "error_sawtooth", arm)


def _per_layer(depths: np.ndarray, logs: np.ndarray) -> Estimate:
    """Bits that a layer adds: a line a seed, averaged over seeds."""
    across = np.broadcast_to(depths, logs.shape)
    return slope_interval(across, logs, np.repeat(np.arange(len(logs)), logs.shape[1]))


def _growth(results: Results, logs: np.ndarray) -> Estimate:
    """Slope over k of exact numbers."""
    return exact(float(np.polyfit(iterates(results), logs, 1)[0]))


def _slowing(results: Results) -> Estimate:
    """What the last layers save at most, over what the second saves at least, in bits a layer."""
    depths, most = results.curve("counted", "fixed")
    _, least = results.curve("counted", "fixed_least")
    k, most, least = int(depths[-1]), most[0], least[0]
    last = np.log2(most[k // 2 - 1] / least[-1]) / (k - k // 2)
    return exact(float(last / np.log2(least[0] / most[1])))
