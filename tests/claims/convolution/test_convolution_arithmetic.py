import numpy as np
import pytest

from deepclaims.claims.convolution.convolution_arithmetic import measure

NAME = "convolution/convolution-arithmetic"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_the_flipped_filter_changes_the_ten_entries_that_are_not_zero():
    assert measure.example({}, 0).metrics["flipped_wrong"] == 10


def test_without_the_stride_the_formula_is_wrong_more_often_than_not():
    config = {"stride": 2, "side": 8, "kernel": 3, "padding": 2}
    metrics = measure.dimensions(config, 0).metrics
    assert metrics["strided_wrong"] == 0
    assert metrics["printed_wrong"] > metrics["cases"] / 2


@pytest.mark.parametrize(("kernel", "keeping"), [(3, 1), (4, 0)])
def test_only_odd_filters_have_a_same_padding(kernel, keeping):
    metrics = measure.paddings({"kernel": kernel, "side": 7}, 0).metrics
    assert metrics["keeping"] == keeping
    assert np.isnan(metrics["same_misses"]) == (kernel % 2 == 0)
    assert metrics["full_faults"] == 0


def test_as_printed_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("part", "metric"),
    [
        ("example", "wrong"),
        ("example", "stride_wrong"),
        ("dimensions", "printed_wrong"),
        ("paddings", "full_faults"),
        ("tensors", "difference"),
    ],
)
def test_where_one_number_differs_it_is_refuted(results, made_world, ruling, part, metric):
    assert ruling(made_world(results, part, {metric: lambda values: values + 1})) == "refuted"


def test_a_wrong_example_refutes_its_numbers_but_no_doubtful_words(results, made_world, rulings):
    found = rulings(made_world(results, "example", {"wrong": lambda values: values + 1}))
    assert found.pop("L1.s51.2") == "refuted"
    assert found.pop("L1.s51.3") == "inconclusive"
    assert set(found.values()) == {"supported"}


@pytest.mark.parametrize(
    ("part", "metric", "sentences"),
    [
        ("example", "flipped_wrong", {"L1.s51.3"}),
        ("dimensions", "printed_wrong", {"L1.s52.8", "L1.s54.1", "L1.s54.7"}),
        ("paddings", "keeping", {"L1.s55.5"}),
    ],
)
def test_where_a_wrong_formula_goes_unnoticed_its_sentences_are_left_open(
    results, made_world, rulings, part, metric, sentences
):
    unnoticed = float(metric == "keeping")
    found = rulings(made_world(results, part, {metric: lambda values: 0 * values + unnoticed}))
    assert {name for name, each in found.items() if each == "inconclusive"} == sentences
    assert set(found.values()) == {"inconclusive", "supported"}
