import numpy as np
import pytest

from deepclaims.claims.optimisation.minibatch_shrinks_ball.judge import SIZES
from deepclaims.claims.optimisation.minibatch_shrinks_ball.measure import PROBLEMS, ball, variance
from deepclaims.evidence.outcome import Outcome

NAME = "optimisation/minibatch-shrinks-ball"
SIGMA2, MU2, SHARP = 29.0, 1.0, 13.5


def imagine(part, arm, axes, seed, *, power=1.0, height=0.95, subset=1.0, shuffled=0.1):
    """A world in which variances and balls fall as 1/B^power, or do not."""
    at = {**part.params, **axes}
    if part.task == "known":
        names = ("sigma2", "mu2", "c", "sigma2_minimum", "radius", "spectral")
        metrics = dict.fromkeys(names, 1.0) | {"sigma2": SIGMA2, "mu2": MU2, "sharp": SHARP}
        return Outcome(metrics)
    batch, rng = at["batch"], np.random.default_rng([seed, at["batch"]])
    if part.task == "variance":
        mean = SIGMA2 * height / batch**power * (1 + 0.003 * rng.normal())
        return Outcome({"variance": mean, "variance_square": 1.1 * mean**2, "exact": SIGMA2})
    mean = height * SHARP * at["lr"] / batch**power * (1 + 0.003 * rng.normal())
    size = SIZES[at["problem"]]
    if at["sampling"] == "subsets":
        mean *= subset * (size - batch) / (size - 1)
    elif at["sampling"] == "reshuffled":
        mean *= shuffled
    return Outcome({"ball": mean, "ball_square": 1.01 * mean**2 + 1e-15})


def test_where_all_falls_as_one_over_b_it_is_supported(imagined, ruling):
    assert ruling(imagined(NAME, imagine, "smoke")) == "supported"


@pytest.mark.parametrize("changes", [{"power": 0.8}, {"height": 1.5}])
def test_where_it_does_not_it_is_refuted(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world, "smoke")) == "refuted"


@pytest.mark.parametrize("changes", [{"subset": 1.3}, {"shuffled": 0.9}])
def test_other_ways_to_draw_are_benchmarks(imagined, ruling, changes):
    def world(*args):
        return imagine(*args, **changes)

    assert ruling(imagined(NAME, world, "smoke")) == "supported"


def test_sizes_are_those_of_the_problems():
    assert {name: len(make().y) for name, make in PROBLEMS.items()} == SIZES


def test_variance_of_one_gradient_on_the_edge_is_the_closed_form():
    """(d − 1)‖w‖² + d s² with d = 3, s = 3, ‖w‖ = 1."""
    config = {"problem": "tight", "batch": 4, "place": 1, "replicas": 4000}
    found = variance(config, 0).metrics
    assert found["exact"] == pytest.approx(29)
    assert found["variance"] == pytest.approx(29 / 4, rel=0.1)


def test_a_seed_decides_the_ball():
    config = {"problem": "tight", "lr": 0.1, "batch": 2, "sampling": "iid", "replicas": 16}
    assert ball(config, 1) == ball(config, 1)
    assert ball(config, 1) != ball(config, 2)
