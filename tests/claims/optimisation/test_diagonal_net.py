import pytest
import torch

from deepclaims.claims.optimisation import diagonal_net


def problems(count=3, n=10, d=20, k=2):
    return diagonal_net.draw(count, n, d, k, torch.Generator().manual_seed(5))


def sgd(data, lrs, batch, steps, **options):
    return diagonal_net.train(data, lrs, batch, steps, torch.Generator().manual_seed(6), **options)


def test_a_step_is_the_gradient_of_the_loss():
    data = problems(count=1)
    u = torch.full((20,), diagonal_net.INIT, dtype=torch.float64, requires_grad=True)
    v = torch.full((20,), diagonal_net.INIT, dtype=torch.float64, requires_grad=True)
    loss = 0.5 * ((data.x[0] @ (u**2 - v**2) - data.y[0]) ** 2).mean()
    loss.backward()
    w = (u - 0.01 * u.grad) ** 2 - (v - 0.01 * v.grad) ** 2
    error, _ = sgd(data, [0.01], batch=10, steps=1)
    assert error[0, 0].item() == pytest.approx((w - data.w[0]).square().sum().item(), rel=1e-12)


def test_the_linear_model_finds_the_interpolant_of_least_norm():
    data = problems()
    least = torch.linalg.pinv(data.x) @ data.y[..., None]
    expected = (least[..., 0] - data.w).square().sum(-1)
    for batch, lr in ((10, 0.2), (1, 0.02)):
        error, loss = sgd(data, [lr], batch, 6000, linear=True)
        assert (loss < diagonal_net.INTERPOLATES).all()
        assert error[0].numpy() == pytest.approx(expected.numpy(), rel=0.02)


def test_a_rate_too_high_diverges_without_disturbing_the_other():
    data = problems()
    both, _ = sgd(data, [0.02, 50.0], 10, 200)
    alone, _ = sgd(data, [0.02], 10, 200)
    assert not torch.isfinite(both[1]).any() or (both[1] > 1e3).all()
    assert both[0].numpy() == pytest.approx(alone[0].numpy(), rel=1e-9)


def test_a_sparse_truth_of_signs():
    w = problems(k=4).w
    assert (w[:, :4].abs() == 1).all()
    assert (w[:, 4:] == 0).all()
