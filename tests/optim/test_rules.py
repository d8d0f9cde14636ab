"""Rules against arithmetic in plain numbers, and a thousand replicas against each alone."""

import math

import numpy as np
import pytest
import torch

from deepclaims.optim import rules

ALPHA, BETA1, BETA2, EPS = 0.05, 0.8, 0.95, 1e-2
GRADIENTS = [1.0, -0.5, 2.0, 0.25]


def run(rule, gradients=GRADIENTS, **options):
    theta, state, path = [torch.tensor([1.0, 1.0], dtype=torch.float64)], {}, []
    for t, g in enumerate(gradients, start=1):
        rule(theta, [torch.full_like(theta[0], g)], state, t, **options)
        path.append(theta[0][1].item())
    return path


def means(values, beta):
    m, found = 0.0, []
    for value in values:
        m = beta * m + (1 - beta) * value
        found.append(m)
    return np.array(found)


G = np.array(GRADIENTS)
T = np.arange(1, len(G) + 1)
M, V = means(G, BETA1), means(G**2, BETA2)
M_HAT, V_HAT = M / (1 - BETA1**T), V / (1 - BETA2**T)
SUMS = np.cumsum(G**2)


def deck2_adam(decay):
    m, v, moves = 0.0, 0.0, []
    for t, g in enumerate(GRADIENTS, start=1):
        b1_t = BETA1 * decay ** (t - 1)
        m = b1_t * m + (1 - b1_t) * g
        v = BETA2 * v + (1 - BETA2) * g**2
        moves.append(m / (1 - BETA1**t) / (math.sqrt(v / (1 - BETA2**t)) + EPS))
    return np.array(moves)


FORMS = {
    "sgd": (rules.sgd, {}, G),
    "average": (rules.momentum, {"beta1": BETA1, "form": "average"}, M),
    "corrected": (rules.momentum, {"beta1": BETA1, "form": "average", "corrected": True}, M_HAT),
    "sum": (rules.momentum, {"beta1": BETA1}, M / (1 - BETA1)),
    "velocity": (rules.momentum, {"beta1": BETA1, "form": "velocity"}, M / (1 - BETA1)),
    "adagrad": (rules.adagrad, {"eps": EPS, "root": "inside"}, G / np.sqrt(SUMS + EPS)),
    "adagrad outside": (rules.adagrad, {"eps": EPS}, G / (np.sqrt(SUMS) + EPS)),
    "rmsprop": (
        rules.rmsprop,
        {"beta2": BETA2, "eps": EPS, "root": "inside"},
        G / np.sqrt(V + EPS),
    ),
    "rmsprop corrected": (
        rules.rmsprop,
        {"beta2": BETA2, "eps": EPS, "root": "inside", "corrected": True},
        G / np.sqrt(V_HAT + EPS),
    ),
    "rmsprop outside": (rules.rmsprop, {"beta2": BETA2, "eps": EPS}, G / (np.sqrt(V) + EPS)),
    "adam": (
        rules.adam,
        {"beta1": BETA1, "beta2": BETA2, "eps": EPS, "root": "inside"},
        M_HAT / np.sqrt(V_HAT + EPS),
    ),
    "adam as printed": (
        rules.adam,
        {"beta1": BETA1, "beta2": BETA2, "eps": EPS, "root": "inside", "hat_on_m": False},
        M / np.sqrt(V_HAT + EPS),
    ),
    "adam deck 2": (
        rules.adam,
        {"beta1": BETA1, "beta2": BETA2, "eps": EPS, "decay": 0.9},
        deck2_adam(0.9),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_rule_is_its_formula(name):
    rule, options, moves = FORMS[name]
    expected = 1 - ALPHA * np.cumsum(moves)
    assert run(rule, alpha=ALPHA, **options) == pytest.approx(expected, rel=1e-12)


def test_the_weights_of_the_corrected_average_sum_to_one():
    # Of a constant gradient the corrected average is that gradient from the first step on.
    options = {"beta1": 0.9, "form": "average", "alpha": 0.1}
    assert run(rules.momentum, [3.0] * 5, corrected=True, **options)[0] == pytest.approx(0.7)
    assert run(rules.momentum, [3.0] * 5, **options)[0] == pytest.approx(0.97)


def test_deck_1s_nesterov_takes_its_gradient_ahead():
    alpha, beta1 = 0.3, 0.7
    theta, m, expected = 1.0, 0.0, []
    for _ in range(5):
        g = theta - alpha * beta1 * m
        theta = theta - alpha * beta1 * m - alpha * (1 - beta1) * g
        m = beta1 * m + (1 - beta1) * g
        expected.append(theta)
    points, state, found = [torch.tensor([1.0], dtype=torch.float64)], {}, []
    for t in range(1, 6):
        g = [points[0].clone()]
        rules.nesterov(points, g, state, t, alpha=alpha, beta1=beta1, form="average")
        found.append(rules.behind(points, state, alpha=alpha, beta1=beta1)[0].item())
    assert found == pytest.approx(expected, rel=1e-12)
    assert points[0].item() != pytest.approx(expected[-1], rel=1e-3)


def test_deck_2s_nesterov_is_its_code():
    theta, v, expected = 1.0, 0.0, []
    for g in GRADIENTS:
        v = BETA1 * v - ALPHA * g
        theta = theta + BETA1 * v - ALPHA * g
        expected.append(theta)
    options = {"alpha": ALPHA, "beta1": BETA1}
    assert run(rules.nesterov, form="velocity", **options) == pytest.approx(expected, rel=1e-12)
    assert run(rules.nesterov, form="sum", **options) == pytest.approx(expected, rel=1e-12)


def per_replica(count):
    generator = torch.Generator().manual_seed(0)

    def between(low, high):
        return low + (high - low) * torch.rand(count, generator=generator, dtype=torch.float64)

    return {
        "alpha": between(0.01, 0.1),
        "beta1": between(0.5, 0.95),
        "beta2": between(0.9, 0.999),
        "eps": between(1e-8, 1e-2),
        "decay": between(0.9, 1.0),
    }


@pytest.mark.parametrize("name", [*FORMS, "nesterov", "nesterov ahead"])
@pytest.mark.parametrize("vary", ["alpha", "all"])
def test_a_thousand_replicas_are_each_as_alone(name, vary):
    rule, options, _ = FORMS.get(name, (rules.nesterov, {"beta1": BETA1}, None))
    if name == "nesterov ahead":
        options = options | {"form": "average"}
    options = {"alpha": ALPHA, **options}
    numbers = {k: v for k, v in per_replica(1000).items() if k in options}
    if vary == "alpha":
        numbers = {"alpha": numbers["alpha"]}
    generator = torch.Generator().manual_seed(1)
    shapes = [(1000, 3, 2), (1000, 3)]

    def draw():
        return [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]

    theta, gradients, state = draw(), [draw() for _ in range(4)], {}
    alone = [[x[r].clone() for x in theta] for r in (0, 517, 999)]
    for t, g in enumerate(gradients, start=1):
        rule(theta, g, state, t, **options | numbers)
    for own, r in zip(alone, (0, 517, 999), strict=True):
        kept = {}
        for t, g in enumerate(gradients, start=1):
            floats = {k: v[r].item() for k, v in numbers.items()}
            rule(own, [x[r] for x in g], kept, t, **options | floats)
        for x, y in zip(theta, own, strict=True):
            torch.testing.assert_close(x[r], y, rtol=1e-13, atol=1e-14)


def test_penalty_and_decay_have_a_lambda_for_each_tensor():
    theta = [torch.full((2, 3), 2.0), torch.full((2, 1), 4.0)]
    g = [torch.ones(2, 3), torch.ones(2, 1)]
    rules.penalise_(g, theta, [torch.tensor([0.0, 0.5]), 0.25])
    assert g[0].tolist() == [[1.0] * 3, [2.0] * 3]
    assert g[1].tolist() == [[2.0], [2.0]]
    rules.shrink_(theta, 0.1, [0.5, torch.tensor([[0.0], [1.0]])])
    torch.testing.assert_close(theta[0], torch.full((2, 3), 1.9))
    torch.testing.assert_close(theta[1], torch.tensor([[4.0], [3.6]]))
