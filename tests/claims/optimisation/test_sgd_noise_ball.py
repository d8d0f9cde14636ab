import numpy as np
import pytest

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

    world = made_world(results, "tight", {"distance": raised(1), "distance_square": raised(2)})
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
