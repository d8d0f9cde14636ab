import pytest
import torch

from deepclaims.optim.least_squares import drawn


def test_excess_and_gradient_are_torchs():
    problem = drawn(30, 4, 10.0, 0.5, 0.1, 1)
    w = torch.randn(4, dtype=torch.float64).requires_grad_()

    def loss(at):
        return ((problem.x @ at - problem.y) ** 2).mean() / 2 + 0.05 * (at**2).sum()

    (slope,) = torch.autograd.grad(loss(w), w)
    torch.testing.assert_close(problem.gradient(w.detach()), slope)
    excess = loss(w) - loss(problem.minimiser)
    torch.testing.assert_close(problem.excess(w.detach()[None])[0], excess.detach())
    rows = torch.tensor([3, 7])
    each = [
        torch.func.grad(
            lambda at, i=i: (problem.x[i] @ at - problem.y[i]) ** 2 / 2 + 0.05 * (at**2).sum()
        )(w.detach())
        for i in rows
    ]
    found = problem.sample_gradient(w.detach().repeat(2, 1), rows)
    torch.testing.assert_close(found, torch.stack(each))


def test_the_gradient_vanishes_at_the_minimiser():
    problem = drawn(30, 4, 10.0, 0.5, 0.1, 1)
    assert problem.gradient(problem.minimiser).abs().max() < 1e-12


def test_features_are_as_ill_conditioned_as_asked():
    problem = drawn(20_000, 3, 100.0, 0.5, 0.0, 1)
    variances = problem.x.var(dim=0)
    assert (variances[0] / variances[-1]).item() == pytest.approx(100, rel=0.1)
    assert problem.largest_curvature < problem.curvature
