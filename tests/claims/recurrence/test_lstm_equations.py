import pytest

from deepclaims.claims.recurrence.lstm_equations import measure

NAME = "recurrence/lstm-equations"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME)


def test_a_replica_is_a_function_of_its_seed():
    first = measure.compare({"steps": 3}, 5).metrics
    assert first == measure.compare({"steps": 3}, 5).metrics
    assert first != measure.compare({"steps": 3}, 6).metrics


def test_the_latch_gives_back_what_was_written_when_it_is_read():
    table = measure.latch({"sharpness": 40.0}, 3).tables["latch"].set_index("t")
    assert table["h"][8] == pytest.approx(table["h"][19])  # both after the writing at 4
    assert table["h"][8] != pytest.approx(table["h"][30])  # after that at 22
    assert table["memory"][4:21].nunique() == 1
    assert table["memory"][4] == table["c"][4]
    assert abs(table["h"][9]) < 1e-15


def test_half_open_gates_average_what_came_before():
    """c_t = (c_{t−1} + c̃_t)/2."""
    table = measure.latch({"sharpness": 0.0}, 3).tables["latch"].set_index("t")
    assert table["memory"][7] == pytest.approx((table["memory"][6] + table["c"][7]) / 2)


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize("metric", ["kept", "given_back"])
def test_where_gates_leak_it_is_refuted(results, made_world, ruling, metric):
    leaking = made_world(results, "latch", {metric: lambda values: values + 1e-6})
    assert ruling(leaking) == "refuted"


@pytest.mark.parametrize(
    ("metric", "made"), [("left_after_ten", 0.5), ("difference", 1e-6)]
)  # fmt: skip
def test_where_a_control_fails_nothing_is_concluded(results, made_world, ruling, metric, made):
    blind = made_world(results, "latch", {metric: lambda values: 0 * values + made})
    assert ruling(blind) == "inconclusive"


@pytest.mark.parametrize("metric", ["difference", "gradient_difference"])
def test_what_the_library_computes_decides_nothing(results, made_world, ruling, metric):
    other = made_world(results, "compare", {metric: lambda values: values + 1e-6})
    assert ruling(other) == "supported"
