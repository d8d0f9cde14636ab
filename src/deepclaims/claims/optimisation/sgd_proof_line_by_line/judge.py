"""The largest differences and excesses over all populations and Θ; the smallest of the mutants."""

from __future__ import annotations

from typing import Any

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate

TIGHT = ("signs", "regression")
"""Problems whose c is attained: there a larger one has to break the lines."""


def judge(results: Results) -> dict[str, Measured]:
    """Identities and inequalities by their worst case, mutants by their least visible one."""

    def worst(*metrics: str, **where: Any) -> list[Estimate]:
        return [extreme(results, "lines", each, **where) for each in metrics]

    def least(*metrics: str, **where: Any) -> list[Estimate]:
        return [extreme(results, "lines", each, "min", **where) for each in metrics]

    def least_centred(metric: str) -> list[Estimate]:
        return [least(metric, problem=each, theta="centred")[0] for each in TIGHT]

    return {
        "minimum_is_unique": worst("spread", "lower_excess"),
        "gradient_vanishes": worst("slope"),
        "holds_inside": [
            each
            for theta in ("centred", "inside")
            for each in worst("slope", "spread", theta=theta)
        ],
        "flat_has_many_minima": extreme(results, "flat", "spread", "min"),
        "above_the_bowl": worst("bowl_excess"),
        "steeper_bowl_breaks": least_centred("bowl_excess_mutant"),
        "step_multiplied_out": worst("expansion_gap"),
        "half_cross_term_is_seen": least("expansion_gap_mutant"),
        "projection_shortens": worst("projection_shortens"),
        "independent": worst("dependence_iid"),
        "other_sampling_is_dependent": least("dependence_twice", "dependence_shuffled"),
        "products_equal": worst("given_product_iid", "product_gap"),
        "products_bounded": worst("product_excess"),
        "products_of_reused_samples_differ": least("given_product_twice"),
        "larger_c_breaks": least_centred("product_excess_mutant"),
        "squares_equal": worst("given_square_iid", "square_gap"),
        "squares_bounded": worst("square_excess"),
        "spectral_norm_differs": least("square_gap_mutant", problem="signs"),
        "smaller_bounds_break": least(
            "square_excess_mutant", "square_excess_no_mean", problem="signs", theta="centred"
        ),
        "outside_theta": worst("outside_excess"),
    }
