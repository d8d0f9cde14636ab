import numpy as np
import pytest
from scipy import stats

from deepclaims.claims.optimisation.likelihood_from_bayes import measure

NAME = "optimisation/likelihood-from-bayes"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300})


def test_as_measured_it_is_supported(results, rulings):
    assert rulings(results) == {"L2.s4.1": "supported", "L2.s5.3": "supported"}


@pytest.mark.parametrize(
    ("part", "metric", "sentence"),
    [
        ("urns", "gap", "L2.s4.1"),
        ("pairs", "posterior_gap", "L2.s5.3"),
        ("pairs", "regret", "L2.s5.3"),
    ],
)
def test_where_it_fails_once_it_is_refuted(results, made_world, rulings, part, metric, sentence):
    def once(values):
        return values.where(np.arange(len(values)) != 0, 1e-6)

    assert rulings(made_world(results, part, {metric: once}))[sentence] == "refuted"


def test_where_a_mutant_passes_nothing_is_concluded(results, made_world, rulings):
    blind = made_world(results, "urns", {"gap_without_prior": lambda values: 0 * values})
    assert rulings(blind) == {"L2.s4.1": "inconclusive", "L2.s5.3": "supported"}
    same = made_world(results, "pairs", {"moved": lambda values: 0 * values})
    assert rulings(same) == {"L2.s4.1": "supported", "L2.s5.3": "inconclusive"}


def test_posteriors_are_those_of_coins():
    """Two coins, three heads of four: against scipy's binomial law."""
    heads, prior = np.array([0.5, 0.8]), np.array([0.7, 0.3])
    logs = 3 * np.log(heads) + np.log(1 - heads)
    weight = stats.binom.pmf(3, 4, heads) * prior
    np.testing.assert_allclose(measure._posterior(logs[None], prior)[0], weight / weight.sum())


def test_counted_posteriors_sum_to_one():
    config = {"tickets": [1, 2, 4], "balls": 4, "colours": 2, "draws": 2}
    points = measure.urns(config, 5).tables["points"]
    np.testing.assert_allclose(points["counted"].to_numpy().reshape(-1, 3).sum(axis=1), 1)
    assert points["unnormalised"].sum() == pytest.approx(1)  # Σ over D of p(D)
