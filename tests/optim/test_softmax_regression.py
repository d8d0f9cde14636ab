import numpy as np
import pytest
import torch

from deepclaims.optim.softmax_regression import Softmax, excess, minimum
from deepclaims.optim.walks import iid


@pytest.fixture(scope="module")
def problem():
    """Classes drawn from a softmax model: a stand-in for the digits."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(300, 4)) / 2, np.ones((300, 1))], axis=1)
    scores = x @ rng.normal(size=(5, 3)) + rng.gumbel(size=(300, 3))
    return Softmax(x, np.eye(3)[scores.argmax(axis=1)], 0.05)


@pytest.fixture(scope="module")
def least(problem):
    return minimum(problem)


def torch_loss(problem, w, rows=slice(None)):
    scores = torch.from_numpy(problem.x[rows]) @ w
    targets = torch.from_numpy(problem.targets[rows])
    fit = torch.nn.functional.cross_entropy(scores, targets)
    return fit + problem.ridge / 2 * (w**2).sum()


def test_loss_and_gradient_are_torchs(problem):
    w = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    w.requires_grad_()
    assert problem.loss(w.detach().numpy()[None])[0] == pytest.approx(torch_loss(problem, w).item())
    rows = np.array([3, 7, 7, 20])
    (expected,) = torch.autograd.grad(torch_loss(problem, w, rows), w)
    found = problem.gradient(w.detach().numpy()[None], rows[None])
    np.testing.assert_allclose(found[0], expected.numpy(), atol=1e-12)


def test_the_minimum_is_one_and_its_noise_is_autograds(problem, least):
    w = torch.from_numpy(least.w).requires_grad_()
    (slope,) = torch.autograd.grad(torch_loss(problem, w), w)
    assert slope.norm() < 1e-6
    each = [
        torch.autograd.grad(torch_loss(problem, w, slice(i, i + 1)), w)[0].flatten()
        for i in range(len(problem.x))
    ]
    noise = torch.stack(each).var(dim=0, correction=0).sum().item()
    assert least.noise == pytest.approx(noise)
    assert least.start == pytest.approx(np.log(3))


def test_sgd_stays_on_the_plateau(problem, least):
    found = excess(
        problem,
        least,
        np.repeat(least.w[None], 100, axis=0),
        np.full(1500, 0.1),
        iid(np.random.default_rng(2), len(problem.x), 2, 100),
        range(700, 1501, 100),
    )
    assert found.shape == (9, 100)
    assert found.mean() == pytest.approx(least.plateau(0.1, 2), rel=0.15)
