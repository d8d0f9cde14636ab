import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.adagrad_for_sparse import measure
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim import rules

NAME = "optimisation/adagrad-for-sparse"
BEST = 0.16
"""The best rate of every imagined net and regression."""


def learnt(losses, variants, best=BEST):
    """Curves that are least at the best rate, by the number of the variant."""
    away = [1.5 ** abs(np.log2(each["alpha"] / best)) for each in variants]
    return Outcome({}, {name: Curve(range(len(away)), [loss * each for each in away])
                        for name, loss in losses.items()})  # fmt: skip


@pytest.fixture
def world(imagined):
    """Divergences of the rivals as multiples of AdaGrad's; losses of SGD as multiples of Adam's."""

    def make(gain=1.4, rare=1.3, dense=1.0, sparse=1.5, even=1.03, short=1.1, leaky=1.03,
             active=0.05, **rate):  # fmt: skip
        def outcome(part, arm, axes, seed, variants=()):
            random = np.random.default_rng([seed, len(axes["method"])])
            if part.task == "hidden":
                few = axes["share"] < 0.1
                many = {"short": short, "leaky": leaky if few else 1.03}.get(
                    part.name, sparse if few else even
                )
                loss = 0.4 * np.exp(0.03 * random.normal())
                loss *= many if axes["method"] == "momentum" else 1.0
                found = learnt({"validation": loss, "test": loss}, variants, **rate)
                units = [active if few else 0.4] * len(variants)
                return Outcome({}, {**found.curves, "active": Curve(range(len(units)), units)})
            base, mine = 0.04 * np.exp(0.05 * random.normal()), axes["method"] == "adagrad"
            many = gain if axes["features"] == "sparse" else dense
            losses = {"divergence": base * (1 if mine else many),
                      "rare": base * (1 if mine else rare)}  # fmt: skip
            return learnt(losses, variants, **rate)

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


@pytest.mark.parametrize("spoilt", [{"dense": 1.4}, {"leaky": 1.4}, {"active": 0.2}, {"best": 1e9}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, spoilt):
    assert ruling(world(**spoilt)) == "inconclusive"


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
        measure.REGRESSION[method]([theta], [g], state, 1, alpha=alpha)
        before = theta.clone()
        measure.REGRESSION[method]([theta], [g], state, 2, alpha=alpha)
        torch.testing.assert_close(before - theta, alpha[:, None] * expected, rtol=1e-6, atol=1e-9)


def test_a_regression_learns_the_same_alone_as_among_other_rates():
    config = {
        "features": "sparse", "method": "adagrad", "power": 1.0, "dimensions": 20, "samples": 2000,
        "batch": 10, "test": 500, "scale": 1.5, "rare": 5,
    }  # fmt: skip
    rates = [{"alpha": alpha} for alpha in (1e-6, 0.5)]
    both = measure.regression({**config, "variants": rates}, 3).curves
    alone = measure.regression({**config, "variants": rates[1:]}, 3).curves
    for name in ("divergence", "rare"):
        assert alone[name].values[0] == pytest.approx(both[name].values[1], rel=1e-4)
    assert both["divergence"].values[1] < 0.3 * both["divergence"].values[0]


def test_first_step_of_each_method_by_hand():
    """α·g, α·sign(g), and α·g over the root mean square of the layer's g; half of α at mid-run."""
    alpha = torch.tensor([0.1, 0.3])
    g = torch.tensor([[[3.0, -4.0]], [[1.0, 1.0]]])
    rms = g.square().mean((1, 2), keepdim=True).sqrt()
    first = {"momentum": g, "adam": g.sign(), "layer": g / rms}
    for method, expected in first.items():
        net, state = [torch.zeros(2, 1, 2)], rules.State()
        rule = measure.falling(measure.HIDDEN[method], steps=2)
        rule(net, [g], state, 1, alpha=alpha)
        torch.testing.assert_close(-net[0], alpha[:, None, None] * expected)
        before = net[0].clone()
        rule(net, [g], state, 2, alpha=alpha)
        torch.testing.assert_close(before - net[0], alpha[:, None, None] * expected / 2)


def test_a_net_that_diverges_has_an_infinite_loss_and_the_others_learn(project_with_data):
    """At the lowest rate the net is better than guessing; at the highest it is lost."""
    config = {
        "method": "momentum", "share": 0.5, "leak": 0.0,
        "variants": [{"alpha": 0.3}, {"alpha": 1e30}],
        "steps": 40, "batch": 20, "components": 32, "width": 16, "held_out": [100, 200],
    }  # fmt: skip
    loss = measure.hidden(config, 7).curves["test"].values
    assert loss[0] < 0.8 * np.log(10)
    assert loss[1] == np.inf
