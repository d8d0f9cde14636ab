"""A net that is stopped early beside the same net trained to its end, each at its own rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import (
    mean_interval,
    median_interval,
    ratio_interval,
    share_interval,
)

WORLDS = ("clean", "noisy")


@dataclass(frozen=True)
class World:
    """Both sides on the same seeds; what each was tuned by is the validation error it ends with."""

    ended: Tuned
    stopped: Tuned

    @classmethod
    def of(cls, results: Results, part: str) -> Self:
        """The sides of a part."""
        return cls(*(results.tuned(part, by=by) for by in ("ended", "stopped")))

    def added(self, metric: str, where: str = "stop") -> np.ndarray:
        """A metric of the net that is stopped less that of the other, `(seeds,)`."""
        return self.stopped.reported(f"{metric}_{where}") - self.ended.reported(f"{metric}_end")

    def cost_ratio(self) -> Estimate:
        """Training cost of the net that is stopped over that of the other."""
        return ratio_interval(self.stopped.reported("cost_stop"), self.ended.reported("cost_end"))


def judge(results: Results) -> dict[str, Measured]:
    """Percentage points, means and medians over seeds; lists: with right, with wrong labels."""
    worlds = [World.of(results, part) for part in WORLDS]
    clean, noisy = worlds
    stopped = [world.stopped.reported for world in worlds]
    small = {
        name: results.values("small", name) for name in ("test_end", "test_stop", "looks_stop")
    }
    return {
        "clean_error_falls": mean_interval(-clean.added("test")),
        "noisy_error_falls": mean_interval(-noisy.added("test")),
        "error_falls_by_loss": [mean_interval(-each.added("test", "by_loss")) for each in worlds],
        "trained_to_the_end": [mean_interval(each.ended.reported("train_end")) for each in worlds],
        "small_gains_nothing": mean_interval(small["test_end"] - small["test_stop"]),
        "stops_before_the_end": [median_interval(of("looks_stop")) for of in stopped],
        "small_goes_on": median_interval(small["looks_stop"]),
        "near_the_optimum": [median_interval(of("regret_stop")) for of in stopped],
        "at_the_optimum": [share_interval(of("best_stop")) for of in stopped],
        "an_optimum_to_miss": mean_interval(noisy.stopped.reported("regret_end")),
        "near_the_test_optimum": [mean_interval(of("oracle_stop")) for of in stopped],
        "cost_rises": [each.cost_ratio() for each in worlds],
        "train_error_rises": [mean_interval(each.added("train")) for each in worlds],
        "true_labels_fit_better": mean_interval(-noisy.added("true")),
    }
