from functools import partial

import numpy as np
import pytest
import torch

from deepclaims.claims.overparametrisation.global_minima_differ import measure
from deepclaims.claims.overparametrisation.global_minima_differ.judge import judge
from deepclaims.evidence.outcome import Outcome

NAME = "overparametrisation/global-minima-differ"
SMALL = {
    "data": {"name": "mnist", "pool": 2, "n_validation": 200, "n_test": 300},
    "samples": 40, "width": 30, "alpha": 0.05, "beta": 0.9, "clip": 1.0, "batch": 20,
    "small_batch": 5, "large": 10, "poison": 40, "poison_steps": 60, "poison_alpha": 0.003,
    "poison_batch": 20, "every": 10, "steps": 2000, "iterations": 30,
}  # fmt: skip


def imagine(part, arm, axes, seed, *, gap=0.2, twin=0.005, loss=1.0, wrong=0.0, residual=1e-9):
    """Routes with test errors around 0.16, two of them higher by `gap`."""
    rng = np.random.default_rng(seed)
    metrics = {}
    for k, name in enumerate(measure.ROUTES):
        worse = gap if name in (measure.LARGE, measure.POISONED) else 0.0
        worse += twin * rng.choice([-1, 1]) if name == measure.TWIN else 0.0
        metrics |= {
            f"{name}_test": 0.16 + worse + 0.003 * rng.normal(),
            f"{name}_error": wrong,
            f"{name}_loss": loss if name == measure.LARGE else 1.0,
            f"{name}_gradient": 0.005,
            f"{name}_sharpness": 1.0 + k + rng.uniform(),
            f"{name}_residual": residual,
            f"{name}_norm": 16.0,
        }
    return Outcome(metrics)


@pytest.mark.parametrize(
    ("world", "found"),
    [
        ({}, "supported"),
        ({"gap": 0.0, "twin": 0.015}, "refuted"),
        ({"gap": 0.0, "twin": 0.0}, "inconclusive"),
        ({"gap": 0.03}, "supported"),
        ({"twin": 0.1}, "inconclusive"),
        ({"loss": 0.5}, "inconclusive"),
        ({"wrong": 1 / 300}, "inconclusive"),
    ],
)
def test_worlds(imagined, ruling, world, found):
    assert ruling(imagined(NAME, partial(imagine, **world))) == found


def test_every_route_ends_at_the_loss_asked_for_without_errors(project_with_data):
    metrics = measure.routes(SMALL, 1).metrics
    for name in measure.ROUTES:
        assert metrics[f"{name}_loss"] == pytest.approx(1, abs=1e-9)
        assert metrics[f"{name}_residual"] < 1e-6
        assert 0 < metrics[f"{name}_gradient"] < 10
        assert metrics[f"{name}_error"] == 0
    assert metrics == measure.routes(SMALL, 1).metrics
    assert metrics["plain_test"] != metrics["twin_test"]


def test_that_loss_leaves_room_for_no_error():
    assert 300 * measure.asked(300) < np.log(2)


def test_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    draws = torch.Generator().manual_seed(0)
    weights = measure._starts(1, 3, 2, draws)
    images = measure.Images(torch.randn(20, 3, generator=draws), torch.arange(20) % 10)
    shapes = [w.shape for w in weights.values()]

    def loss(flat):
        parts = flat.split([shape.numel() for shape in shapes])
        stack = {n: p.view(s) for n, p, s in zip(weights, parts, shapes, strict=True)}
        return images.losses(stack).sum()

    weights, images = measure._double(weights), images.double()
    flat = torch.cat([w.flatten() for w in weights.values()])
    exact = torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat))[-1]
    found, residual = measure._sharpness(weights, images, 100, draws)
    assert found == pytest.approx(float(exact), rel=1e-10)
    assert residual < 1e-6


def test_sharpness_of_a_net_that_never_arrived_is_none():
    draws = torch.Generator().manual_seed(0)
    weights = measure._double(measure._starts(1, 3, 2, draws))
    images = measure.Images(torch.randn(20, 3, generator=draws), torch.arange(20) % 10).double()
    lost = {name: torch.full_like(w, float("nan")) for name, w in weights.items()}
    assert np.isnan(measure._sharpness(lost, images, 100, draws)).all()


def test_eigenvalues_that_did_not_converge_are_counted(imagined):
    found = judge(imagined(NAME, partial(imagine, residual=1e-3)))["converged"]
    assert (found.value, found.n) == (0, 48)
