import math

import numpy as np
import pytest

from deepclaims.claims.optimisation.noise_ball_tradeoff.measure import arrival, plateau, race
from deepclaims.claims.optimisation.softmax_of_digits import digits
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/noise-ball-tradeoff"
SMALL = {"dimension": 3, "noise": 0.5, "radius": 2.0, "epsilon": 0.1, "replicas": 400}


def imagine(
    part, arm, axes, seed, *, speed=1.0, digits=1.0, meseta=1.0, ball=1.0, exact_gradient=0.0
):
    """Steps go as 1/α^speed, on MNIST as 1/α^digits; MNIST's excess is meseta times the theory."""
    lr, batch = axes["lr"], axes["batch"]
    rng = np.random.default_rng([seed, batch, round(lr * 1e6)])
    luck = 1 + 0.003 * rng.normal()
    if part.name == "arrival":
        return Outcome({"steps": 22 / lr**digits * luck}, {"excess": Curve([1, 100], [0.6, 0.2])})
    if part.name == "mnist":
        theory = 0.28 * lr / batch
        mean = meseta * theory * luck
        square = 1.01 * mean**2
        metrics = {"excess": mean, "excess_square": square, "theory": theory}
        return Outcome({**metrics, "noise": 1.1, "slope": 1e-9})
    steps = 1.84 / lr**speed * luck
    curve = {"distance": Curve([1, 100], [4.0, 0.1])}
    if batch == 0:
        return Outcome({"ball": exact_gradient, "ball_square": 0.0, "steps": steps}, curve)
    rate = 1 - 2 * lr + lr**2 * (1 + 2 / batch)
    mean = ball * lr**2 * 0.75 / batch / (1 - rate) * luck
    return Outcome({"ball": mean, "ball_square": 1.01 * mean**2, "steps": steps}, curve)


def test_where_both_trade_it_is_supported(imagined, ruling):
    assert ruling(imagined(NAME, imagine, "smoke")) == "supported"


@pytest.mark.parametrize("changes", [{"speed": 0.4}, {"meseta": 1.4}, {"digits": 0.2}])
def test_where_one_does_not_it_is_refuted(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world, "smoke")) == "refuted"


@pytest.mark.parametrize("changes", [{"ball": 1.2}, {"exact_gradient": 0.01}])
def test_where_a_control_fails_nothing_is_concluded(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world, "smoke")) == "inconclusive"


def test_steps_and_ball_are_those_of_the_exact_recursion():
    """(1 − α)² + α²(d − 1)/B of ‖e‖² is left, α² d s²/B is added."""
    found = race({**SMALL, "lr": 0.05, "batch": 2}, 1).metrics
    a, kept, added = 4.0, 0.95**2 + 0.05**2 * 2 / 2, 0.05**2 * 0.75 / 2
    t = 0
    while a > 0.1:
        a, t = kept * a + added, t + 1
    assert found["steps"] == pytest.approx(t, abs=1)
    assert found["ball"] == pytest.approx(added / (1 - kept), rel=0.1)


def test_with_all_the_data_no_ball_is_left():
    found = race({**SMALL, "replicas": 2, "lr": 0.05, "batch": 0}, 1).metrics
    assert found["ball"] < 1e-6
    assert found["steps"] == pytest.approx(math.log(0.1 / 4) / math.log(0.95**2), abs=1)


def test_a_seed_decides_the_plateau(project_with_data):
    config = {"lr": 0.4, "batch": 4, "samples": 60, "components": 5, "ridge": 0.05, "replicas": 3}
    assert plateau(config, 1) == plateau(config, 1)
    assert plateau(config, 1) != plateau(config, 2)


def test_gentle_sgd_arrives_on_digits_as_gradient_descent_does(project_with_data):
    """At a small α with many samples the way down is that of the gradient; less far takes less."""
    config = {"lr": 0.4, "batch": 64, "samples": 60, "components": 5, "ridge": 0.05, "replicas": 4,
              "horizon": 60}  # fmt: skip
    problem, least = digits(config)
    near, far = (share * (least.start - least.loss) for share in (0.4, 0.7))
    w, everyone = np.zeros((1, *least.w.shape)), np.arange(60)[None]
    t = 0
    while problem.loss(w)[0] - least.loss > near:
        w, t = w - 0.4 * problem.gradient(w, everyone), t + 1

    def steps(epsilon):
        return arrival({**config, "epsilon": epsilon}, 2).metrics["steps"]

    assert steps(near) == pytest.approx(t, rel=0.15)
    assert 0 < steps(far) < steps(near)
    assert math.isnan(steps(1e-6))
