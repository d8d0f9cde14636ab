import numpy as np
import pytest

from deepclaims.claims.convolution.flatten_and_padding import measure
from deepclaims.lectures.reading import load

NAME = "convolution/flatten-and-padding"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


@pytest.fixture(scope="module")
def printed(checkout):
    """What the slides print, as the inventory has it."""
    lectures = load(checkout / "conf")
    return lambda name: lectures.sentence(name).code


def test_the_column_is_the_slides(printed):
    column = printed("L1.s49.1").split("\n\n")[1]
    indices = [row.strip("x_{}").replace(",", "") for row in column.splitlines()]
    assert tuple(indices) == measure.FLATTENED


@pytest.mark.parametrize(("padding", "item"), [(0, "L1.s54.4"), (1, "L1.s54.5"), (2, "L1.s54.6")])
def test_the_matrices_are_the_slides(printed, padding, item):
    *rows, last = printed(item).splitlines()
    assert last == f"Padding = {padding}"
    assert [[int(each) for each in row.split()] for row in rows] == measure.PADDED[padding].tolist()


@pytest.mark.parametrize("padding", [0, 1, 3])
def test_rings_are_those_of_numpy(padding):
    image = np.arange(1, 13).reshape(3, 4)
    assert (measure.ring(image, padding) == np.pad(image, padding)).all()


def test_by_columns_six_of_nine_entries_move():
    assert measure.flatten({}, 0).metrics["column_wrong"] == 6


def test_another_shape_differs_everywhere():
    assert measure.differing(np.zeros((2, 2)), np.zeros((3, 3))) == 9


def test_as_printed_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("part", "metric", "sentences"),
    [
        ("flatten", "wrong", {"L1.s49.1"}),
        ("pad", "wrong", {"L1.s54.4", "L1.s54.5", "L1.s54.6"}),
        ("pad", "layer_wrong", {"L1.s54.4", "L1.s54.5", "L1.s54.6"}),
    ],
)
def test_where_a_number_differs_it_is_refuted(
    results, made_world, rulings, part, metric, sentences
):
    found = rulings(made_world(results, part, {metric: lambda values: values + 1}))
    assert {name for name, each in found.items() if each == "refuted"} == sentences


@pytest.mark.parametrize(
    ("part", "metric", "sentences"),
    [
        ("flatten", "column_wrong", {"L1.s49.1"}),
        ("pad", "one_sided_wrong", {"L1.s54.5", "L1.s54.6"}),
        ("pad", "flipped_wrong", {"L1.s54.4", "L1.s54.5", "L1.s54.6"}),
    ],
)
def test_where_a_wrong_order_goes_unnoticed_nothing_is_decided(
    results, made_world, rulings, part, metric, sentences
):
    found = rulings(made_world(results, part, {metric: lambda values: 0 * values}))
    assert {name for name, each in found.items() if each == "inconclusive"} == sentences
