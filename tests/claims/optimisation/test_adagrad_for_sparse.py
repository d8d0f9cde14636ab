import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation import adagrad_for_sparse as sparse
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

NAME = "optimisation/adagrad-for-sparse"


@pytest.fixture
def world(imagined):
    """Divergences of the rivals as multiples of AdaGrad's."""

    def make(gain=1.4, rare=1.3, dense=1.0, edge=0.0):
        def outcome(part, arm, axes, seed):
            random = np.random.default_rng([seed, len(axes["method"])])
            base = 0.04 * np.exp(0.05 * random.normal())
            mine = axes["method"] == "adagrad"
            many = gain if axes["features"] == "sparse" else dense
            metrics = {
                "divergence": base * (1 if mine else many),
                "rare": base * (1 if mine else rare),
                "alpha": 0.5,
                "edge": edge,
            }
            count = part.params["rates"][2]
            return Outcome(metrics, {"by_rate": Curve(range(count), [base] * count)})

        return imagined(NAME, outcome)

    return make


def test_where_adapting_helps_on_rare_features_only_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize("false", [{"gain": 1.0}, {"rare": 0.8}])
def test_where_it_does_not_help_it_is_refuted(world, ruling, false):
    assert ruling(world(**false)) == "refuted"


@pytest.mark.parametrize("spoilt", [{"dense": 1.4}, {"edge": 1.0}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, spoilt):
    assert ruling(world(**spoilt)) == "inconclusive"


def test_divergence_against_torchs():
    random = torch.Generator().manual_seed(0)
    true, fitted = (torch.randn(7, 1, generator=random, dtype=torch.float64) for _ in range(2))
    laws = [torch.distributions.Bernoulli(logits=z) for z in (true, fitted)]
    expected = torch.distributions.kl_divergence(*laws)
    torch.testing.assert_close(sparse._divergence(true, fitted), expected)


def test_rows_step_at_their_own_rate_as_the_slide_says():
    """Two steps of each method by hand, on two rows with different α."""
    alpha = torch.tensor([0.1, 0.3], dtype=torch.float64)
    g = torch.tensor([[1.0, 0.0], [2.0, -1.0]], dtype=torch.float64)
    second = {
        "sgd": g,
        "sgd_decay": g / 2**0.5,
        "one_rate": g / (2 * g.square().sum(1, keepdim=True)).sqrt(),
        "adagrad": g / (2 * g.square() + 1e-8).sqrt(),
    }
    for method, expected in second.items():
        theta, state = torch.zeros(2, 2, dtype=torch.float64), rules.State()
        sparse._step(method, theta, g, state, 1, alpha)
        before = theta.clone()
        sparse._step(method, theta, g, state, 2, alpha)
        torch.testing.assert_close(before - theta, alpha[:, None] * expected, rtol=1e-6, atol=1e-9)


def test_features_have_their_frequencies():
    config = {"features": "sparse", "dimensions": 4, "power": 1.0}
    x = sparse._inputs(config, (2, 20_000), torch.Generator().manual_seed(1))
    np.testing.assert_allclose(x.mean(dim=(0, 1)), 0.5 / np.arange(1, 5), atol=0.01)


def test_smoke_does_not_crash(measured_here, ruling):
    few = measured_here(NAME, changes={"seeds.first": 300})
    assert ruling(few) in ("inconclusive", "refuted", "supported")
    for language in ("es", "en"):
        assert set(sparse.draw(few, language)) == set(few.claim.text["figures"])
