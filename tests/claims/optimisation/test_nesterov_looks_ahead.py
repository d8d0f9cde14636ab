from functools import cache

import numpy as np
import pytest

from deepclaims.claims.optimisation.nesterov_looks_ahead import judge, measure
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

LR = "optimizer.lr"
NAME = "optimisation/nesterov-looks-ahead"


@cache
def walked(task, axes):
    """One seed serves all: a walk is no matter of luck, and takes a while."""
    return getattr(measure, task)(dict(axes), 1).metrics


def world(gains=None, middle=2, **changed):
    """Valleys over the rate; `gains`: error added by (kind, β); `changed`: quadratic metrics."""

    def outcome(part, arm, axes, seed):
        if part.name in ("quadratic", "fixed"):
            made = walked(part.task, tuple(axes.items()))
            return Outcome({k: changed.get(k, lambda v: v)(v) for k, v in made.items()})
        rates = part.grid["optimizer.lr"]
        rng = np.random.default_rng([seed, len(arm), len(part.name), rates.index(axes[LR])])
        away = rates.index(axes[LR]) - min(middle, len(rates) - 1)
        beta = {"small_beta": 0.9, "large_beta": 0.99}.get(part.name, 0.0)
        error = 0.2 + 0.01 * away**2 + (gains or OURS)[arm, beta] + 0.0005 * rng.normal()
        return Outcome({"validation_mse": error, "test_mse": error})

    return outcome


OURS = {
    ("sgd", 0.0): 0.03, ("momentum", 0.9): 0.0, ("nesterov", 0.9): -0.001,
    ("momentum", 0.99): 0.04, ("nesterov", 0.99): 0.02,
}  # fmt: skip


def outcomes(results):
    found = findings(results.claim.checks, judge.judge(results))
    return {each.check.name: each.outcome for each in found}


def test_corrected_as_it_is(imagined, ruling):
    results = imagined(NAME, world())
    assert outcomes(results)["beats_heavy_ball"] is False
    assert ruling(results) == "corrected"


def test_supported_where_nesterov_beats_tuned_heavy_ball(imagined, ruling):
    halved = {"nesterov_steps": lambda v: v if v == 1 else v / 2}
    results = imagined(NAME, world(OURS | {("nesterov", 0.9): -0.01}, **halved))
    assert ruling(results) == "supported"


def test_refuted_where_looking_ahead_does_not_help_at_large_beta(imagined, ruling):
    results = imagined(NAME, world(OURS | {("nesterov", 0.99): 0.06}))
    assert outcomes(results)["autoencoder_at_large_beta"] is False
    assert ruling(results) == "refuted"


@pytest.mark.parametrize(
    "changed",
    [
        {"gradient_speed": lambda v: 1.2 * v},
        {"same_path": lambda v: 0.1},
        {"gradient_steps": lambda v: 2 * v},
        {"middle": 0},
    ],
)
def test_inconclusive_where_a_control_fails(imagined, ruling, changed):
    assert ruling(imagined(NAME, world(**changed))) == "inconclusive"


def test_the_better_beta_is_compared(imagined):
    methods = judge.tuned(imagined(NAME, world()))
    assert judge.pick(methods, "momentum") == "momentum 0.9"
    swapped = OURS | {("momentum", 0.99): -0.05}
    assert judge.pick(judge.tuned(imagined(NAME, world(swapped))), "momentum") == "momentum 0.99"
