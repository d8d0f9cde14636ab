"""What a net's weak point is: its bias or its variance.

L1, "Atacar el punto débil": avoidable bias is train error minus Bayes error, the generalisation
gap is validation error minus train error; both problems are attacked separately.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

BIAS, VARIANCE, NEITHER = "bias", "variance", "neither"
NOTEWORTHY = 0.01
"""Below one point of error neither part is worth attacking."""


@dataclass(frozen=True)
class Diagnosis:
    """Errors as shares, and what they come to.

    Args:
        train: on the samples trained on.
        held_out: on those held out.
        bayes: the least that is possible, or what stands in its place.
    """

    train: float
    held_out: float
    bayes: float = 0.0

    @property
    def avoidable_bias(self) -> float:
        """Train error minus Bayes error; 0 where noisy labels were learnt by heart."""
        return max(0.0, self.train - self.bayes)

    @property
    def gap(self) -> float:
        """Held-out error minus train error."""
        return self.held_out - self.train

    @property
    def weak_point(self) -> str:
        """`bias` or `variance`, the larger of the two; `neither` where both are small."""
        if max(self.avoidable_bias, self.gap) < NOTEWORTHY:
            return NEITHER
        return BIAS if self.avoidable_bias >= self.gap else VARIANCE


@dataclass(frozen=True)
class DiagnosedCell:
    """A trained cell of a claim with its diagnosis, of means over its seeds.

    Args:
        part: the part of the claim.
        arm: its arm, or "".
        axes: its place on the grid.
        n: seeds that gave numbers.
        split: what was held out: `validation`, or `test` where nothing else was scored.
        reference: kind of the Bayes error, as `data.bayes` has it.
        source: of the Bayes error, in both languages.
        errors: what is diagnosed.
        curve: the training loss on the way, mean over seeds, at a few steps that are evenly apart.
    """

    part: str
    arm: str
    axes: Mapping[str, Any]
    n: int
    split: str
    reference: str
    source: Mapping[str, str]
    errors: Diagnosis
    curve: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """The cell's name for people."""
        place = ", ".join(f"{axis}={value}" for axis, value in self.axes.items())
        return " · ".join(word for word in (self.part, self.arm, place) if word)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """A cell again, from plain data."""
        errors, curve = Diagnosis(**content["errors"]), tuple(content.get("curve", ()))
        return cls(**{**content, "errors": errors, "curve": curve})
