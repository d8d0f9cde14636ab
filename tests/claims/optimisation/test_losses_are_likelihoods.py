import math

import numpy as np
import pytest

from deepclaims.claims import pattern
from deepclaims.claims.optimisation.losses_are_likelihoods import measure
from deepclaims.evidence.check import findings

NAME = "optimisation/losses-are-likelihoods"


@pytest.fixture(scope="module")
def results(measured_here):
    return measured_here(
        NAME, changes={"seeds.first": 300, "seeds.count": 6, "grid.samples": [4000]}
    )


def test_as_measured_it_is_supported(results, ruling):
    assert ruling(results) == "supported"


def test_where_a_loss_is_not_the_likelihood_it_is_refuted(results, made_world, ruling):
    wrong = made_world(results, "identities", {"laplace": lambda values: values + 1e-6})
    assert ruling(wrong) == "refuted"


@pytest.mark.parametrize(
    ("part", "metric", "change", "check"),
    [
        ("posterior", "slope", lambda v: v * 1.2, "posterior"),
        ("location", "squared", lambda v: v - 0.3, "squared_finds_mean"),  # the median after all
        ("location", "optimum", lambda v: v + 0.1, "minimum_reached"),
        ("efficiency", "error_ratio", lambda v: 1 + 0 * v, "gaussian_prefers_squared"),
    ],
)
def test_what_fits_find_is_a_benchmark(results, made_world, ruling, part, metric, change, check):
    world = made_world(results, part, {metric: change})
    found = findings(world.claim.checks, pattern.judge(world))
    assert {each.check.name: each.outcome for each in found}[check] is not True
    assert ruling(world) == "supported"


def test_the_printed_log_density_is_the_gaussian_one():
    """The slide's two terms, written out, against the density itself."""
    sigma, off = 1.7, 0.6
    density = math.exp(-0.5 * (off / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
    printed = -math.log(sigma * math.sqrt(2 * math.pi)) - (0.5 * off**2) / sigma**2
    assert math.log(density) == pytest.approx(printed)


def test_the_ratios_tend_to_their_closed_forms():
    """Var median / Var mean: π/2 under the normal law, 1/2 under Laplace's, as samples grow."""
    config = {"samples": 1001, "repeats": 4000}
    gaussian = measure.efficiency(config | {"law": "gaussian"}, 5).metrics["error_ratio"]
    laplace = measure.efficiency(config | {"law": "laplace"}, 5).metrics["error_ratio"]
    assert gaussian == pytest.approx(math.pi / 2, rel=0.08)
    assert laplace == pytest.approx(0.5, rel=0.1)


def test_cross_entropy_fits_the_relative_frequencies():
    """Its minimum over tables is the sample's share of each class, an independent closed form."""
    config = {"loss": "likelihood", "inputs": 5, "samples": 4000, "steps": 300}
    for classes in (2, 3):
        table = measure.posterior(config | {"classes": classes}, 9).tables["points"]
        random = np.random.default_rng([9, 4])
        p = random.dirichlet(np.ones(classes), size=5)
        share = random.multinomial(4000, p) / 4000
        np.testing.assert_allclose(table["fitted"], share.ravel(), atol=2e-3)


def test_one_seed_does_not_crash(measured_here, ruling):
    few = measured_here(NAME, changes={"seeds.first": 300, "seeds.count": 1})
    assert ruling(few) == "supported"  # identities need no other seeds
