import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation import hidden_sparsity
from deepclaims.claims.optimisation import hidden_sparsity_gains as gains
from deepclaims.claims.optimisation.adagrad_for_sparse import measure
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

NAME = "optimisation/adagrad-for-sparse"
BEST = 3
"""Number of the best rate in the imagined nets."""


def trained(part, axes, seed, sparse=1.5, even=1.03, short=1.1, leaky=1.03, active=0.05, best=BEST):
    """A net's curves where SGD's loss is so many times Adam's at the best rate."""
    random = np.random.default_rng([seed, len(axes["method"])])
    count = part.params["count"]
    few = axes["share"] < 0.1
    many = {"short": short, "leaky": leaky if few else 1.03}.get(part.name, sparse if few else even)
    base = 0.4 * np.exp(0.03 * random.normal()) * (many if axes["method"] == "momentum" else 1.0)
    losses = [base * 1.5 ** abs(number - best) for number in range(count)]
    values = {"validation": losses, "test": losses, "active": [active if few else 0.4] * count}
    return Outcome({}, {name: Curve(range(count), each) for name, each in values.items()})


@pytest.fixture
def world(imagined):
    """Divergences of the rivals as multiples of AdaGrad's; losses of SGD as multiples of Adam's."""

    def make(gain=1.4, rare=1.3, dense=1.0, edge=0.0, **hidden):
        def outcome(part, arm, axes, seed):
            if part.task == "hidden":
                return trained(part, axes, seed, **hidden)
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


@pytest.mark.parametrize(
    "false",
    [{"gain": 1.0}, {"rare": 0.8}, {"sparse": 0.9}, {"even": 1.8}, {"short": 1.8}],
)
def test_where_it_does_not_help_it_is_refuted(world, ruling, false):
    assert ruling(world(**false)) == "refuted"


@pytest.mark.parametrize(
    "spoilt", [{"dense": 1.4}, {"edge": 1.0}, {"leaky": 1.4}, {"active": 0.2}, {"best": 0}]
)
def test_where_a_control_fails_nothing_is_concluded(world, ruling, spoilt):
    assert ruling(world(**spoilt)) == "inconclusive"


def test_divergence_against_torchs():
    random = torch.Generator().manual_seed(0)
    true, fitted = (torch.randn(7, 1, generator=random, dtype=torch.float64) for _ in range(2))
    laws = [torch.distributions.Bernoulli(logits=z) for z in (true, fitted)]
    expected = torch.distributions.kl_divergence(*laws)
    torch.testing.assert_close(measure._divergence(true, fitted), expected)


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
        measure._step(method, theta, g, state, 1, alpha)
        before = theta.clone()
        measure._step(method, theta, g, state, 2, alpha)
        torch.testing.assert_close(before - theta, alpha[:, None] * expected, rtol=1e-6, atol=1e-9)


def test_features_have_their_frequencies():
    config = {"features": "sparse", "dimensions": 4, "power": 1.0}
    x = measure._inputs(config, (2, 20_000), torch.Generator().manual_seed(1))
    np.testing.assert_allclose(x.mean(dim=(0, 1)), 0.5 / np.arange(1, 5), atol=0.01)


def test_rate_is_chosen_by_validation_of_the_first_seeds_alone(imagined):
    """Test losses and the other seeds would choose another rate."""

    def outcome(part, arm, axes, seed):
        if part.task != "hidden":
            return Outcome({"divergence": 1.0})
        count = part.params["count"]
        choosing = seed < part.seeds[0] + gains.CHOOSERS
        validation = [abs(number - (2 if choosing else 5)) for number in range(count)]
        test = [float(seed + number) for number in range(count)]
        curves = {"validation": validation, "test": test, "active": test}
        return Outcome({}, {name: Curve(range(count), each) for name, each in curves.items()})

    found = gains.Chosen(imagined(NAME, outcome), "relu", "adam", 0.05)
    assert found.number == 2
    assert not found.on_the_edge
    seeds = found.results.claim.parts[1].seeds[gains.CHOOSERS :]
    np.testing.assert_array_equal(found.reported("test"), [seed + 2.0 for seed in seeds])


@pytest.mark.parametrize("leak", [0.0, 0.5])
def test_units_start_active_on_the_share_asked_for_at_mean_square_one(leak):
    config = {"width": 6, "share": 0.2, "leak": leak}
    random = torch.Generator().manual_seed(0)
    x = torch.randn(hidden_sparsity.SETTING, 8, generator=random)
    w, b, out, _ = hidden_sparsity._initial(config, x, random)
    h = torch.nn.functional.leaky_relu(x @ w + b, leak)
    np.testing.assert_allclose((h > 0).float().mean(0), 0.2, atol=2e-3)
    np.testing.assert_allclose(h.square().mean(0), 1.0, rtol=1e-4)
    assert out.shape == (6, 10)


@pytest.mark.parametrize("leak", [0.0, 0.5])
def test_gradients_of_every_net_against_autograd(leak):
    random = torch.Generator().manual_seed(0)
    shapes = ((3, 5, 4), (3, 1, 4), (3, 4, 10), (3, 1, 10))
    net = [torch.randn(shape, generator=random).requires_grad_() for shape in shapes]
    x, y = torch.randn(7, 5, generator=random), torch.randint(10, (7,), generator=random)
    h = torch.nn.functional.leaky_relu(x @ net[0] + net[1], leak)
    logits = h @ net[2] + net[3]
    loss = sum(torch.nn.functional.cross_entropy(each, y) for each in logits)
    expected = torch.autograd.grad(loss, net)
    found = hidden_sparsity.gradients([each.detach() for each in net], x, y, leak)
    for mine, autograds in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, autograds)


def test_first_step_of_each_method_by_hand():
    """α·g, α·sign(g), and α·g over the root mean square of the layer's g; half of α at mid-run."""
    alpha = torch.tensor([0.1, 0.3])
    g = torch.tensor([[[3.0, -4.0]], [[1.0, 1.0]]])
    rms = g.square().mean((1, 2), keepdim=True).sqrt()
    first = {"momentum": g, "adam": g.sign(), "layer": g / rms}
    for method, expected in first.items():
        net, state = [torch.zeros(2, 1, 2)], rules.State()
        hidden_sparsity.step(method, net, [g], state, 1, alpha, 2)
        torch.testing.assert_close(-net[0], alpha[:, None, None] * expected)
        before = net[0].clone()
        hidden_sparsity.step(method, net, [g], state, 2, alpha, 2)
        torch.testing.assert_close(before - net[0], alpha[:, None, None] * expected / 2)


def test_a_net_that_diverges_has_an_infinite_loss_and_the_others_learn(project_with_data):
    """At the lowest rate the net is better than guessing; at the highest it is lost."""
    config = {
        "method": "momentum", "share": 0.5, "leak": 0.0, "rates": {"momentum": [0.3, 1e30]},
        "count": 2, "steps": 40, "batch": 20, "components": 32, "width": 16,
        "held_out": [100, 200],
    }  # fmt: skip
    loss = measure.hidden(config, 7).curves["test"].values
    assert loss[0] < 0.8 * np.log(10)
    assert loss[1] == np.inf
