"""The four problems with their remedies, each remedy at what its choosing seeds chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.diagnosis import BIAS, VARIANCE

MEANT: Mapping[str, str] = MappingProxyType(
    {"half": VARIANCE, "ball": VARIANCE, "small_ball": BIAS, "small_xor": BIAS}
)
"""Each problem's part of the claim's file, and the weak point it is meant to have."""
REMEDIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {VARIANCE: ("data", "decay"), BIAS: ("wide", "longer")}
)
"""What each weak point is attacked with."""
ALONE = "alone"


@dataclass(frozen=True)
class Problem:
    """A problem of `MEANT`, by its name."""

    results: Results
    name: str

    @property
    def weak_point(self) -> str:
        """What it is meant to suffer from."""
        return MEANT[self.name]

    @property
    def other(self) -> str:
        """What it is not."""
        return BIAS if self.weak_point == VARIANCE else VARIANCE

    def tuned(self, remedy: str) -> Tuned:
        """The net with a remedy, or `ALONE`."""
        part = f"{self.name}_{remedy}" if remedy == "decay" else self.name
        return self.results.tuned(part, remedy)

    @cached_property
    def right(self) -> str:
        """Of the remedies against its weak point, the one that the choosing seeds prefer."""
        remedies = REMEDIES[self.weak_point]
        return min(remedies, key=lambda each: min(self.tuned(each).choice.scores))

    @cached_property
    def bayes(self) -> float:
        """The Bayes error, a share."""
        (flip,) = self.results.axis(self.name, "data.flip")
        return float(flip)

    def error(self, split: str, remedy: str) -> np.ndarray:
        """Error of the reporting seeds on a split, in percentage points, `(seeds,)`."""
        asked = split, remedy
        if asked not in self._errors:
            self._errors[asked] = 100 * self.tuned(remedy).reported(f"{split}_error")
        return self._errors[asked]

    def gain(self, remedy: str) -> np.ndarray:
        """Test error that a remedy saves, in percentage points, `(seeds,)`."""
        return self.error("test", ALONE) - self.error("test", remedy)

    def bias(self, remedy: str = ALONE) -> np.ndarray:
        """Train error minus Bayes error, in percentage points and as it comes, `(seeds,)`."""
        return self.error("train", remedy) - 100 * self.bayes

    def gap(self, remedy: str = ALONE) -> np.ndarray:
        """Validation error minus train error, in percentage points, `(seeds,)`."""
        return self.error("validation", remedy) - self.error("train", remedy)

    def suffers(self, weak_point: str, remedy: str = ALONE) -> np.ndarray:
        """Avoidable bias, which is not negative, or gap, in percentage points, `(seeds,)`."""
        return np.maximum(0, self.bias(remedy)) if weak_point == BIAS else self.gap(remedy)

    @cached_property
    def _errors(self) -> dict[tuple[str, str], np.ndarray]:
        return {}


def problems(results: Results) -> list[Problem]:
    """All four, in the order of `MEANT`."""
    return [Problem(results, name) for name in MEANT]
