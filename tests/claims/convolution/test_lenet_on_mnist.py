import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from deepclaims.claims.claim import load
from deepclaims.claims.convolution.lenet_on_mnist.figures import MULTIPLY_ADDS
from deepclaims.claims.convolution.lenet_on_mnist.judge import judge
from deepclaims.claims.results import Results

NAME = "convolution/lenet-on-mnist"
SIZES = {"lenet": 60_074, "mlp": 60_630, "mlp_long": 60_630}


def rows(errors, seeds, sizes):
    """The table of a run in which each arm has these test errors, give or take the seed's luck."""
    rng = np.random.default_rng(4)
    made = []
    for arm, error in errors.items():
        epochs = 17 if arm == "mlp_long" else 5
        for seed in seeds:
            luck = 0.0004 * rng.standard_normal()
            made += [(arm, seed, "test_error", pd.NA, error + luck)]
            made += [(arm, seed, "n_parameters", pd.NA, float(sizes[arm]))]
            made += [
                (arm, seed, "validation_error", 430 * (e + 1), error * (1 + 3 / (e + 1)) + luck)
                for e in range(epochs)
            ]
    table = pd.DataFrame(made, columns=["arm", "seed", "metric", "step", "value"])
    table["step"] = table["step"].astype("Int64")
    return table.assign(part="training", key=table["arm"], **{"data.n_train": None})


@pytest.fixture
def world(checkout):
    """`world(errors, …)`: results with these mean test errors by arm."""
    claim = load(checkout / "conf", NAME)

    def make(lenet, mlp, mlp_long, seeds=range(3000, 3008), sizes=()):
        errors = {"lenet": lenet, "mlp": mlp, "mlp_long": mlp_long}
        return Results(claim, rows(errors, seeds, {**SIZES, **dict(sizes)}))

    return make


def test_below_one_percent_and_better_than_dense_is_supported(world, ruling):
    assert ruling(world(0.0085, 0.022, 0.020)) == "supported"


def test_the_one_percent_of_the_literature_decides_nothing(world, ruling):
    results = world(0.014, 0.022, 0.020)
    assert judge(results)["below_one_percent"].satisfies("below", 0.01) is False
    assert ruling(results) == "supported"


def test_a_dense_net_that_does_better_with_more_computation_refutes_it(world, ruling):
    assert ruling(world(0.018, 0.022, 0.012)) == "refuted"


def test_the_dense_net_of_as_many_epochs_decides_nothing(world, ruling):
    results = world(0.018, 0.010, 0.025)
    assert judge(results)["beats_it_epoch_by_epoch"].satisfies("above", 0.0) is False
    assert ruling(results) == "supported"


def test_where_dense_nets_do_as_well_it_is_not_supported(world, ruling):
    assert ruling(world(0.0100, 0.0101, 0.0100)) != "supported"


def test_another_net_than_the_slides_decides_nothing(world, ruling):
    assert ruling(world(0.0085, 0.022, 0.020, sizes={"lenet": 61_706})) == "inconclusive"


def test_a_smaller_dense_net_is_no_fair_opponent(world, ruling):
    assert ruling(world(0.0085, 0.022, 0.020, sizes={"mlp": 50_000})) == "inconclusive"


def test_one_seed_decides_nothing_and_does_not_crash(world):
    results = world(0.0085, 0.022, 0.020, seeds=[1000])
    estimates = judge(results)
    assert estimates["below_one_percent"].satisfies("below", 0.01) is None


@pytest.fixture(scope="module")
def arms(checkout, composer):
    """The composed config of each arm, and its network."""
    from deepclaims.nn.interface import Interface
    from deepclaims.nn.models import build_model
    from deepclaims.nn.unit_noise import UnitNoise

    part = load(checkout / "conf", NAME).parts[0]
    configs = {arm: composer.cell([*part.base, *words]) for arm, words in part.arms.items()}
    digits, random = Interface(((1, 28, 28),), 10), torch.Generator().manual_seed(0)
    return {
        arm: (config, build_model(config["model"], config["init"], digits, UnitNoise(), random))
        for arm, config in configs.items()
    }


def test_sizes_of_the_nets(arms):
    sizes = {arm: sum(p.numel() for p in net.parameters()) for arm, (_, net) in arms.items()}
    assert sizes == SIZES


@pytest.mark.parametrize("arm", ["lenet", "mlp"])
def test_multiplications_are_those_of_the_nets(arms, arm):
    """Counted by hooks on the layers of the networks that are trained."""
    found, x = [], torch.zeros(1, 1, 28, 28)
    for layer in arms[arm][1].modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(
                lambda layer, _, output: found.append(layer.weight[0].numel() * output[0].numel())
            )
    for part in arms[arm][1].children():
        x = part(x)
    assert sum(found) == MULTIPLY_ADDS[arm]


def test_the_long_training_costs_what_lenets_does(arms):
    """Within 4 %, and not less."""
    epochs = {arm: config["fit"]["epochs"] for arm, (config, _) in arms.items()}
    cost = MULTIPLY_ADDS
    assert epochs["mlp"] == epochs["lenet"]
    assert 1.0 <= epochs["mlp_long"] * cost["mlp"] / (epochs["lenet"] * cost["lenet"]) < 1.04


def test_all_nets_are_treated_alike_but_for_rate_and_epochs(arms):
    def treatment(config):
        kept = {key: dict(value) for key, value in config.items() if key != "model"}
        kept["optimizer"].pop("lr")
        kept["fit"].pop("epochs")
        return kept

    first, *others = (treatment(config) for config, _ in arms.values())
    assert all(other == first for other in others)
