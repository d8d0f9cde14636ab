import numpy as np
import pytest
import torch

from deepclaims.optim import rules
from deepclaims.optim.population_problem import (
    PROBLEMS,
    Constants,
    constants,
    logistic_regression,
    sign_regression,
    squared_errors,
)
from deepclaims.optim.walks import by, second_half, subsets

RNG = np.random.default_rng(2)


def test_sign_regression_has_the_closed_form_it_says():
    d, s = 4, 1.7
    problem, w = sign_regression(d, s, 2.0), RNG.normal(size=(6, 4))
    square = (w**2).sum(axis=1)
    assert problem.gradient(w) == pytest.approx(w)
    assert problem.variance(w) == pytest.approx((d - 1) * square + d * s**2)
    assert problem.hessian(w) == pytest.approx(np.broadcast_to(np.eye(d), (6, d, d)))
    assert (problem.x**2).sum(axis=1) == pytest.approx(d)


@pytest.mark.parametrize("name", list(PROBLEMS))
def test_moments_equal_those_of_every_sample_by_autograd(name):
    problem = PROBLEMS[name]()
    w = RNG.normal(size=problem.x.shape[1]) * 0.5
    x, y = torch.tensor(problem.x[::3]), torch.tensor(problem.y[::3])
    part = type(problem)(
        x.numpy(), y.numpy(), problem.minimiser, problem.radius, problem.logistic, problem.ridge
    )

    def loss(point, inputs, target):
        margin = inputs @ point
        if problem.logistic:
            data = torch.nn.functional.binary_cross_entropy_with_logits(margin, target)
        else:
            data = 0.5 * (margin - target) ** 2
        return data + problem.ridge / 2 * (point**2).sum()

    point = torch.tensor(w)
    each = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(point, x, y).numpy()
    assert part.gradient(w[None])[0] == pytest.approx(each.mean(axis=0))
    covariance = np.cov(each.T, bias=True)
    assert part.covariance(w[None])[0] == pytest.approx(covariance, abs=1e-12)
    assert part.variance(w[None])[0] == pytest.approx(np.trace(covariance))
    hessian = torch.func.hessian(
        lambda p: loss(p, x, y).mean() if not problem.logistic else loss(p, x, y)
    )
    assert part.hessian(w[None])[0] == pytest.approx(hessian(point).numpy(), abs=1e-12)


@pytest.mark.parametrize("name", list(PROBLEMS))
def test_the_gradient_vanishes_at_the_minimiser(name):
    problem = PROBLEMS[name]()
    assert np.abs(problem.gradient(problem.minimiser[None])).max() < 1e-12


def test_constants_of_the_tight_problem():
    found = constants(PROBLEMS["tight"]())
    assert found.sigma2 == pytest.approx(29)  # (d − 1)D² + d s²
    assert found.mu2 == pytest.approx(1)
    assert found.c == pytest.approx(1)
    assert found.sharp == pytest.approx(13.5)  # d s² / 2
    assert found.ball(0.01, 1) == pytest.approx(0.15)
    assert 10 < found.spectral < 10.34  # far below the trace


def test_constants_bound_what_they_should_everywhere_in_the_ball():
    problem = logistic_regression(200, 2, 0.1, 2.0, seed=0)
    found = constants(problem)
    rays = RNG.normal(size=(3000, 2))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    w = problem.minimiser + rays * problem.radius * RNG.uniform(size=(3000, 1)) ** 0.5
    assert problem.variance(w).max() <= found.sigma2 * 1.001
    assert (problem.gradient(w) ** 2).sum(axis=1).max() <= found.mu2 * 1.001
    assert np.linalg.eigvalsh(problem.hessian(w)).min() >= found.c * 0.999


def test_the_gradient_bound_grows_with_the_ball():
    """‖∇𝓛(w)‖ ≥ c‖w − w*‖: on all of space no μ exists, which is why the slide needs a Θ."""
    for radius in (1.0, 10.0, 100.0):
        found = constants(logistic_regression(200, 2, 0.1, radius, seed=0))
        assert found.mu2 >= (found.c * radius) ** 2


def test_the_unrolled_recursion_is_the_recursion():
    known = Constants(sigma2=5, spectral=1, mu2=2, c=0.5, sigma2_minimum=1, sharp=1, radius=1)
    alpha, batch, value = 0.1, 2, 0.81
    for step in range(50):
        assert known.unrolled(alpha, batch, 0.81, np.array([step]))[0] == pytest.approx(value)
        value = (1 - 2 * alpha * 0.5) * value + alpha**2 * (5 / batch + 2)
    assert known.unrolled(alpha, batch, 0.81, np.array([10**5]))[0] == pytest.approx(
        known.ball(alpha, batch)
    )


@pytest.mark.parametrize("logistic", [False, True])
def test_the_minibatch_gradient_is_autograds(logistic):
    problem = logistic_regression(9, 2, 0.1, 1.0, 0) if logistic else sign_regression(2, 0.7, 1.0)
    rng = np.random.default_rng(1)
    w, samples = rng.normal(size=(4, 2)), rng.integers(0, 8, (4, 3))
    theta = torch.from_numpy(w.copy()).requires_grad_()
    x, y = torch.from_numpy(problem.x[samples]), torch.from_numpy(problem.y[samples])
    margin = torch.einsum("rbd,rd->rb", x, theta)
    if logistic:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(margin, y, reduction="none")
    else:
        loss = (margin - y) ** 2 / 2
    total = loss.mean(dim=1).sum() + problem.ridge / 2 * (theta**2).sum()
    (expected,) = torch.autograd.grad(total, theta)
    found = problem.minibatch_gradient(w - problem.minimiser, samples)
    np.testing.assert_allclose(found, expected.numpy(), 1e-11)


def test_walks_leave_the_ball_of_the_exact_recursion():
    """Without projection α d s²/B / (2 − α(1 + (d − 1)/B)), from the recursion of E‖e‖²."""
    alpha, batch, d, s = 0.05, 2, 3, 3.0
    law = alpha * d * s**2 / batch / (2 - alpha * (1 + (d - 1) / batch))
    found = squared_errors(
        sign_regression(d, s, 1.0),
        by(rules.sgd, alpha),
        200,
        np.random.default_rng(3),
        replicas=500,
        batch=batch,
        start=0.9,
        at=[0, *second_half(200)],
    )
    np.testing.assert_allclose(found[0], 0.81)
    assert found[1:].mean() == pytest.approx(law, rel=0.1)


def test_projected_walks_stay_in_the_ball():
    found = squared_errors(
        PROBLEMS["tight"](),
        by(rules.sgd, 1.0),
        30,
        np.random.default_rng(4),
        replicas=50,
        projected=True,
        at=range(31),
    )
    assert (found[0] == 0).all()
    assert 0.99 < found.max() < 1 + 1e-12


def test_all_the_data_make_it_gradient_descent():
    found = squared_errors(
        sign_regression(2, 1.0, 1.0),
        by(rules.sgd, 0.1),
        10,
        np.random.default_rng(0),
        replicas=2,
        batch=8,
        sampling=subsets,
        start=0.5,
        at=[10],
    )
    assert found[0] == pytest.approx([0.25 * 0.9**20] * 2)
