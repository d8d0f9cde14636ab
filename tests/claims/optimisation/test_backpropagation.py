import numpy as np
import pytest

from deepclaims.claims.optimisation.backpropagation import measure

NAME = "optimisation/backpropagation"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_a_replica_is_a_function_of_its_seed():
    config = {"activation": "relu", "widths": [2, 8], "samples": 7, "step": 1e-6}
    first = measure.chain(config, 5).metrics
    assert first == measure.chain(config, 5).metrics
    assert first != measure.chain(config, 6).metrics


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


def test_where_one_net_disagrees_it_is_refuted(results, made_world, ruling):
    def one_bad_net(values):
        return values.where(np.arange(len(values)) != 3, 1e-3)

    for part, metric in (("chain", "autograd_difference"), ("neuron", "neuron_difference")):
        assert ruling(made_world(results, part, {metric: one_bad_net})) == "refuted"


def test_where_the_wrong_delta_passes_nothing_is_concluded(results, made_world, ruling):
    blind = made_world(results, "chain", {"wrong_delta_difference": lambda values: 0 * values})
    assert ruling(blind) == "inconclusive"
