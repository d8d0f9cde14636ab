import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from deepclaims.claims.optimisation.threshold_one_half import measure

NAME = "optimisation/threshold-one-half"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300})


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


@pytest.mark.parametrize(
    ("part", "metric", "value"), [("finite", "excess", 1e-3), ("sigmoid", "nearest", -1e-3)]
)
def test_where_another_rule_errs_less_it_is_refuted(
    results, made_world, ruling, part, metric, value
):
    def once(values):
        return values.where(np.arange(len(values)) != 0, value)

    assert ruling(made_world(results, part, {metric: once})) == "refuted"


def test_where_false_probabilities_pass_nothing_is_concluded(results, made_world, ruling):
    blind = made_world(results, "sigmoid", {"excess_miscalibrated": lambda values: 0 * values})
    assert ruling(blind) == "inconclusive"


def test_masses_are_scipy_s():
    wanted = quad(lambda z: norm.pdf(z, 0.4, 1.7) * expit(-z), 0.3, 20)[0]
    assert measure._mass(0.3, np.inf, 0.4, 1.7, -1) == pytest.approx(wanted, abs=1e-10)


def test_shifted_b_moves_the_best_threshold_to_the_shifted_half():
    """p_1 from b + s is right at the threshold σ(s)."""
    table = measure.sigmoid({"thresholds": 19, "shift": 1.5}, 4).tables["errors"]
    best = table["threshold"][table["shifted"].idxmin()]
    assert abs(best - expit(1.5)) <= 1 / 40
