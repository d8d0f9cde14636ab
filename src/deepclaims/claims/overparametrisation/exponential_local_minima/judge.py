"""Counts of minima on Auer's data against their formula, and their growth on drawn data."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    exact,
    mean_interval,
    paired_difference,
    share_interval,
    slope_interval,
)

AUER, CERTIFICATE, DRAWN, EASY = "auer", "certificate", "drawn", "easy"
LEARNABLE, TRAPS = "learnable", "traps"
FEW = 2
"""Dimensions up to here are searched best."""


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; the unit is a data set."""
    largest = {"dimension": max(results.axis(DRAWN, "dimension"))}
    wells = {axis: max(results.axis(AUER, axis)) for axis in ("dimension", "examples")}
    return {
        "grows_on_learnable_data": growth(results, LEARNABLE, "noisy"),
        "auers_formula": shares(results),
        "certified_in_one_dimension": [exact(found / m) for m, found in certified(results).items()],
        "grows_on_random_labels": growth(results, DRAWN, "random"),
        "no_open_cells": exact(max(max(of_spread(results, m, "open")) for m in certified(results))),
        "spread_is_needed": exact(max(of_spread(results, m)[0] for m in certified(results))),
        "one_if_realisable": [
            exact(float(ends(of_arm(results, EASY, "found", "realisable"))))
            for ends in (np.min, np.max)
        ],
        "at_most_one_if_convex": exact(float(of_arm(results, EASY, "found", "log_loss").max())),
        "traps_are_rare": share_interval(results.values(TRAPS, "trapped", "noisy") > 0),
        "traps_are_seen": mean_interval(results.values(AUER, "trapped", where=wells)),
        "traps_of_random_labels": mean_interval(
            results.values(DRAWN, "trapped", "random", largest)
        ),
        "growth_is_a_lower_bound": falls_shorter(results),
        "found_once": mean_interval(once(results, DRAWN, "random")[:, -1]),
    }


def of_arm(results: Results, part: str, metric: str, arm: str) -> np.ndarray:
    """A metric of each data set by dimension, (seeds, dimensions)."""
    dimensions = results.axis(part, "dimension")
    return np.stack(
        [results.values(part, metric, arm, {"dimension": each}) for each in dimensions], axis=1
    )


def once(results: Results, part: str, arm: str) -> np.ndarray:
    """The share of the minima that only one start found, (seeds, dimensions)."""
    alone, found = (of_arm(results, part, each, arm) for each in ("once", "found"))
    share: np.ndarray = alone / np.maximum(found, 1)
    return share


def falls_shorter(results: Results) -> Estimate:
    """That share at the largest dimension less its mean over few dimensions, of learnable data."""
    share = once(results, LEARNABLE, "noisy")
    few = np.array(results.axis(LEARNABLE, "dimension")) <= FEW
    return paired_difference(share[:, -1], share[:, few].mean(1))


def growth(results: Results, part: str, arm: str) -> Estimate:
    """Slope of the logarithm of the count against the dimension: a line for each seed.

    Where the loss falls for ever and there is no minimum, it counts as one.
    """
    counts = np.log(np.maximum(of_arm(results, part, "found", arm), 1))
    across = np.broadcast_to(results.axis(part, "dimension"), counts.shape)
    return slope_interval(across, counts, np.repeat(np.arange(len(counts)), counts.shape[1]))


def shares(results: Results) -> list[Estimate]:
    """Found over formula, for every dimension and number of examples: the furthest of the seeds."""
    found = []
    for d in results.axis(AUER, "dimension"):
        for m in results.axis(AUER, "examples"):
            counts, formula = (
                results.values(AUER, metric, where={"dimension": d, "examples": m})
                for metric in ("found", "formula")
            )
            ratio = counts / formula
            found.append(exact(float(ratio[np.abs(ratio - 1).argmax()]), n=len(ratio)))
    return found


def certified(results: Results) -> dict[int, float]:
    """Minima that the certificate counts at the largest spread, by examples."""
    return {m: of_spread(results, m)[-1] for m in results.axis(CERTIFICATE, "examples")}


def of_spread(results: Results, examples: int, counted: str = "minima") -> list[float]:
    """What the certificate counts for each spread: minima, or cells that it left open."""
    _, values = results.curve(CERTIFICATE, counted, where={"examples": examples})
    counts: list[float] = values[0].tolist()
    return counts
