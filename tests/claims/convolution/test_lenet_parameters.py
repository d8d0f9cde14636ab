import math

import pytest

from deepclaims.claims.convolution.lenet_parameters import measure

NAME = "convolution/lenet-parameters"

LAST_TABLE = [  # typed from the slide, not from the claim's files
    ("26×26×6", 60),
    ("13×13×6", 0),
    ("11×11×16", 880),
    ("5×5×16", 0),
    ("400", 0),
    ("120", 48120),
    ("84", 10164),
    ("10", 850),
]


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def rows(outcome):
    table = outcome.tables["layers"]
    return list(zip(table["shape"], table["parameters"], strict=True))


def test_formulas_and_network_give_the_slides_last_table():
    assert rows(measure.formulas({"kernel": 3}, 0)) == LAST_TABLE
    assert rows(measure.network({}, 0)) == LAST_TABLE


def test_the_whole_network_has_their_sum():
    assert measure.network({}, 0).metrics["parameters"] == 60074


def test_filters_of_five_give_another_network():
    """LeCun et al. 1998 count 156 in C1: six filters of 5×5 with a bias each."""
    found = rows(measure.formulas({"kernel": 5}, 0))
    assert found[0] == ("24×24×6", 156)
    assert found[4] == ("256", 0)


@pytest.mark.parametrize(("printed", "inputs", "filters"), [(186, 1, 6), (464, 6, 16)])
def test_no_square_filter_explains_the_first_tables_counts(printed, inputs, filters):
    """As the claim's note says, with biases or without."""
    for bias in (0, 1):
        side = math.sqrt((printed / filters - bias) / inputs)
        assert side != round(side)


def test_as_printed_last_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("wrong", "refuted"),
    [
        ("parameters", {"L1.s59.1", "L1.s59.4"}),
        ("shape", {"L1.s59.1", "L1.s59.3", "L1.s59.4"}),
    ],
)
def test_where_a_layer_differs_its_sentences_are_refuted(results, rulings, wrong, refuted):
    from dataclasses import replace

    table = results.tables["layers"].copy()
    of_network = table.index[(table["part"] == "network") & (table["layer"] == "conv2")]
    table.loc[of_network, wrong] = 881 if wrong == "parameters" else "12×12×16"
    found = rulings(replace(results, tables={"layers": table}))
    assert {name for name, each in found.items() if each == "refuted"} == refuted
    assert found["L1.s50.4"] == "supported"


def test_where_another_kernel_goes_unnoticed_nothing_is_concluded(results, ruling):
    from dataclasses import replace

    table = results.tables["layers"].copy()
    right = table[table["part"] == "network"].set_index("layer")
    other = (table["part"] == "formulas") & (table["kernel"].astype("Float64") == 5).fillna(False)
    for column in ("shape", "parameters"):
        table.loc[other, column] = right[column].reindex(table.loc[other, "layer"]).to_numpy()
    assert ruling(replace(results, tables={"layers": table})) == "inconclusive"
