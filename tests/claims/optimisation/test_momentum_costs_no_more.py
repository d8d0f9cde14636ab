import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.optimisation.momentum_costs_no_more import measure
from deepclaims.claims.optimisation.momentum_costs_no_more.judge import excess, judge
from deepclaims.evidence.outcome import Outcome

NAME = "optimisation/momentum-costs-no-more"
NET = {"inputs": [5], "model": {"name": "mlp", "depth": 0}}


@pytest.fixture
def world(imagined):
    """Products of B · 3000 operations and `own`; momentum writes `more` numbers."""

    def make(own=0, more=1000, each=3000):
        def outcome(part, arm, axes, seed):
            batches, nets = part.params["batches"], part.params["nets"]
            if part.name == "work":
                sizes = sorted({1, *batches, *(2 * b for b in batches)})
                rows = [(net, b, each * b + own, 500, 500 + more, 1.0)
                        for net in nets for b in sizes]  # fmt: skip
                columns = ["net", "batch", "products", *measure.RULES, "kept"]
                return Outcome({"nets": 2}, {}, {"work": pd.DataFrame(rows, columns=columns)})
            noise = np.random.default_rng(seed).normal(1.02, 0.01, (len(nets), len(batches)))
            rows = [(net, b, noise[i, j]) for i, net in enumerate(nets)
                    for j, b in enumerate(batches)]  # fmt: skip
            columns = ["net", "batch", measure.RATIO]
            return Outcome({}, {}, {"clock": pd.DataFrame(rows, columns=columns)})

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_update_is_small_beside_the_gradient(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)
    assert excess(results, "lenet", 32).value == pytest.approx(33 / 32)


def test_refuted_where_it_weighs(world, ruling):
    assert ruling(world(more=5000)) == "refuted"


@pytest.mark.parametrize("change", [{"more": 50}, {"own": 10**6, "more": 10**5, "each": 100}])
def test_inconclusive_where_the_count_is_blind(world, ruling, change):
    assert ruling(world(**change)) == "inconclusive"


def test_the_count_of_a_linear_net_is_that_of_pen_and_paper():
    """B samples of 5 numbers, 10 classes: the products, and momentum's 60 parameters."""
    counts = {
        rule: measure.counted(measure.Training(NET, rule, 0.9, 8, 1)) for rule in measure.RULES
    }
    products = 2 * (2 * 8 * 5 * 10)  # forwards and for the weights; inputs need no gradient
    # log-softmax, the loss (a mean and its weight), their gradients, that of the biases, the update
    others = 80 + 2 + 1 + 80 + 80 + 10 + 60
    assert counts["sgd"] == (products, others)
    assert counts["momentum"] == (products, others + 60)


def test_momentum_keeps_one_number_a_parameter_and_sgd_none():
    assert measure.Training(NET, "momentum", 0.9, 4, 1).kept() == 1.0
    assert measure.Training(NET, "sgd", 0.9, 4, 1).kept() == 0.0


def test_ratios_of_time_are_positive():
    config = {"nets": {"perceptron": NET}, "batches": [4, 8], "beta1": 0.9, "rounds": 2}
    table = measure.clock(config, 1).tables["clock"]
    assert len(table) == 2
    assert (table[measure.RATIO] > 0).all()
