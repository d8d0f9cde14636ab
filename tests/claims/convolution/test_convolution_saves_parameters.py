import numpy as np
import pytest

from deepclaims.claims.claim import load
from deepclaims.claims.convolution.convolution_saves_parameters import judge, measure
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

NAME = "convolution/convolution-saves-parameters"
LAYERS = {"sides": [6, 8, 14], "kernel": 3}
TRUE = {"conv": (5.0, 17.0), "conv_38": (3.5, 10.5), "dense_9": (14.0, 14.0),
        "dense_40": (6.7, 6.7), "dense_150": (5.5, 5.5)}  # fmt: skip
SIZES = {"conv": 1898, "conv_38": 8256, "dense_9": 1873, "dense_40": 8290, "dense_150": 31060}


@pytest.fixture
def world(imagined):
    """`world(arm=(error in place, permuted), …)`, in points, give or take the seed's luck."""

    def make(profile="laptop", sizes=(), **changed):
        errors, counts = {**TRUE, **changed}, {**SIZES, **dict(sizes)}

        def outcome(part, arm, axes, seed):
            if part.name == "layers":
                return measure.layers(LAYERS, seed)
            luck = 0.3 * np.random.default_rng([seed, len(arm)]).standard_normal()
            error = errors[arm][axes["data.permute"]] + luck
            worse = 1.0 + (axes["optimizer.lr"] != 0.02)  # a rate inside its grid is the best
            metrics = {
                "test_error": error / 100, "train_error": 0.003 * error,
                "validation_error": worse * error / 100, "n_parameters": counts[arm],
            }  # fmt: skip
            return Outcome(metrics)

        return imagined(NAME, outcome, profile)

    return make


def test_with_the_lectures_effect_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({"dense_9": (4.0, 4.0)}, {"gain_at_equal_parameters"}),
        ({"dense_40": (4.0, 4.0)}, {"beats_four_times_larger"}),
        ({"conv_38": (8.0, 9.0)}, {"larger_gain_at_equal_parameters"}),
        ({"sizes": {"dense_9": 1000}}, {"sizes_are_equal"}),
    ],
)
def test_errors_of_which_the_slide_says_nothing_decide_nothing(world, ruling, changed, failing):
    results = world(**changed)
    found = judge.judge(results)
    checks = results.claim.checks
    assert failing <= {each.check.name for each in findings(checks, found) if each.outcome is False}
    assert {checks[name]["role"] for name in failing} == {"benchmark"}
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"conv": (5.0, 5.0)}, "L1.s52.2"),  # the permutation does not matter
        ({"dense_150": (5.5, 9.5)}, "L1.s49.2"),  # it matters to dense nets
    ],
)
def test_without_its_control_a_sentence_is_left_open(world, rulings, changed, sentence):
    found = rulings(world(**changed))
    assert found.pop(sentence) == "inconclusive"
    assert set(found.values()) == {"supported"}


@pytest.mark.parametrize(
    ("metric", "value", "refuted"),
    [
        ("weight_ratio", 0.3, {"L1.s51.1", "L1.s52.4"}),
        ("shift_difference", 0.1, {"L1.s52.2"}),
        ("dense_difference", 0.1, {"L1.s49.2"}),
    ],
)
def test_where_its_arithmetic_is_wrong_a_sentence_is_refuted(
    world, made_world, rulings, metric, value, refuted
):
    wrong = made_world(world(), "layers", {metric: lambda values: 0 * values + value})
    found = rulings(wrong)
    assert {name for name, each in found.items() if each == "refuted"} == refuted


def test_the_slides_numbers():
    """9 weights instead of 36; with the bias 10 instead of 37."""
    outcome = measure.layers(LAYERS, 0)
    assert outcome.metrics["weight_ratio"] == 9 / 36
    assert outcome.curves["filter"].values == [10, 10, 10]
    assert outcome.curves["dense"].values == [37, 65, 197]


def test_few_seeds_do_not_crash_and_what_needs_none_is_decided(world, rulings):
    found = rulings(world("smoke", conv=(5.0, 5.0)))
    assert (found["L1.s52.4"], found["L1.s52.2"]) == ("supported", "inconclusive")


@pytest.fixture(scope="module")
def configs(checkout, composer):

    part = load(checkout / "conf", NAME).parts[0]
    return {arm: composer.cell([*part.base, *words]) for arm, words in part.arms.items()}


def test_sizes_of_the_nets(configs):
    import torch

    from deepclaims.nn.interface import Interface
    from deepclaims.nn.models import build_model, count_parameters
    from deepclaims.nn.unit_noise import UnitNoise

    digits, random = Interface(((1, 14, 14),), 10), torch.Generator().manual_seed(0)
    found = {
        arm: count_parameters(build_model(each["model"], each["init"], digits, UnitNoise(), random))
        for arm, each in configs.items()
    }
    assert found == SIZES


def test_nets_are_treated_alike_but_for_their_rate(configs):
    def treatment(config):
        kept = {key: dict(value) for key, value in config.items() if key != "model"}
        kept["optimizer"].pop("lr")
        return kept

    first, *others = (treatment(config) for config in configs.values())
    assert all(other == first for other in others)
