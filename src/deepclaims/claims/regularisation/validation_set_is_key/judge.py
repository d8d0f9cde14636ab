"""What choosing on train, on validation or on test gives: errors and optimism over seeds."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import mean_interval

WORLDS = ("noisy", "clean")
KINDS = ("decay", "keep", "stop")


def judge(results: Results) -> dict[str, Measured]:
    """Percentage points over seeds, at the registered size of the set that chooses."""
    sizes = results.claim.part("noisy").params
    small, size, large = (sizes[name] for name in ("small", "size", "large"))

    def at(world: str, name: str, number: int = size) -> np.ndarray:
        return at_size(results, world, f"all_{name}", number)

    return {
        "train_chooses_worse": [mean_interval(worse(results, "noisy", kind)) for kind in KINDS],
        "right_labels_too": mean_interval(worse(results, "clean", "all")),
        "single_is_honest": [mean_interval(at(world, "single")) for world in WORLDS],
        "train_flatters": [
            mean_interval(results.values(world, "all_train_optimism")) for world in WORLDS
        ],
        "reused_flatters": [mean_interval(at(world, "reused")) for world in WORLDS],
        "as_predicted": [
            mean_interval(at(world, "reused") - at(world, "theory")) for world in WORLDS
        ],
        "fresh_is_honest": [mean_interval(at(world, "fresh")) for world in WORLDS],
        "small_flatters_more": [
            mean_interval(at(world, "reused", small) - at(world, "reused", large))
            for world in WORLDS
        ],
        "large_chooses_better": [
            mean_interval(at(world, "true", small) - at(world, "true", large)) for world in WORLDS
        ],
        "near_the_best": [
            mean_interval(at(world, "true") - results.values(world, "all_best")) for world in WORLDS
        ],
    }


def at_size(results: Results, part: str, name: str, size: int) -> np.ndarray:
    """A curve at one size of the set that chooses, `(seeds,)`."""
    sizes, values = results.curve(part, name)
    return values[:, sizes.tolist().index(size)]


def worse(results: Results, part: str, kind: str) -> np.ndarray:
    """Error of what train chooses less that of what validation chooses, `(seeds,)`."""
    size = results.claim.part(part).params["size"]
    by_validation = at_size(results, part, f"{kind}_true", size)
    return results.values(part, f"{kind}_train_true") - by_validation
