import torch

from deepclaims.optim.sparse_regression import SparseRegression


def drawn():
    return SparseRegression.drawn(3, 10, 20, 4, torch.Generator().manual_seed(5))


def test_a_sparse_truth_of_signs():
    w = drawn().w
    assert (w[:, :4].abs() == 1).all()
    assert (w[:, 4:] == 0).all()


def test_losses_are_mean_squares_of_each_problem():
    data = drawn()
    w = torch.randn(2, 3, 20, dtype=torch.float64)
    for number, (x, truth) in enumerate(zip(data.x, data.w, strict=True)):
        expected = ((w[:, number] - truth) @ x.T).square().mean(1)
        torch.testing.assert_close(data.loss(w)[:, number], expected)
