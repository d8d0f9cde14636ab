from itertools import product

import numpy as np
import pytest

from deepclaims.claims.optimisation.sgd_noise_ball.measure import ComparedStep, Plan, run
from deepclaims.evidence.statistics import pooled_mean
from deepclaims.optim.population_problem import (
    PROBLEMS,
    constants,
    logistic_regression,
    sign_regression,
)

TIGHT = PROBLEMS["tight"]()
KNOWN = constants(TIGHT)
NAME = "optimisation/sgd-noise-ball"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300})


def scaled(factor, power=2):
    """The ball, or a distance, times a factor; its mean square with it."""
    return {"ball": lambda v: factor * v, "ball_square": lambda v: factor**power * v}


def test_as_measured_it_is_corrected(results, ruling):
    assert ruling(results) == "corrected"


def test_where_the_unprojected_ball_obeys_the_slide_is_supported(results, made_world, ruling):
    assert ruling(made_world(results, "unprojected", scaled(0.5))) == "supported"


def test_where_the_bound_breaks_at_late_steps_it_is_refuted(results, made_world, ruling):
    steps = results.metrics["step"].where(results.metrics["part"] == "tight").fillna(0)
    late = np.where(steps > 0.9 * steps.max(), 1.3, 1.0)

    def raised(power):
        return lambda values: values * late[values.index] ** power

    world = made_world(
        results, "tight", {"compensated": raised(1), "compensated_square": raised(2)}
    )
    assert ruling(world) == "refuted"


def test_where_the_one_step_inequality_breaks_it_is_refuted(results, made_world, ruling):
    world = made_world(results, "tight", {"recursion_gap": lambda values: values + 1e-3})
    assert ruling(world) == "refuted"


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("tight", scaled(0.3)),  # far below its bound: mutilated bounds would survive
        ("minimum_only", scaled(0.4)),
        ("noiseless", {"final": lambda values: values + 0.01}),
        ("logistic", scaled(1.5)),
        ("tight", {"step_bias": lambda values: values + 0.5}),
    ],
)
def test_where_a_control_fails_nothing_is_concluded(results, made_world, ruling, part, changed):
    assert ruling(made_world(results, part, changed)) == "inconclusive"


@pytest.mark.parametrize(
    "problem", [sign_regression(2, 1.0, 1.0), logistic_regression(9, 2, 0.1, 1.0, seed=1)]
)
@pytest.mark.parametrize("batch", [1, 2])
def test_the_conditional_expectation_is_that_of_all_minibatches(problem, batch):
    plan = Plan(alpha=0.3, batch=batch, replicas=1, steps=1)
    error = np.array([[0.4, -0.7]])
    w = problem.minimiser + error[0]
    gradients = problem.slope(problem.x @ w, problem.y)[:, None] * problem.x + problem.ridge * w
    draws = [np.mean(chosen, axis=0) for chosen in product(gradients, repeat=batch)]
    squares = [((error[0] - 0.3 * g) ** 2).sum() for g in draws]
    step = ComparedStep(problem, constants(problem), plan)
    assert step.expected(error)[0] == pytest.approx(np.mean(squares))


@pytest.mark.parametrize(("alpha", "batch"), [(0.1, 1), (0.05, 4)])
def test_the_free_ball_follows_its_exact_law(alpha, batch):
    """Without projection α d s²/B / (2 − α(1 + (d − 1)/B)), from the recursion of E‖e‖²."""
    d, s = 3, 3.0
    law = alpha * d * s**2 / batch / (2 - alpha * (1 + (d - 1) / batch))
    plan = Plan(alpha, batch, replicas=1500, steps=int(12 / alpha), projected=False)
    found = run(TIGHT, KNOWN, plan, seed=1).metrics
    estimate = pooled_mean(found["ball"], found["ball_square"], 1500, level=0.9999)
    assert estimate.low < law < estimate.high
    assert estimate.high - estimate.low < 0.2 * law


def test_steps_are_unbiased_and_a_wrong_variance_would_show():
    plan = Plan(0.05, 1, replicas=2000, steps=200)
    found = run(TIGHT, KNOWN, plan, seed=2).metrics
    estimate = pooled_mean(found["step_bias"], found["step_bias_square"], 2000)
    assert abs(estimate.value) < 4 * estimate.se
    assert estimate.se < 0.05  # halving σ² would move it by 0.5


def test_the_one_step_inequality_holds_and_is_attained_at_the_edge():
    edge = run(TIGHT, KNOWN, Plan(0.2, 1, replicas=200, steps=50), seed=3).metrics
    assert abs(edge["recursion_gap"]) < 1e-12
    outside = run(TIGHT, KNOWN, Plan(0.2, 1, 200, 50, projected=False), seed=3).metrics
    assert outside["recursion_gap"] > 0.01


def test_projection_keeps_every_trajectory_in_the_ball():
    found = run(TIGHT, KNOWN, Plan(1.0, 1, replicas=100, steps=30), seed=4)
    assert max(found.curves["distance"].values) <= KNOWN.radius**2 * (1 + 1e-12)
    free = run(TIGHT, KNOWN, Plan(1.0, 1, replicas=100, steps=30, projected=False), seed=4)
    assert free.metrics["final"] > 1e3  # diverges, as α > 2/d must


def test_without_noise_there_is_no_ball():
    problem = PROBLEMS["noiseless"]()
    found = run(problem, constants(problem), Plan(0.1, 1, replicas=50, steps=400), seed=5)
    assert found.metrics["final"] < 1e-20


def test_a_run_is_a_function_of_its_seed_and_cells_do_not_share_luck():
    plan = Plan(0.1, 2, replicas=10, steps=30)
    first = run(TIGHT, KNOWN, plan, seed=6)
    assert first == run(TIGHT, KNOWN, plan, seed=6)
    assert first.metrics["ball"] != run(TIGHT, KNOWN, plan, seed=7).metrics["ball"]
    other = run(TIGHT, KNOWN, Plan(0.1001, 2, replicas=10, steps=30), seed=6)
    assert abs(other.metrics["ball"] / first.metrics["ball"] - 1) > 1e-2


def test_what_is_left_without_chance_is_the_same_expectation():
    """On average it is D_t, up to the spread of D_t; and it spreads far less itself."""
    plan = Plan(0.002, 1, replicas=64, steps=1000)
    found = run(TIGHT, KNOWN, plan, seed=8)
    last = {name: curve.values[-1] for name, curve in found.curves.items()}
    plain = pooled_mean(last["distance"], last["distance_square"], 64)
    left = pooled_mean(last["compensated"], last["compensated_square"], 64)
    assert left.se < 0.4 * plain.se
    assert abs(plain.value - left.value) < 4 * plain.se
    law = KNOWN.unrolled(0.002, 1, 0.81, np.array(found.curves["compensated"].steps))
    assert (np.array(found.curves["compensated"].values) < law).all()


def test_without_projection_what_is_left_follows_the_exact_law():
    """E‖e‖² of the free process obeys a linear recursion: no chance is left at the first step."""
    plan = Plan(0.1, 2, replicas=64, steps=30, projected=False)
    found = run(TIGHT, KNOWN, plan, seed=9).curves["compensated"]
    exact, steps = 0.81, dict(zip(found.steps, found.values, strict=True))
    for t in range(1, 31):
        exact = (1 - 0.2 + 0.01 * (1 + 2 / 2)) * exact + 0.01 * 27 / 2
        if t == 1:
            assert steps[t] == pytest.approx(exact, rel=1e-12)
        if t == 30:
            assert steps[t] == pytest.approx(exact, rel=0.05)
