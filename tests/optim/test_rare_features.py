import numpy as np
import pytest
import torch

from deepclaims.optim.rare_features import LogisticProblem, kl, logistic_loss


def test_divergence_against_torchs():
    random = torch.Generator().manual_seed(0)
    true, fitted = (torch.randn(7, generator=random, dtype=torch.float64) for _ in range(2))
    laws = [torch.distributions.Bernoulli(logits=z) for z in (true, fitted)]
    expected = torch.distributions.kl_divergence(*laws)
    torch.testing.assert_close(kl(true, fitted), expected)


def test_features_have_their_frequencies():
    problem = LogisticProblem(torch.zeros(4), power=1.0)
    x = problem.inputs(40_000, torch.Generator().manual_seed(1))
    np.testing.assert_allclose(x.mean(dim=0), 0.5 / np.arange(1, 5), atol=0.01)


@pytest.mark.parametrize("power", [1.0, None])
def test_labels_follow_the_true_law(power):
    """The truth has divergence 0 from itself, and the loss that the law's entropy gives it."""
    random = torch.Generator().manual_seed(2)
    problem = LogisticProblem.drawn(5, 1.5, power, random)
    x, y = problem.samples(100_000, random)
    law = torch.distributions.Bernoulli(logits=x @ problem.w)
    loss = logistic_loss(problem.w[None], x, y)
    assert float(loss[0]) == pytest.approx(float(law.entropy().mean()), abs=0.01)
    assert float(problem.divergence(problem.w[None], x).abs().max()) < 1e-6


def test_weights_of_normal_features_are_smaller_by_two_over_root_d():
    rare, normal = (
        LogisticProblem.drawn(16, 1.5, power, torch.Generator().manual_seed(3)).w
        for power in (1.0, None)
    )
    torch.testing.assert_close(normal, rare / 2)
