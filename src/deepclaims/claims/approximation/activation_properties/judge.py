"""The slide's three formulas by exact numbers, and what they leave out."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact

ENDS = ("sigmoid_is_one", "tanh_is_one", "tanh_formula_is_nan")


def judge(results: Results) -> dict[str, Measured]:
    """Exact numbers, all of them."""

    def found(metric: str, activation: str) -> Estimate:
        where = {"activation": activation}
        (places,) = results.values("formulas", "places", where=where)
        (value,) = results.values("formulas", metric, where=where)
        return exact(value, int(places))

    four = results.axis("formulas", "activation")
    return {
        "sigmoid_below_one": found("not_below_one", "sigmoid"),
        "derivative_identity": found("identity_gap", "sigmoid"),
        "derivative_bound": found("steepest", "sigmoid"),
        "relu_above_z": found("below_z", "relu"),
        "one_is_approached": found("below_one", "sigmoid"),
        "identity_can_fail": found("identity_gap", "tanh"),
        "quarter_is_attained": found("steepest", "sigmoid"),
        "z_is_attained": found("above_z", "relu"),
        "sigmoid_is_not_above_z": found("below_z", "sigmoid"),
        "tanh_below_one": found("not_below_one", "tanh"),
        "tanh_slope": found("steepest", "tanh"),
        "elu_above_alpha": found("above_lower", "elu"),
        "tanh_approaches_one": found("below_one", "tanh"),
        "lower_bounds": [found("above_lower", g) for g in four if g != "elu"],
        "elu_jump": found("jump", "elu"),
        "library": [found(f"{what}_error", g) for g in four for what in ("value", "slope")],
        "float_ends": [exact(end / theory) for end, theory in float_ends(results)],
    }


def float_ends(results: Results) -> list[tuple[float, float]]:
    """Where floats end, as found and as their digits say, for each type."""
    pairs = []
    for dtype in results.axis("ends", "dtype"):
        for end in ENDS:
            (found,), (theory,) = (
                results.values("ends", name, where={"dtype": dtype})
                for name in (end, f"{end}_theory")
            )
            pairs.append((float(found), float(theory)))
    return pairs
