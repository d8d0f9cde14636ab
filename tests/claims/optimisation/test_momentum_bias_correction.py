import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.momentum_bias_correction import measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/momentum-bias-correction"
STEPS = (1, 2, 5, 10, 20, 40, 60, 100, 150, 200)


@pytest.fixture
def world(imagined):
    def make(behind=0.4, slide=0.8, sgd=0.0, late=0.01, formula=0.0, still=0.0,
             held=(0.12, 0.22), whole=1.2):  # fmt: skip
        def outcome(part, arm, axes, seed):
            if part.name == "weights":
                exact = dict.fromkeys(("expansion", "first", "convex"), 0.0)
                return Outcome(
                    {**exact, "closed_form": formula}, {"share": Curve([1, 2], [0.1, 0.19])}
                )
            steps, random = np.array(STEPS), np.random.default_rng(seed)
            hat = 2.3 * np.exp(-steps / 60) + 0.02 * random.normal(size=len(steps))

            def above(gap):
                return Curve(STEPS, hat + gap + 0.01 * random.normal(size=len(steps)))

            if axes["beta1"] == 0.0:
                plain = Curve(STEPS, hat + still)
            else:
                plain = above(np.where(steps < 60, behind, late))

            def norms(first):
                found = np.array([*first, *np.ones(len(steps) - len(first))])
                return Curve(STEPS, found * np.exp(0.03 * random.normal(size=len(steps))))

            losses = {"plain": plain, "corrected": Curve(STEPS, hat), "sgd": above(sgd)}
            held_of = {"held_plain": norms(held), "held_corrected": norms((whole, whole))}
            return Outcome({}, {**losses, **held_of, "sgd_effective": above(slide)})

        return imagined(NAME, outcome)

    return make


def test_where_learning_goes_on_at_alpha_it_is_corrected(world, ruling):
    assert ruling(world()) == "corrected"


def test_where_it_goes_on_at_the_slides_rate_it_is_supported(world, ruling):
    assert ruling(world(slide=0.0, sgd=-0.8)) == "supported"


@pytest.mark.parametrize("false", [{"sgd": 0.5}])
def test_where_neither_rate_does_it_is_refuted(world, ruling, false):
    assert ruling(world(**false)) == "refuted"


def test_where_the_bias_does_not_show_it_is_not_supported(world, ruling):
    assert ruling(world(behind=-0.2, slide=0.0)) == "refuted"  # fails in late_start
    assert ruling(world(held=(0.12, 0.7), slide=0.0)) == "refuted"  # in underestimates
    assert ruling(world(formula=0.1, sgd=0.5, slide=0.0)) == "refuted"


@pytest.mark.parametrize("spoilt", [{"late": 0.3}, {"still": 0.01}, {"whole": 0.5}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, spoilt):
    assert ruling(world(**spoilt)) == "inconclusive"


def test_the_slides_second_average():
    """m₂ = 0.1 g₂ + 0.09 g₁, the slide's numbers."""
    g = torch.tensor([[3.0], [-2.0]], dtype=torch.float64)
    assert measure._averages(g, 0.9)[1].item() == pytest.approx(0.1 * -2.0 + 0.09 * 3.0)


def test_the_norms_are_shares_of_the_training_sets_gradient(project_with_data):
    """At t = 1 both share start and batch, so that m is 1 − β₁ of m̂; all of it without average."""
    config = {"alpha": 0.1, "steps": 2, "width": 4, "batch": 50, "n_train": 200}
    found = measure.training({**config, "beta1": 0.9}, 3).curves
    plain, hat = (found[f"held_{arm}"].values for arm in ("plain", "corrected"))
    assert plain[0] == pytest.approx(0.1 * hat[0], rel=1e-5)
    still = measure.training({**config, "beta1": 0.0}, 3).curves
    np.testing.assert_array_equal(still["held_plain"].values, still["held_corrected"].values)
    assert 0.8 < still["held_plain"].values[0] < 2.0


def test_the_identities_hold_in_the_rule_that_trains():
    found = measure.weights({"beta1": 0.9, "steps": 20, "dimensions": 3}, 4)
    assert max(found.metrics.values()) < 1e-13
    share = found.curves["share"].values
    np.testing.assert_allclose(share, 1 - 0.9 ** np.arange(1, 21), rtol=1e-12)


def test_the_rules_share_start_and_differ_as_they_should():
    random = torch.Generator().manual_seed(0)
    theta = measure._net(6, 4, random)
    before = [p.detach().clone() for p in theta]
    x, y = torch.randn(9, 6, generator=random), torch.arange(9)
    losses = measure._losses(theta, x, y)
    assert losses.unique().numel() == 1
    g = torch.autograd.grad(losses.sum(), theta)
    for arm, name in enumerate(measure.ARMS):
        own = [p.detach()[arm : arm + 1] for p in theta]
        measure._step(name, own, [each[arm : arm + 1] for each in g], {}, 1, 0.3, 0.9)
    moved = (theta[0].detach() - before[0]).flatten(1).norm(dim=1).numpy()
    # At t = 1: (1 − β₁)g without the hat, g with it; SGD at α_ef = α(1 − β₁)/(1 − β₁) steps as m̂.
    np.testing.assert_allclose(moved / moved[1], [0.1, 1, 1, 1], rtol=1e-5)
