import pytest
import torch

from deepclaims.claims.recurrence.rnn_equations import judge, measure

NAME = "recurrence/rnn-equations"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_a_replica_is_a_function_of_its_seed():
    config = {"sigma": "tanh", "steps": 3}
    first = measure.compare(config, 5).metrics
    assert first == measure.compare(config, 5).metrics
    assert first != measure.compare(config, 6).metrics


def test_influence_is_the_product_of_jacobians():
    """One unit: ∂h_3/∂x_1 = w_x Π w_h (1 − h²) over what lies between, from finite differences."""
    outcome = measure.memory({"recurrent": True, "units": 1, "steps": 3}, 4)
    values = outcome.curves["influence"].values
    random = torch.Generator().manual_seed(4)
    w_x, w_h, b_1, b_2 = (
        float(torch.empty(1, dtype=torch.float64).uniform_(-1, 1, generator=random))
        for _ in range(4)
    )
    x = torch.empty(3, dtype=torch.float64).normal_(generator=random)

    def last(x):
        h = torch.zeros((), dtype=torch.float64)
        for each in x:
            h = torch.tanh(w_x * each + w_h * h + b_1 + b_2)
        return h

    for back, value in enumerate(values):
        step = torch.zeros(3, dtype=torch.float64)
        step[2 - back] = 1e-6
        assert value == pytest.approx(abs(float(last(x + step) - last(x - step))) / 2e-6, rel=1e-6)


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


def test_where_a_net_without_recurrence_remembers_it_is_refuted(results, made_world, ruling):
    remembering = made_world(results, "memory", {"past": lambda values: values + 1e-6})
    assert ruling(remembering) == "refuted"


@pytest.mark.parametrize(
    ("metric", "check"),
    [("difference", "states_and_outputs"), ("gradient_difference", "gradients")],
)
def test_a_net_in_which_the_library_disagrees_is_seen_and_decides_nothing(
    results, made_world, ruling, metric, check
):
    def one_bad_net(values):
        return values.where(values.index != values.index[0], 1e-6)

    other = made_world(results, "compare", {metric: one_bad_net})
    assert judge.judge(other)[check].satisfies("below", 1e-12) is False
    assert ruling(other) == "supported"


@pytest.mark.parametrize("metric", ["one_bias_difference", "transposed_difference"])
def test_wrong_equations_are_noticed(results, metric):
    assert (results.rows("compare", metric)["value"] > 1e-3).all()
