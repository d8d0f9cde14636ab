"""What each of the three options saves, in percentage points of the test error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.check import Measured
from deepclaims.evidence.statistics import exact, mean_interval, ratio_interval

VIEWS = ("codes", "reconstructions")


@dataclass(frozen=True)
class Options:
    """The classifiers with an unsupervised stage and those without, each at what it chose.

    Args:
        plain: a classifier of the images.
        alone: the net of `joint` with β = 1.
        codes: option 1.
        reconstructions: option 2.
        joint: option 3.
        pca: option 2 with principal components in the autoencoder's place.
    """

    plain: Tuned
    alone: Tuned
    codes: Tuned
    reconstructions: Tuned
    joint: Tuned
    pca: Tuned

    @classmethod
    def of(cls, results: Results) -> Self:
        """The options of a claim's results, with the fewest labels that it has."""
        where = {"labels": min(results.axis("plain", "labels"))}
        views = {
            name: results.tuned("staged", where={**where, "view": view})
            for name, view in (*zip(VIEWS, VIEWS, strict=True), ("pca", "pca_reconstructions"))
        }
        rest = {name: results.tuned(name, where=where) for name in ("plain", "alone", "joint")}
        return cls(**rest, **views)

    @property
    def best(self) -> Tuned:
        """The option that erred least on validation."""
        options = (self.codes, self.reconstructions, self.joint)
        return min(options, key=lambda each: min(each.choice.scores))


def judge(results: Results) -> dict[str, Measured]:
    """Gains over seeds; the autoencoder beside PCA."""
    own = Options.of(results)
    coder = (own.reconstructions.reported(name) for name in ("mse", "pca"))
    images, grey = (
        results.curve("unlabelled", "test_error", where={"blank": blank})[1]
        for blank in (False, True)
    )
    return {
        "a_stage_helps": mean_interval(gain(own.plain, own.best)),
        "codes_help": mean_interval(gain(own.plain, own.codes)),
        "reconstructions_help": mean_interval(gain(own.plain, own.reconstructions)),
        "joint_helps": mean_interval(gain(own.alone, own.joint)),
        "coder_beats_pca": ratio_interval(*coder),  # type: ignore[arg-type]
        "beta_one_is_none": exact(float(np.abs(images - grey).max()), len(images)),
        "better_than_pca": mean_interval(gain(own.pca, own.reconstructions)),
        "joint_against_plain": mean_interval(gain(own.plain, own.joint)),
    }


def gain(before: Tuned, after: Tuned) -> np.ndarray:
    """Test error saved, in percentage points, `(seeds,)`."""
    return 100 * (before.reported("test_error") - after.reported("test_error"))
