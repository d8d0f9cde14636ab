from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from deepclaims.claims.overparametrisation.critical_points import distinct, minima, stationary
from deepclaims.claims.overparametrisation.saddle_points import measure
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import TanhNet
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/saddle-points"
NET = {
    "units": 2, "samples": 12, "dimension": 2, "teacher": 3, "noise": 0.1, "decay": 0.001,
    "starts": 30, "steps": 100,
}  # fmt: skip


def imagine(part, arm, axes, seed, *, growth=3.0, trapped=0.0, seen=0.8, held=15.0, invented=0):
    """Saddles that multiply by `growth` a unit, runs that end trapped, delays beside saddles."""
    rng = np.random.default_rng([seed, axes.get("units", 0), len(part.name)])
    if part.task == "convex":
        return Outcome({"saddles": invented, "levels": 1})
    if part.task == "autoencoder":
        return Outcome({"missing": 0, "spurious": 0, "false_minima": 0, "saddles": 10})
    if part.task == "critical":
        count = growth ** (axes["units"] - 1) * np.exp(0.1 * rng.normal())
        levels = pd.DataFrame({"loss": [0.5, 0.1], "index": [2, 0], "copies": [1, 2]})
        metrics = {"saddles": count, "minima": 1.0, "saddle_points": 1.5 * count, "order": 0.9}
        return Outcome({**metrics, "minimum_points": 2.0}, tables={"levels": levels})
    if part.name == "random":
        return Outcome({"trapped": seen, "worse": seen, "trap_levels": 0.5})
    noise = np.exp(0.1 * rng.normal())
    metrics = {
        "trapped": trapped,
        "worse": 0.2,
        "trap_levels": 0.05,
        "held": held * noise,
        "apart": noise,
    }
    steps = [2.0 + np.log(0.1 / each) for each in part.params["distances"]]
    return Outcome(
        {**metrics, "small": 20 * noise, "left": 0.9, "rate": 1.0 + 0.01 * rng.normal()},
        {"distance": Curve(range(len(steps)), steps)},
    )


@pytest.mark.parametrize(
    ("world", "found"),
    [
        ({}, ("supported", "supported", "supported")),
        ({"growth": 1.0}, ("refuted", "supported", "supported")),
        ({"invented": 1}, ("inconclusive", "supported", "supported")),
        ({"trapped": 0.4}, ("supported", "refuted", "supported")),
        ({"seen": 0.0}, ("supported", "inconclusive", "supported")),
        ({"held": 1.0}, ("supported", "supported", "refuted")),
    ],
)
def test_worlds(imagined, rulings, world, found):
    verdicts = rulings(imagined(NAME, partial(imagine, growth=world.pop("growth", 4.0), **world)))
    assert tuple(verdicts[each] for each in ("L1.s10.2", "L2.s20.4", "L2.s20.5")) == found


@pytest.mark.parametrize(
    "surface",
    [
        TanhNet(np.random.default_rng(1).normal(size=(6, 3)), np.arange(6.0), 2, 0.01),
        measure._linear(np.diag([3.0, 2.0, 1.0]), 2),
        measure._logistic(np.random.default_rng(1).normal(size=(8, 3)), 0.1),
    ],
)
def test_derivatives(surface):
    size = {TanhNet: 9}.get(type(surface)) or (12 if "linear" in surface.__qualname__ else 3)
    point = np.random.default_rng(0).normal(size=size)
    _, gradient, hessian = surface(point[None])
    by_loss = approx_fprime(point, lambda each: surface(each[None])[0][0])
    by_gradient = approx_fprime(point, lambda each: surface(each[None])[1][0])
    assert gradient[0] == pytest.approx(by_loss, abs=1e-5)
    assert hessian[0] == pytest.approx(by_gradient, abs=1e-5)


def test_descent_is_the_gradient_of_the_samples_drawn():
    rng = np.random.default_rng(2)
    net = TanhNet(rng.normal(size=(6, 3)), rng.normal(size=6), 2, 0.01)
    theta = rng.normal(size=(4, net.size))
    loss, gradient, _ = net(theta)
    residuals, all_of_them = net.descent(theta, np.full((4, 6), 1 / 6))
    assert net.loss(theta, residuals) == pytest.approx(loss)
    assert all_of_them == pytest.approx(gradient)
    drawn = np.zeros((4, 6))
    drawn[:, [1, 4]] = 0.5
    few = TanhNet(net.inputs[[1, 4]], net.targets[[1, 4]], 2, 0.01)
    assert net.descent(theta, drawn)[1] == pytest.approx(few(theta)[1])


def test_walks_taken_side_by_side_are_those_taken_alone():
    config = {**NET, "batch": 5, "train_steps": 20, "alpha": 0.1}
    net = measure.landscape(config, np.random.default_rng(0))
    starts = np.random.default_rng(1).normal(size=(3, net.size))
    together = measure._walks(net, [(starts, np.random.default_rng(2)), (starts[:2], None)], config)
    drawn = measure._batches(config, 3, np.random.default_rng(2))
    assert drawn.sum(axis=2) == pytest.approx(1)
    assert together[0] == pytest.approx(measure._walk(net, starts, drawn, 0.1)[1])
    whole = measure._batches(config, 2, None)
    assert together[1] == pytest.approx(measure._walk(net, starts[:2], whole, 0.1)[1])


def test_the_hessian_turns_no_faster_than_its_bound():
    rng = np.random.default_rng(3)
    net = TanhNet(rng.normal(size=(6, 3)), rng.normal(size=6), 2, 0.0)
    theta = rng.normal(size=(50, net.size))
    way = rng.normal(size=theta.shape)
    way *= 0.5 / np.linalg.norm(way, axis=1, keepdims=True)
    change = np.linalg.norm(net(theta + way)[2] - net(theta)[2], ord=2, axis=(1, 2))
    assert (change < 0.5 * net.turning(theta)).all()


def test_searches_find_the_saddle_and_the_minima_of_a_double_well():
    def surface(x):
        loss = (x[:, 0] ** 2 - 1) ** 2 / 4 + x[:, 1] ** 2 / 2
        gradient = np.stack([x[:, 0] ** 3 - x[:, 0], x[:, 1]], axis=1)
        hessian = np.zeros((len(x), 2, 2))
        hessian[:, 0, 0], hessian[:, 1, 1] = 3 * x[:, 0] ** 2 - 1, 1
        return loss, gradient, hessian

    starts = np.random.default_rng(0).normal(size=(40, 2))
    assert np.abs(minima(surface, starts, 100))[:, 0] == pytest.approx(1)
    levels = surface(stationary(surface, starts, 100))[0]
    assert levels[distinct(levels, 1e-6)] == pytest.approx([0, 0.25], abs=1e-9)


def test_copies_of_a_point():
    w, v = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([1.0, 2.0])
    assert measure._copies(np.array([*w.ravel(), *v, 0.5]), 2) == 8
    assert measure._copies(np.zeros(9), 2) == 1


def test_the_linear_autoencoder_has_the_levels_of_the_theorem():
    metrics = measure.autoencoder({"inputs": 3, "units": 1, "starts": 60, "steps": 120}, 0).metrics
    assert metrics == {"missing": 0, "spurious": 0, "false_minima": 0, "saddles": 3}


def test_the_origin_is_a_saddle_and_a_seed_decides():
    outcome = measure.critical(NET, 0)
    levels = outcome.tables["levels"]
    assert levels["index"].iloc[-1] > 0
    assert levels["loss"].iloc[-1] == pytest.approx(0.5)
    assert outcome.metrics == measure.critical(NET, 0).metrics
    convex = {"samples": 20, "dimension": 3, "decay": 0.01, "starts": 20, "steps": 80}
    assert measure.convex(convex, 0).metrics == {"saddles": 0, "levels": 1}
