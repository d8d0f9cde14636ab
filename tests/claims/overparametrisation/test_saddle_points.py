from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from deepclaims.claims.overparametrisation.critical_points import distinct, minima, stationary
from deepclaims.claims.overparametrisation.saddle_points import delays, landscapes, measure, walks
from deepclaims.claims.overparametrisation.saddle_points.search import copies
from deepclaims.claims.overparametrisation.saddle_points.tanh_nets import Stack, TanhNet
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/saddle-points"
NET = {
    "units": 2, "samples": 12, "dimension": 2, "teacher": 3, "noise": 0.1, "decay": 0.001,
    "starts": 60, "descents": 20, "steps": 100, "margin": 0.01,
}  # fmt: skip


def imagine(
    part,
    arm,
    axes,
    seed,
    *,
    saddles=10.0,
    growth=4.0,
    invented=0,
    missed=0.5,
    trapped=0.01,
    share=0.03,
    seen=0.8,
    held=15.0,
    elsewhere=0.5,
    escaped=0.0,
    plateau=0.0,
):
    """Saddles beside 3 minima, runs that end trapped, delays beside saddles and elsewhere."""
    rng = np.random.default_rng([seed, axes.get("units", 0), len(part.name)])
    if part.task == "convex":
        return Outcome({"saddles": invented, "levels": 1, "plateau": plateau})
    if part.task == "autoencoder":
        return Outcome(
            {"missing": 0, "spurious": 0, "false_minima": 0, "saddles": 10},
            tables={
                "found": pd.DataFrame({"loss": [0.1, 0.5], "index": [0, 4]}),
                "known": pd.DataFrame({"loss": [0.1, 0.5]}),
            },
        )
    if part.task == "critical":
        units = axes.get("units", 4)
        count = saddles * growth ** ((units - 4) / 3) * np.exp(0.1 * rng.normal())
        levels = pd.DataFrame(
            {"loss": [0.5, 0.1], "index": [2, 0], "copies": [1, 2], "hits": [2, 9]}
        )
        metrics = {"saddles": count, "minima": 3.0, "saddle_points": 50 * count, "order": 0.9}
        once = {"once_saddles": missed, "once_minima": 0.1 + 0.02 * rng.normal()}
        traps = max(share + 0.02 * rng.normal(), 0.0)
        return Outcome({**metrics, **once, "traps": traps}, tables={"levels": levels})
    if part.task == "settle":
        rate = trapped if part.name == "ends" else seen
        found = np.clip(rate + 0.02 * rng.normal(size=part.params["landscapes"]), 0, 1)
        return Outcome({}, tables={"ends": pd.DataFrame({"trapped": found, "worse": found})})
    noise = np.exp(0.1 * rng.normal())
    curvature = np.array([-0.1, -0.8])
    ways = {"steepest": 1.0, "sgd": 1.2, "batch_0": 1.2, "batch_1": 1.3, "momentum": 1.4}
    waits = [
        pd.DataFrame(
            {"saddle": [0, 1], "loss": 0.5, "index": 1, "curvature": curvature, "by": by,
             "steps": -40 * slow * noise / curvature, "left": 1.0}
        )
        for by, slow in {**ways, "adam": 0.4}.items()
    ]  # fmt: skip
    steps = [2.0 + np.log(0.1 / each) for each in part.params["distances"]]
    return Outcome(
        {
            "held": held * noise,
            "apart": elsewhere * noise,
            "small": 20 * noise,
            "left": 0.9,
            "escaped": escaped,
            "plateau": 0.0,
            "met": 0.0,
            "rate": 1.0 + 0.01 * rng.normal(),
        },
        {
            "distance": Curve(range(len(steps)), steps),
            "approach": Curve(
                range(len(part.params["reach"])), np.linspace(1, 0, len(part.params["reach"]))
            ),
        },
        tables={"waits": pd.concat(waits)},
    )


@pytest.mark.parametrize(
    ("world", "found"),
    [
        ({}, ("supported", "supported", "supported")),
        ({"saddles": 2.0}, ("refuted", "supported", "supported")),
        ({"growth": 1.0}, ("refuted", "supported", "supported")),
        ({"invented": 1}, ("inconclusive", "supported", "supported")),
        ({"missed": 0.0}, ("inconclusive", "inconclusive", "supported")),
        ({"trapped": 0.3}, ("supported", "refuted", "supported")),
        ({"share": 0.3}, ("supported", "refuted", "supported")),
        ({"seen": 0.0}, ("supported", "inconclusive", "supported")),
        ({"held": 1.0}, ("supported", "supported", "refuted")),
        ({"elsewhere": 8.0}, ("supported", "supported", "inconclusive")),
        ({"escaped": 0.2}, ("supported", "supported", "inconclusive")),
        ({"plateau": 0.1}, ("supported", "supported", "inconclusive")),
    ],
)
def test_worlds(imagined, rulings, world, found):
    verdicts = rulings(imagined(NAME, partial(imagine, **world)))
    assert tuple(verdicts[each] for each in ("L1.s10.2", "L2.s20.4", "L2.s20.5")) == found


@pytest.mark.parametrize(
    "surface",
    [
        TanhNet(np.random.default_rng(1).normal(size=(6, 3)), np.arange(6.0), 2, 0.01),
        landscapes.linear_autoencoder(np.diag([3.0, 2.0, 1.0]), 2),
        landscapes.logistic(np.random.default_rng(1).normal(size=(8, 3)), 0.1),
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


def test_a_stack_descends_as_its_nets_do():
    rng = np.random.default_rng(2)
    nets = [TanhNet(rng.normal(size=(6, 3)), rng.normal(size=6), 2, 0.01) for _ in range(3)]
    stack = Stack(
        np.array([each.inputs for each in nets]), np.array([each.targets for each in nets]), 2, 0.01
    )
    theta, weights = rng.normal(size=(3, 4, nets[0].size)), rng.random((3, 4, 6))
    alone = [net.descent(*each)[1] for net, *each in zip(nets, theta, weights, strict=True)]
    assert stack.descent(theta, weights) == pytest.approx(np.array(alone))


def test_walks_by_their_rules():
    net = landscapes.tanh_net(NET, np.random.default_rng(0))
    starts = np.random.default_rng(1).normal(size=(3, net.size))
    rules = ("sgd", "momentum", "adam")
    bundles = [walks.Bundle(starts, None, 0.1, rule) for rule in rules]
    courses = walks.walks(net, bundles, 3, np.random.default_rng(2))
    for rule, course in zip(rules, courses, strict=True):
        theta, slow, square = starts.copy(), 0.0, 0.0
        for step in range(1, 4):
            gradient = net(theta)[1]
            slow, square = 0.9 * slow + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            scale = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            moves = (gradient, slow, slow / (1 - 0.9**step) / scale)
            theta -= 0.1 * moves[rules.index(rule)]
        assert course.ends == pytest.approx(theta)
        assert course.losses[0] == pytest.approx(net(starts)[0])


def test_batches_are_shares():
    drawn = walks.batches(4, 3, 12, 5, np.random.default_rng(2))
    assert drawn.sum(axis=2) == pytest.approx(1)
    assert walks.batches(4, 3, 12, None, np.random.default_rng(2)) == pytest.approx(1 / 12)


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
    net = landscapes.tanh_net(NET, np.random.default_rng(0))
    images = copies(np.array([*w.ravel(), *v, 0.5]), 2)
    assert len(images) == 8
    assert np.ptp(net(images)[0]) == pytest.approx(0, abs=1e-12)
    assert len(copies(np.zeros(9), 2)) == 1


def test_points_of_the_same_loss():
    net = landscapes.tanh_net(NET, np.random.default_rng(0))
    starts = walks.ordinary(np.random.default_rng(1), 6, 2, 3)
    low = minima(net, starts, 100)
    level = (net(starts)[0].max() + net(low)[0].max()) / 2
    found = delays.same_loss(net, starts, low, level, 4)
    assert net(found)[0] == pytest.approx(level)


def test_the_linear_autoencoder_has_the_levels_of_the_theorem():
    outcome = measure.autoencoder({"inputs": 3, "units": 1, "starts": 60, "steps": 120}, 0)
    assert outcome.metrics == {"missing": 0, "spurious": 0, "false_minima": 0, "saddles": 3}
    assert outcome.tables["found"]["loss"].tolist() == pytest.approx(
        outcome.tables["known"]["loss"].tolist()
    )


def test_the_origin_is_a_saddle_and_a_seed_decides():
    outcome = measure.critical(NET, 0)
    levels = outcome.tables["levels"]
    assert levels["index"].iloc[-1] > 0
    assert levels["loss"].iloc[-1] == pytest.approx(0.5)
    assert levels["hits"].sum() == round(outcome.metrics["certified"] * 80)
    assert outcome.metrics == measure.critical(NET, 0).metrics
    convex = {
        "samples": 20, "dimension": 3, "decay": 0.01, "starts": 20, "steps": 80, "alpha": 0.1,
        "batch": 5, "train_steps": 50, "runs": 4, "every": 10, "margin": 0.01, "still": 0.01,
    }  # fmt: skip
    assert measure.convex(convex, 0).metrics == {"saddles": 0, "levels": 1, "plateau": 0}
