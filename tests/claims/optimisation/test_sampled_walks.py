from functools import partial

import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.population_problem import (
    constants,
    logistic_regression,
    sign_regression,
)
from deepclaims.claims.optimisation.projected_sgd import Walk
from deepclaims.claims.optimisation.projected_sgd import run as projected_sgd
from deepclaims.claims.optimisation.sampled_walks import (
    SAMPLING,
    Draws,
    minibatch_gradient,
    scattered,
    walk,
)
from deepclaims.optim import rules


def sgd(theta, g, t, *, alpha):
    rules.sgd(theta, g, {}, t, alpha=alpha)


def test_every_way_of_drawing_gives_batches():
    for draws in SAMPLING.values():
        batch = next(draws(Draws(12, 3, 5), np.random.default_rng(0)))
        assert batch.shape == (5, 3)
        assert batch.min() >= 0
        assert batch.max() < 12


def test_subsets_have_no_sample_twice_and_iid_draws_do():
    rng = np.random.default_rng(0)
    fresh = next(SAMPLING["subsets"](Draws(6, 6, 50), rng))
    independent = next(SAMPLING["iid"](Draws(6, 6, 50), rng))
    assert (np.sort(fresh, axis=1) == np.arange(6)).all()
    assert not (np.sort(independent, axis=1) == np.arange(6)).all()


def test_an_epoch_sees_every_sample_once():
    source = SAMPLING["reshuffled"](Draws(8, 2, 3), np.random.default_rng(0))
    epochs = [np.concatenate([next(source) for _ in range(4)], axis=1) for _ in range(2)]
    assert all((np.sort(epoch, axis=1) == np.arange(8)).all() for epoch in epochs)
    assert (epochs[0] != epochs[1]).any()


def test_batches_that_do_not_fill_an_epoch_are_refused():
    with pytest.raises(ValueError, match="do not fill"):
        next(SAMPLING["reshuffled"](Draws(8, 3, 1), np.random.default_rng(0)))


@pytest.mark.parametrize("logistic", [False, True])
def test_the_gradient_is_autograds(logistic):
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
    np.testing.assert_allclose(minibatch_gradient(problem, w, samples), expected.numpy(), 1e-12)


def test_sgd_leaves_the_ball_that_projected_sgd_leaves():
    problem, rng = sign_regression(3, 3.0, 1.0), np.random.default_rng(3)
    known = constants(problem)
    here = walk(
        problem,
        SAMPLING["iid"](Draws(16, 2, 500), rng),
        partial(sgd, alpha=0.05),
        error=scattered(problem, 500, 0.9, rng),
        steps=200,
        look_at=(0, 200),
        projected=True,
    )
    there = projected_sgd(problem, known, Walk(0.05, 2, 500, 200), 1).metrics["ball"]
    assert here.mean[0] == pytest.approx(0.81)
    assert here.ball.mean() == pytest.approx(there, rel=0.1)


def test_all_the_data_make_it_gradient_descent():
    problem = sign_regression(2, 1.0, 1.0)
    walked = walk(
        problem,
        SAMPLING["subsets"](Draws(8, 8, 2), np.random.default_rng(0)),
        partial(sgd, alpha=0.1),
        error=scattered(problem, 2, 0.5, np.random.default_rng(0)),
        steps=10,
        look_at=(10,),
    )
    assert walked.mean == pytest.approx([0.25 * 0.9**20])
