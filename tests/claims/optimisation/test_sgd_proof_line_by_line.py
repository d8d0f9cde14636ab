import numpy as np
import pytest

from deepclaims.claims.optimisation.sgd_proof_line_by_line import every_path, populations

NAME = "optimisation/sgd-proof-line-by-line"
BROKEN = {
    "L1.s16.3": "bowl_excess",
    "L1.s16.4": "expansion_gap",
    "L1.s17.2": "dependence_iid",
    "L1.s17.3": "product_excess",
    "L1.s18.1": "square_gap",
}


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(NAME, changes={"seeds.first": 300, "seeds.count": 1})


def test_as_measured_one_line_needs_more_than_the_slide_says(results, rulings):
    found = rulings(results)
    assert found.pop("L1.s16.2") == "corrected"
    assert set(found) == set(BROKEN)
    assert set(found.values()) == {"supported"}


def test_were_the_gradient_zero_everywhere_it_would_be_supported(results, made_world, ruling):
    assert ruling(made_world(results, "lines", {"slope": lambda v: 0 * v})) == "supported"


@pytest.mark.parametrize("sentence", BROKEN)
def test_a_line_that_fails_once_is_refuted(results, made_world, rulings, sentence):
    def once(values):
        return values.where(np.arange(len(values)) != 3, 1e-6)

    doubtful = results.claim.text["sentences"][sentence].get("transcription") == "doubtful"
    found = rulings(made_world(results, "lines", {BROKEN[sentence]: once}))
    assert found[sentence] == ("inconclusive" if doubtful else "refuted")


def test_two_minima_leave_nothing_to_repair(results, made_world, rulings):
    world = made_world(results, "lines", {"spread": lambda v: v + 1.0, "slope": lambda v: 0 * v})
    assert rulings(world)["L1.s16.2"] == "refuted"


def test_where_mutants_pass_nothing_is_concluded(results, made_world, rulings):
    blind = made_world(results, "lines", {"dependence_shuffled": lambda v: 0 * v})
    assert rulings(blind)["L1.s17.2"] == "inconclusive"


@pytest.mark.parametrize("name", ["signs", "regression", "logistic"])
@pytest.mark.parametrize("where", ["centred", "edge"])
def test_the_constants_hold_on_all_of_theta(name, where):
    """Against points drawn at random in Θ, and the Hessian there."""
    problem = populations.draw(name, 6, 7)
    theta = populations.place(problem, where, 7)
    known = populations.constants(problem, theta)
    w = theta.project(theta.centre + np.random.default_rng(0).normal(size=(2000, 2)))
    assert problem.variance(w).max() <= known.sigma2 * (1 + 1e-12)
    assert (problem.gradient(w) ** 2).sum(axis=1).max() <= known.mu2 * (1 + 1e-12)
    assert np.linalg.eigvalsh(problem.hessian(w)).min() >= known.c * (1 - 1e-12)


def test_of_signs_they_are_the_closed_forms():
    """c = 1, var = (d − 1)‖w‖² + d·noise², ∇𝓛 = w, with d = 2, noise 3 and D = 1."""
    problem = populations.draw("signs", 6, 0)
    known = populations.constants(problem, populations.place(problem, "centred", 0))
    assert (known.c, known.sigma2, known.mu2) == pytest.approx((1, 19, 1))


def test_hand_and_autograd_agree():
    problem = populations.draw("logistic", 6, 3)
    w = np.random.default_rng(1).normal(size=(5, 2))
    by_hand = populations.sample_gradients(problem, w).mean(axis=1)
    np.testing.assert_allclose(by_hand, populations.population_loss(problem, w)[1], atol=1e-14)


def test_paths_are_all_there_are():
    assert len(every_path.sequences("iid", 4, 3)) == 64
    assert len(every_path.sequences("shuffled", 4, 3)) == 24
    assert every_path.dependence(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), 2) == 0
    assert every_path.dependence(np.array([0, 1]), np.array([0, 1]), 2) == 0.5
