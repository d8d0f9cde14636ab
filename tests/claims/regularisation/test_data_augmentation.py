import pytest

from deepclaims.claims.regularisation.data_augmentation.measure import means

NAME = "regularisation/data-augmentation"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, "laptop")


def test_the_variance_is_that_of_theory():
    outcome = means({"B": 16, "draws": 20_000, "arm": "independent"}, 1)
    assert outcome.metrics["variance"] == pytest.approx(1 / 16, rel=0.05)


def test_supported_where_it_is_true(results, ruling):
    assert ruling(results) == "supported"


def test_refuted_where_it_is_false(results, ruling, made_world):
    """A world in which the variance does not depend on B."""
    false = made_world(results, "means", {"variance": lambda values: 0 * values + 1.0})
    assert ruling(false) == "refuted"
