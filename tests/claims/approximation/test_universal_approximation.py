import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.approximation.universal_approximation import judge
from deepclaims.claims.approximation.universal_approximation.judge import uniform_knots_error
from deepclaims.claims.approximation.universal_approximation.measure import (
    close_up,
    construction,
    line,
    plane,
    solved,
    stairs,
)
from deepclaims.claims.approximation.universal_approximation.targets import (
    ADMISSIBLE,
    FLAT,
    LINE,
    PLANE,
    RIDGES,
    staircase,
)
from deepclaims.claims.approximation.universal_approximation.units import Units
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.random_layer import grid

NAME = "approximation/universal-approximation"
WIDTHS = [16, 32, 64]


# --- tasks ---------------------------------------------------------------------------------


def line_task(activation, seed=1):
    config = {"activation": activation, "widths": WIDTHS, "fit_points": 101, "points": 401}
    return line(config, seed)


@pytest.mark.parametrize("activation", ADMISSIBLE)
def test_errors_fall_on_a_line(activation):
    outcome = line_task(activation)
    for name in LINE:
        errors = outcome.curves[f"sup_{name}"].values
        assert errors[-1] < 0.6 * errors[0]
        assert errors[-1] >= outcome.curves[f"rms_{name}"].values[-1] > 0


@pytest.mark.parametrize(("activation", "floor"), [("square", 0.1495), ("cube", 0.1139)])
def test_polynomials_stay_above_their_floor(activation, floor):
    """The minimax errors of |x - 0.2| for degrees 2 and 3."""
    errors = line_task(activation).curves["sup_kink"].values
    assert errors == pytest.approx([errors[0]] * len(WIDTHS), rel=0.06)
    assert min(errors) > floor


def test_the_counterexample_stays_where_parabolas_are():
    errors = line_task("square_at_zero").curves["sup_kink"].values
    assert min(errors) > 0.1495


@pytest.mark.parametrize(("activation", "falls"), [("tanh", True), ("cube", False)])
def test_errors_in_the_plane(activation, falls):
    config = {"activation": activation, "widths": [12, 100], "fit_points": 21, "points": 41}
    first, last = plane(config, 1).curves["sup_plane"].values
    assert (last < 0.3 * first) is falls


def test_a_seed_decides_the_draw():
    assert line_task("elu") == line_task("elu")
    assert line_task("elu") != line_task("elu", seed=2)


def test_the_construction_keeps_its_bounds():
    curves = construction({"widths": [8, 64], "points": 2001}, 0).curves
    for name in LINE:
        assert (np.array(curves[f"sup_{name}"].values) <= curves[f"bound_{name}"].values).all()


def test_the_close_up_net_is_a_parabola_off_its_centres():
    net = close_up({"activation": "square_at_zero", "units": 20, "points": 201}, 4).tables["net"]
    off, on = net[~net["at_centre"]], net[net["at_centre"]]
    parabola = np.polynomial.Polynomial.fit(off["x"], off["net"], 2)
    assert parabola(off["x"].to_numpy()) == pytest.approx(off["net"].to_numpy(), abs=1e-8)
    assert len(on) > 10
    assert np.abs(on["net"] - np.abs(on["x"] - 0.2)).mean() < 0.03


@pytest.mark.parametrize("units", [5, 64])
def test_a_staircase_keeps_its_bound(units):
    """Half a cell times max |f'|, and its formula with so many steps gives the same."""
    u = grid(2001, 1)
    for ridge in RIDGES:
        found = staircase(ridge.f, units, u[:, 0], 1.0)
        assert float((found - ridge.f(u)).abs().max()) <= ridge.steepest / units + 1e-12
    edges = torch.linspace(-1, 1, units + 1, dtype=torch.float64)[:-1]
    middles = (edges + 1 / units)[:, None]
    values = RIDGES[0].f(middles)
    steps = (u >= edges).double()
    alpha = torch.cat([values[:1], values.diff()])
    by_hand = (steps @ alpha)[:-1]
    assert torch.allclose(staircase(RIDGES[0].f, units, u[:, 0], 1.0)[:-1], by_hand)


def test_the_target_in_the_plane_is_its_two_ridges():
    x = grid(21, 2)
    both = sum(ridge.f((x @ ridge.direction)[:, None]) for ridge in RIDGES)
    assert torch.allclose(both, PLANE.f(x))


def test_staircases_err_as_one_over_n():
    curves = stairs({"widths": [64, 256], "points": 4001, "plane_points": 101}, 0).curves
    for name in (*LINE, "plane"):
        first, last = curves[f"sup_{name}"].values
        assert last == pytest.approx(first / 4, rel=0.25)


def test_half_an_elu():
    draw = [Units.draw(g, 6, 1, torch.Generator().manual_seed(3)) for g in ("elu", "elu_half")]
    x = grid(101, 1)
    z = (x - draw[0].layer.centres.T) * draw[0].layer.w.T
    assert torch.allclose(draw[0](x), torch.nn.functional.elu(z))
    assert torch.allclose(draw[1](x), torch.nn.functional.elu(z, alpha=0.5))


DATA = {
    "regression": {"name": "composition", "target": "tree", "dimension": 2, "n": 400},
    "classification": {"name": "checkerboard", "n": 1000},
    "autoencoder": {"name": "curve", "n": 300},
}


@pytest.mark.parametrize("variant", DATA)
def test_solved_nets_err_less_the_wider_they_are(variant):
    config = {"data": DATA[variant], "activation": "relu", "widths": [4, 100]}
    first, last = solved(config, 5).curves["error"].values
    assert 0 < last < 0.2 * first


def test_a_solved_autoencoder_of_parabolas_stays_where_it_is():
    config = {"data": DATA["autoencoder"], "activation": "square", "widths": [8, 100]}
    first, last = solved(config, 5).curves["error"].values
    assert last > 0.8 * first > 0.3


def test_what_is_solved_and_what_is_trained_have_the_same_data(checkout, composer):
    from deepclaims.claims.claim import load

    claim = load(checkout / "conf", NAME, "laptop")
    for part, where in (
        ("regression_plane", "solved_plane"),
        ("classification", "solved_classification"),
        ("autoencoder", "solved_autoencoder"),
    ):
        trained = claim.part(part)
        arm, axes = next(trained.points())
        config = composer.cell([*trained.base, *trained.arms[arm]], axes)
        assert config["data"] == claim.part(where).params["data"]


# --- made worlds ---------------------------------------------------------------------------


def approximates(activation):
    """Leshno's theorem."""
    return activation not in FLAT


def imagine(part, arm, axes, seed, *, works=approximates, trains=approximates):
    """A world in which exactly the activations that `works` follow a rate."""
    activation = axes.get("activation") or axes.get("model.activation")
    rng = np.random.default_rng([seed, len(part.name), *map(ord, activation or "")])

    def error(n, rate):
        return 1.5 * n**-rate * math.exp(0.05 * rng.standard_normal())

    if part.task in ("line", "plane"):
        widths = part.params["widths"]
        names = ["plane"] if part.task == "plane" else list(LINE)
        rate = 1.2 if works(activation) else 0.0
        curves = {
            f"{what}_{name}": Curve(widths, [scale * error(n, rate) for n in widths])
            for name in names
            for what, scale in (("sup", 1.0), ("rms", 0.2), ("alpha", 1.0))
        }
        return Outcome({}, curves)
    if part.task == "solved":
        widths = part.params["widths"]
        return Outcome({}, {"error": Curve(widths, [error(n, 1.2) for n in widths])})
    if part.name == "construction":
        widths = part.params["widths"]
        return construction({"widths": widths, "points": 2001}, seed)
    if part.name == "stairs":
        return stairs({**part.params, "points": 2001, "plane_points": 41}, seed)
    if part.name == "close_up":
        x = np.linspace(-1, 1, 9)
        net = pd.DataFrame({"x": x, "net": x**2, "at_centre": x == 0.5})
        return Outcome({"sup_off_centres": 0.2}, {}, {"net": net})
    e = error(axes["model.width"], 0.5 if trains(activation) else 0.0) / 3
    return Outcome({"test_mse": e**2, "test_error": e, "n_parameters": 9.0})


def test_where_leshno_is_right_the_slide_is_corrected(imagined, ruling):
    assert ruling(imagined(NAME, imagine)) == "corrected"


def test_where_the_slide_is_right_it_is_supported(imagined, ruling):
    def works(activation):
        return activation not in ("square", "cube")

    assert ruling(imagined(NAME, partial(imagine, works=works))) == "supported"


@pytest.mark.parametrize("target", [*LINE, "plane"])
def test_where_staircases_do_not_reach_epsilon_it_is_refuted(imagined, made_world, ruling, target):
    world = imagined(NAME, imagine)
    far = made_world(world, "stairs", {f"sup_{target}": lambda values: 0 * values + 0.4})
    assert ruling(far) == "refuted"


@pytest.mark.parametrize("stuck", ["sigmoid", "elu_half", "step"])
def test_where_a_proper_activation_does_not_approximate_it_is_refuted(imagined, ruling, stuck):
    def works(activation):
        return approximates(activation) and activation != stuck

    assert ruling(imagined(NAME, partial(imagine, works=works))) == "refuted"


@pytest.mark.parametrize("trains", [False, True])
def test_what_training_finds_does_not_decide_what_exists(imagined, ruling, trains):
    results = imagined(NAME, partial(imagine, trains=lambda activation: trains))
    assert ruling(results) == "corrected"


def test_where_polynomials_approximate_nothing_is_concluded(imagined, ruling):
    results = imagined(NAME, partial(imagine, works=lambda activation: True))
    assert ruling(results) == "inconclusive"


@pytest.mark.parametrize("factor", [0.9, 1.2])
@pytest.mark.parametrize("target", LINE)
def test_where_errors_are_mismeasured_nothing_is_concluded(
    imagined, made_world, ruling, factor, target
):
    world = imagined(NAME, imagine)
    broken = made_world(world, "construction", {f"sup_{target}": lambda values: factor * values})
    assert ruling(broken) == "inconclusive"


@pytest.mark.parametrize("units", [10, 47, 512])
def test_the_kink_between_two_knots_is_missed_by_as_much_as_it_is(units):
    """Against numpy's own interpolation on a fine grid that has the kink."""
    x = np.linspace(-1, 1, 100_001)
    knots = np.linspace(-1, 1, units)
    missed = np.abs(np.interp(x, knots, np.abs(knots - 0.2)) - np.abs(x - 0.2)).max()
    assert uniform_knots_error(LINE["kink"], units) == pytest.approx(missed, rel=1e-6)


def test_few_seeds_and_widths_do_not_crash(imagined, ruling):
    results = imagined(NAME, imagine, profile="smoke")
    assert ruling(results) in ("inconclusive", "refuted", "corrected")


def test_trained_parts_compose_and_shrink(checkout, composer):
    """Every training part is a config that trains; here for three steps."""
    from deepclaims.claims.claim import load
    from deepclaims.training.task import train

    claim = load(checkout / "conf", NAME, "smoke")
    for part in claim.parts:
        if part.task == "train":
            arm, axes = next(part.points())
            config = composer.cell([*part.base, *part.arms[arm], "fit.steps=3"], axes)
            metrics = train(config, 0).metrics
            assert {"test_mse", "test_error"} & set(metrics)


def test_every_registered_check_is_estimated(imagined):
    results = imagined(NAME, imagine)
    assert set(judge.judge(results)) == set(results.claim.checks)


@pytest.mark.parametrize("name", ["smooth", "oscillating"])
def test_curvatures_agree_with_finite_differences(name):
    x = grid(100_001, 1)
    f, h = LINE[name].f(x), 2 / 100_000
    second = (f[2:] - 2 * f[1:-1] + f[:-2]) / h**2
    assert float(second.abs().max()) == pytest.approx(LINE[name].curvature, rel=1e-3)


def test_the_plane_target_by_hand():
    value = PLANE.f(torch.tensor([[0.5, -0.25]], dtype=torch.float64))
    assert float(value[0]) == pytest.approx(math.cos(math.pi / 4) + 0.75)
