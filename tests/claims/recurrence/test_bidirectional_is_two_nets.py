import pytest
import torch

from deepclaims.claims.recurrence.bidirectional_is_two_nets import measure
from deepclaims.nn.cells import RnnCell

NAME = "recurrence/bidirectional-is-two-nets"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_by_hand_on_two_steps():
    """W_hh = 1, no bias: →h_1 = tanh x_1, →h_2 = tanh(x_2 + →h_1); ←h the other way round."""
    one = torch.ones(1, 1, dtype=torch.float64)
    cell = RnnCell(one, one, torch.zeros(1, dtype=torch.float64))
    x = torch.tensor([[[0.3], [-0.8]]], dtype=torch.float64)
    a, b = x[0, 0].tanh(), x[0, 1].tanh()
    wanted = torch.stack(
        [torch.cat([a, (x[0, 0] + b).tanh()]), torch.cat([(x[0, 1] + a).tanh(), b])]
    )
    torch.testing.assert_close(measure.TwoNets(cell, cell)(x)[0].detach(), wanted)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_a_replica_is_a_function_of_its_seed(kind):
    config = {"kind": kind, "steps": 4}
    first = measure.compare(config, 5).metrics
    assert first == measure.compare(config, 5).metrics
    assert first != measure.compare(config, 6).metrics


def test_with_one_step_there_is_no_order():
    metrics = measure.compare({"kind": "rnn", "steps": 1}, 0).metrics
    assert metrics["unreversed_difference"] == metrics["difference"]
    assert metrics["exchanged_difference"] > 1e-3


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("part", "metric", "made"),
    [
        ("compare", "difference", 1e-6),
        ("compare", "gradient_difference", 1e-6),
        ("reach", "leak", 1e-300),
        ("reach", "both", 0.0),
    ],
)
def test_where_two_nets_are_not_it_it_is_refuted(results, made_world, ruling, part, metric, made):
    other = made_world(results, part, {metric: lambda values: 0 * values + made})
    assert ruling(other) == "refuted"


@pytest.mark.parametrize("metric", ["unreversed_difference", "causal_difference"])
def test_where_a_wrong_order_goes_unnoticed_nothing_is_decided(results, made_world, ruling, metric):
    assert ruling(made_world(results, "compare", {metric: lambda values: 0 * values})) == (
        "inconclusive"
    )
