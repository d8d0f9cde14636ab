import math
from functools import cache, partial

import numpy as np
import pytest

from deepclaims.claims.approximation.polynomial_activation_fails.judge import trained_floor
from deepclaims.claims.approximation.polynomial_activation_fails.measure import (
    deep,
    others,
    spans,
)
from deepclaims.claims.approximation.polynomial_activation_fails.polynomials import (
    POLYNOMIALS,
    dimension,
    on_line,
    ridge,
)
from deepclaims.data.toys import TARGETS
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.polynomial_floor import plane_floor, polynomial_floor

NAME = "approximation/polynomial-activation-fails"
SMALL = {"widths": [32, 64], "points": 101, "side": 11}


# --- exact parts ---------------------------------------------------------------------------


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_the_floor_of_the_next_power_is_chebyshevs(degree):
    """Monic polynomials of degree n come no nearer to zero than 2^(1-n) (Chebyshev)."""
    found = polynomial_floor(lambda x: x[:, 0] ** (degree + 1), degree, 801)
    assert found == pytest.approx(2.0**-degree, rel=1e-4)


def test_the_floor_of_the_modulus_is_an_eighth():
    assert polynomial_floor(lambda x: x[:, 0].abs(), 2) == pytest.approx(1 / 8, rel=1e-4)


def test_the_floor_of_the_ridge_by_symmetry():
    """On the diagonal of the square |x₁ - x₂| is 2|t|, whose floor at degree 2 is 1/4."""
    assert plane_floor(ridge, 2, 41) == pytest.approx(0.25, rel=0.01)


@pytest.mark.parametrize("activation", POLYNOMIALS)
def test_polynomial_units_are_the_polynomials(activation):
    outcome = spans({"activation": activation, **SMALL}, 3)
    degree = POLYNOMIALS[activation][0]
    assert outcome.curves["rank"].values == [degree + 1] * 2
    assert outcome.curves["rank_plane"].values == [dimension(degree, 2)] * 2
    for name in (*TARGETS, "ridge"):
        floor = outcome.metrics[f"floor_{name}"]
        assert outcome.curves[f"minimax_{name}"].values == pytest.approx([floor] * 2, rel=1e-4)


def test_other_units_span_more(monkeypatch):
    """So the rank could have come out otherwise."""
    import torch

    from deepclaims.claims.approximation.polynomial_activation_fails import measure

    monkeypatch.setattr(measure, "POLYNOMIALS", {"square": (2, torch.tanh)})
    curves = spans({"activation": "square", **SMALL}, 3).curves
    assert min(curves["rank"].values) > 20
    assert curves["minimax_kink"].values[-1] < 0.03


def test_layers_of_nothing_add_nothing():
    assert deep({"width": 32, "depth": 4}, 1).metrics["rank"] == 3


def test_other_nets_cross_and_the_changed_parabola_does_not():
    config = {"widths": [8, 64], "fit_points": 101, "points": 401}
    relu, almost = (
        others({"activation": g, **config}, 1).curves["sup_kink"].values
        for g in ("relu", "square_at_zero")
    )
    assert relu[-1] < 0.03
    assert min(almost) > polynomial_floor(on_line("kink"), 2)


def test_a_seed_decides_the_draw():
    config = {"activation": "cube", **SMALL}
    assert spans(config, 1) == spans(config, 1)


# --- made worlds ---------------------------------------------------------------------------


@cache
def floors(activation):
    return dict(spans({"activation": activation, **SMALL, "widths": [32]}, 0).metrics)


least_rms = cache(trained_floor)


def crosses(activation):
    """Leshno's theorem."""
    return activation not in (*POLYNOMIALS, "square_at_zero")


def imagine(part, arm, axes, seed, *, extra=0, trains=crosses, exists=crosses):
    """A world where widths help exactly the activations that are no polynomials."""
    rng = np.random.default_rng([seed, len(part.name)])
    if part.name == "deep":
        return Outcome({"rank": 3.0, "dimension": 3.0})
    if part.name == "spans":
        known, widths = floors(axes["activation"]), part.params["widths"]
        curves = {
            f"minimax_{name}": Curve(widths, [known[f"floor_{name}"]] * len(widths))
            for name in (*TARGETS, "ridge", "affine")
        }
        for plane in ("", "_plane"):
            ranks = [known[f"dimension{plane}"] + extra] * len(widths)
            curves[f"rank{plane}"] = Curve(widths, ranks)
        return Outcome(known, curves)

    def error(n, falls):
        return (0.1 / n if falls else 1.0) * math.exp(0.02 * rng.standard_normal())

    if part.name == "others":
        widths, falls = part.params["widths"], exists(axes["activation"])
        return Outcome(
            {},
            {f"sup_{name}": Curve(widths, [error(n, falls) for n in widths]) for name in TARGETS},
        )
    activation = axes["model.activation"]
    falls = trains(activation)
    least = least_rms(activation if activation in POLYNOMIALS else "square")
    return Outcome({"test_mse": (least * error(axes["model.width"], falls)) ** 2})


def test_supported_where_polynomials_stay(imagined, rulings):
    found = rulings(imagined(NAME, imagine))
    assert found == {"L1.s4.2": "supported", "L1.s4.3": "supported"}


def test_refuted_where_polynomial_units_span_more(imagined, rulings):
    found = rulings(imagined(NAME, partial(imagine, extra=1)))
    assert found == {"L1.s4.2": "refuted", "L1.s4.3": "refuted"}


def test_refuted_where_training_gains_by_units(imagined, rulings):
    def trains(activation):
        return activation != "identity"

    found = rulings(imagined(NAME, partial(imagine, trains=trains)))
    assert found == {"L1.s4.2": "refuted", "L1.s4.3": "supported"}


def test_refuted_where_the_best_output_weights_get_below_the_floor(imagined, made_world, rulings):
    world = made_world(
        imagined(NAME, imagine), "spans", {"minimax_kink": lambda values: 0.9 * values}
    )
    assert set(rulings(world).values()) == {"refuted"}


def test_nothing_is_concluded_where_others_do_not_cross_either(imagined, rulings):
    def none(activation):
        return False

    assert set(rulings(imagined(NAME, partial(imagine, exists=none))).values()) == {"inconclusive"}
    found = rulings(imagined(NAME, partial(imagine, trains=none)))
    assert found == {"L1.s4.2": "inconclusive", "L1.s4.3": "supported"}
