import math
from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize_scalar
from scipy.special import expit

from deepclaims.claims.overparametrisation.exponential_local_minima import measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "overparametrisation/exponential-local-minima"
DRAWN = {
    "dimension": 2, "per_dimension": 3, "noise": 0.1, "starts": 40, "reach": 10, "runs": 10,
    "steps": 120, "margin": 0.01,
}  # fmt: skip


def imagine(
    part, arm, axes, seed, *, learnable=0.02, random=0.3, auer=1.0, once=0.4, wells=0.9, traps=0.0
):
    """Minima that grow at given rates a dimension, and Auer's with a factor to their formula."""
    rng = np.random.default_rng([seed, len(arm), axes.get("dimension", 0)])
    if part.task == "certificate":
        m, places = axes["examples"], range(len(part.params["spreads"]))
        return Outcome(
            {},
            {
                "minima": Curve(places, [1] * (len(places) - 1) + [m]),
                "open": Curve(places, [0] * len(places)),
            },
        )
    d = axes["dimension"]
    if part.task == "auer":
        formula = axes["examples"] ** d
        return Outcome(
            {"found": auer * formula, "formula": formula, "trapped": wells + 0.001 * rng.normal()}
        )
    rate = {"random": random, "noisy": learnable}.get(arm)
    found = 1.0 if rate is None else math.exp(rate * d + 0.1 * rng.normal())
    alone = (once if d > 2 else 0.2) * found + 0.01 * rng.normal()
    return Outcome(
        {"found": found, "once": alone, "trapped": 0.1 * (rng.random() < traps), "astray": 0.0}
    )


@pytest.mark.parametrize(
    ("world", "found"),
    [
        ({}, {"L1.s10.3": "corrected", "L2.s20.4": "supported"}),
        ({"learnable": 0.5}, {"L1.s10.3": "supported", "L2.s20.4": "supported"}),
        ({"auer": 0.5}, {"L1.s10.3": "refuted", "L2.s20.4": "supported"}),
        ({"learnable": 0.5, "once": 0.1}, {"L1.s10.3": "inconclusive", "L2.s20.4": "supported"}),
        ({"traps": 0.2}, {"L1.s10.3": "corrected", "L2.s20.4": "refuted"}),
        ({"traps": 0.04}, {"L1.s10.3": "corrected", "L2.s20.4": "inconclusive"}),
        ({"wells": 0.2}, {"L1.s10.3": "corrected", "L2.s20.4": "inconclusive"}),
    ],
)
def test_worlds(imagined, rulings, world, found):
    assert rulings(imagined(NAME, partial(imagine, **world))) == found


def test_the_certificate_counts_what_a_fine_scan_sees():
    spreads = [2, 4, 6, 10]
    outcome = measure.certificate({"examples": 3, "spreads": spreads, "cells": 20001}, 0)
    assert outcome.curves["open"].values == [0] * 4
    w = np.exp(np.linspace(-1, 8, 200_001))
    for c, found in zip(spreads, outcome.curves["minima"].values, strict=True):
        loss = sum((expit(w * float(c) ** -i) - 0.75) ** 2 for i in range(3))
        assert found == int(((loss[1:-1] < loss[:-2]) & (loss[1:-1] < loss[2:])).sum())


def test_a_single_example_has_its_well_at_ln_3():
    found = minimize_scalar(
        lambda w: (expit(w) - measure.TARGET) ** 2, bounds=(0, 5), method="bounded"
    )
    assert found.x == pytest.approx(measure.WELL, abs=1e-4)
    _pull, slope, turn = measure._pull(np.array([0.3]))
    near = [measure._pull(np.array([0.3 + h])) for h in (-1e-5, 1e-5)]
    assert slope[0] == pytest.approx((near[1][0] - near[0][0])[0] / 2e-5, rel=1e-6)
    assert turn[0] == pytest.approx((near[1][1] - near[0][1])[0] / 2e-5, rel=1e-6)


def test_the_certificates_bounds_and_rounding_hold():
    u = np.linspace(-12, 14, 400_001)
    _, slope, turn = (np.abs(each) for each in measure._pull(u))
    assert slope.max() < measure.RISE
    assert turn.max() < measure.TURN
    with localcontext() as context:
        context.prec = 50
        for at in u[::20_000]:
            w = Decimal(float(at)).exp()
            s = 1 / (1 + (-w).exp())
            r, s1 = s - Decimal("0.75"), s * (1 - s)
            exact = (w * r * s1, w * r * s1 + w**2 * (s1**2 + r * s1 * (1 - 2 * s)))
            for found, true in zip(measure._pull(np.array([at])), exact, strict=False):
                assert abs(found[0] - float(true)) < measure.ROUNDING / 100


def test_auers_minima_are_all_found():
    config = {"dimension": 2, "examples": 3, "spread": 10, "steps": 200, "margin": 0.01}
    metrics = measure.auer(config, 0).metrics
    assert metrics["found"] == metrics["formula"] == 9
    assert 0.3 < metrics["trapped"] < 0.95  # the well nearest to 0 is the deepest


def test_realisable_data_have_one_minimum_and_a_seed_decides():
    assert measure.drawn({**DRAWN, "arm": "realisable"}, 3).metrics["found"] == 1
    assert measure.drawn({**DRAWN, "arm": "random"}, 3) == measure.drawn(
        {**DRAWN, "arm": "random"}, 3
    )


@pytest.mark.parametrize("surface", [measure._squared, measure._logistic])
def test_derivatives(surface):
    rng = np.random.default_rng(0)
    loss = surface(rng.normal(size=(6, 3)), rng.uniform(size=6))
    w = rng.normal(size=3)
    _, gradient, hessian = loss(w[None])
    assert gradient[0] == pytest.approx(approx_fprime(w, lambda v: loss(v[None])[0][0]), abs=1e-6)
    assert hessian[0] == pytest.approx(approx_fprime(w, lambda v: loss(v[None])[1][0]), abs=1e-6)
