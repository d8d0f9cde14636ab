import math

import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.momentum_lowers_ball.measure import additive, regression, speed
from deepclaims.evidence.outcome import Outcome
from deepclaims.optim import momentum_law

NAME = "optimisation/momentum-lowers-ball"


def known_ball(part, axes):
    """The exact ball of a cell."""
    lr, beta = axes["lr"], axes["beta"]
    if part.name == "regression":
        d, noise = part.params["dimension"], part.params["noise"]
        return momentum_law.ball(lr, beta, 1.0, d * noise**2, d - 1)
    return sum(momentum_law.ball(lr, beta, h, 1.0) for h in part.params["curvatures"])


def imagine(part, arm, axes, seed, *, gain=None, attenuated=False, plain=1.0):
    """The world of the exact law, or one where momentum divides every ball by `gain`."""
    lr, beta = axes["lr"], axes["beta"]
    if part.task == "speed":
        rate = lr * (1 - beta) if attenuated else lr
        return Outcome({"steps": float(round(7 / rate))})
    rng = np.random.default_rng([seed, round(lr * 1e6), round(beta * 10)])
    if gain is None:
        ball = known_ball(part, axes)
    else:
        ball = known_ball(part, {**axes, "beta": 0.0}) / (gain if beta else 1.0)
    finite = math.isfinite(ball)
    mean = ball * (1 + 0.002 * rng.normal()) if finite else 1e40
    mean *= plain if beta == 0 else 1.0
    last = mean if finite else 1e40
    beside = 0.0 if beta == 0 else math.nan
    metrics = {"ball": mean, "ball_square": 1.3 * mean**2, "last": last, "beside_sgd": beside}
    return Outcome(metrics)


def test_where_the_exact_law_holds_it_is_corrected(imagined, ruling):
    assert ruling(imagined(NAME, imagine)) == "corrected"


def test_where_momentum_lowers_every_ball_and_slows_down_it_is_supported(imagined, ruling):
    def world(*args):
        return imagine(*args, gain=3.0, attenuated=True)

    assert ruling(imagined(NAME, world)) == "supported"


def test_where_it_lowers_no_ball_and_the_repair_fails_it_is_refuted(imagined, ruling):
    def world(*args):
        return imagine(*args, gain=1.0)

    assert ruling(imagined(NAME, world)) == "refuted"


def test_where_sgd_is_not_sgd_nothing_is_concluded(imagined, ruling):
    def world(*args):
        return imagine(*args, plain=1.2)

    assert ruling(imagined(NAME, world)) == "inconclusive"


def test_balls_follow_the_law():
    config = {"lr": 1.0, "beta": 0.9, "curvatures": [1.0], "replicas": 4000, "steps": None}
    found = additive(config, 1).metrics["ball"]
    assert found == pytest.approx(momentum_law.ball(1.0, 0.9, 1.0, 1.0), rel=0.05)
    config = {"lr": 0.1, "beta": 0.5, "dimension": 4, "noise": 0.5, "replicas": 800}
    exact = momentum_law.ball(0.1, 0.5, 1.0, 1.0, 3)
    assert regression(config, 1).metrics["ball"] == pytest.approx(exact, rel=0.1)


def test_no_average_is_torchs_sgd_too():
    config = {"lr": 0.3, "beta": 0.0, "curvatures": [0.5, 1.0], "replicas": 3, "steps": 20}
    outcome = additive(config, 5)
    assert outcome.metrics["beside_sgd"] == 0
    h, w = torch.tensor([0.5, 1.0], dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64)
    w.requires_grad_()
    optimizer, generator = torch.optim.SGD([w], lr=0.3), torch.Generator().manual_seed(5)
    for _ in range(20):
        noise = torch.randn(3, 2, generator=generator, dtype=torch.float64)
        w.grad = w.detach() * h + noise
        optimizer.step()
    last = float((w.detach() ** 2).sum(dim=1).mean())
    assert outcome.metrics["last"] == pytest.approx(last, rel=1e-12)


def test_speed_of_sgd_is_the_closed_form():
    assert speed({"lr": 0.1, "beta": 0.0}, 0).metrics["steps"] == math.ceil(
        math.log(1e-3) / math.log(0.9)
    )
