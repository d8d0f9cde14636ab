"""Tuned alike: one protocol by which every side of a comparison gets its free constants.

The protocol stands in the claim's file, so that both sides have it and a reader can check it::

    tune:
      axes: [optimizer.lr]                # whose values are tried, all combinations of them
      score: validation_error             # what chooses, on validation; less is better
      seeds: {first: 1000, count: 6}      # that choose, and report nothing
      edge: void                          # a choice at an end of its grid: `void` or `widen`
      also: [{optimizer.lr: 0.01}]        # reported as well, since a check or a figure names them

It is measured in two goes: the choosing seeds at every value, then the part's own seeds at what was
chosen, and at `also`. The choosing seeds never score a test split. Two scores choose apart, each by
its name: `by: {error: validation_error, speed: {curve: train_loss, below: 0.2}}`; the latter is the
first step at which a curve is below a target. With `stacked: true` a task of the claim's own gets
all combinations at once, as `variants` of its config, and gives each score as a curve over their
numbers. Such a grid is widened by a stack of its own: all combinations that have the new value.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepclaims.errors import ClaimError
from deepclaims.evidence.choice import Value

EDGES = ("void", "widen")
WIDENED = 4
"""So many times is a grid widened; a choice that is at its end even then is void."""
VARIANTS = "variants"
"""Key of a stacked task's config: the combinations to try."""
CHOOSING = "choosing"
"""Key of the config of a task that reads data: these seeds choose, and score no test split."""


@dataclass(frozen=True)
class Score:
    """What chooses: a scalar metric, or the first step at which a curve is below a target."""

    metric: str
    below: float | None = None

    @classmethod
    def read(cls, written: Any) -> Score:
        """The score as a claim's file writes it: a metric's name, or `{curve: …, below: …}`."""
        if isinstance(written, Mapping):
            return cls(str(written["curve"]), float(written["below"]))
        return cls(str(written))


@dataclass(frozen=True)
class Tune:
    """The protocol of a part.

    Args:
        axes: the names of what is tuned.
        by: the scores that choose, by name; one named "" where there is one.
        seeds: that choose.
        edge: what a choice at an end of its grid means: `void`, or `widen` the grid first.
        natural: values that end their grid because nothing lies beyond, such as p_keep = 1.
        also: combinations that are reported whatever is chosen.
        stacked: whether the task takes all combinations at once.
    """

    axes: tuple[str, ...]
    by: Mapping[str, Score]
    seeds: tuple[int, ...]
    edge: str = "void"
    natural: tuple[Any, ...] = ()
    also: tuple[Value, ...] = ()
    stacked: bool = False

    KEYS = ("axes", "score", "by", "seeds", "edge", "natural", "also", "stacked")

    @classmethod
    def read(cls, where: str, written: Mapping[str, Any]) -> Tune:
        """The protocol as a claim's file writes it.

        Args:
            where: the claim and part, for messages.
            written: the entry `tune`.

        Raises:
            ClaimError: for a missing, unknown or ill-fitting entry.
        """
        if unknown := [key for key in written if key not in cls.KEYS]:
            raise ClaimError(f"{where}: tune does not know {unknown}; known: {', '.join(cls.KEYS)}")
        if ("score" in written) == ("by" in written):
            raise ClaimError(f"{where}: tune needs either score or by")
        for key in ("axes", "seeds"):
            if not written.get(key):
                raise ClaimError(f"{where}: tune lacks {key}")
        if written.get("edge", "void") not in EDGES:
            raise ClaimError(f"{where}: tune.edge is one of {', '.join(EDGES)}")
        if written.get("stacked") and written.get("edge") == "widen" and len(written["axes"]) < 2:
            raise ClaimError(f"{where}: a stack that is widened needs several axes to be a stack")
        by = written["by"] if "by" in written else {"": written["score"]}
        first, count = int(written["seeds"]["first"]), int(written["seeds"]["count"])
        return cls(
            axes=tuple(written["axes"]),
            by={str(name): Score.read(score) for name, score in by.items()},
            seeds=tuple(range(first, first + count)),
            edge=str(written.get("edge", "void")),
            natural=tuple(written.get("natural") or ()),
            also=tuple(written.get("also") or ()),
            stacked=bool(written.get("stacked", False)),
        )

    def combinations(
        self, grid: Mapping[str, Sequence[Any]], fixed: Value | None = None
    ) -> list[dict[str, Any]]:
        """All combinations of the tuned axes' values, in the order of the grid.

        Args:
            grid: axis -> values.
            fixed: axis -> the one value it has here, in the grid or not.
        """
        own = {**grid, **{axis: [value] for axis, value in (fixed or {}).items()}}
        rows = itertools.product(*(own[axis] for axis in self.axes))
        return [dict(zip(self.axes, row, strict=True)) for row in rows]


def choosing(config: Mapping[str, Any]) -> dict[str, Any]:
    """A training's config for the seeds that choose: without a score on the test split."""
    fit = config["fit"]
    return {**config, "fit": {**fit, "evaluate": [x for x in fit["evaluate"] if x != "test"]}}


def is_choosing(config: Mapping[str, Any]) -> bool:
    """Whether a task that reads data itself runs a seed that chooses."""
    return bool(config.get(CHOOSING, False))
