import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.adam_combines import judge, measure
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/adam-combines"
CONFIG = {"dimension": 8, "steps": 60, "alpha": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


@pytest.fixture(scope="module")
def measured():
    return measure.identities(CONFIG, 3)


def world(lag=0.0, hat=0.0, **gaps):
    def outcome(part, arm, axes, seed):
        if part.name == "identities":
            made = measure.identities({**part.params, "steps": 20}, seed)
            return Outcome({**made.metrics, **gaps}, made.curves)
        best = 0.008 if arm == "rmsprop" else 0.01
        rng = np.random.default_rng([seed, len(arm), int(1e5 * axes["optimizer.lr"])])
        error = 0.06 + 0.02 * np.log2(axes["optimizer.lr"] / best) ** 2 + 0.001 * rng.normal()
        error += 0.01 * {"rmsprop": lag, "printed": hat}.get(arm, 0.0)
        curve = Curve([25, 50], [1.0, 0.5])
        return Outcome({"validation_error": error, "test_error": error}, {"train_loss": curve})

    return outcome


def outcomes(results):
    found = findings(results.claim.checks, judge.judge(results))
    return {each.check.name: each.outcome for each in found}


def test_the_printed_formula_is_not_its_text_but_a_warm_up(measured):
    assert measured.metrics["printed_gap"] > 0.1
    for name in ("hatted", "warm_up", "rmsprop", "momentum", "no_momentum"):
        assert measured.metrics[f"{name}_gap"] < 1e-12
    assert measured.metrics["late_hat_gap"] > 0.01


def test_the_step_is_short_by_the_missing_hat(measured):
    curve = measured.curves["step_share"]
    t = np.array(curve.steps)
    assert curve.values == pytest.approx(1 - 0.9**t, rel=1e-12)


def test_the_text_by_hand():
    """Two steps of constant gradient: m̂ = g and v̂ = g², so each step is α sign(g)."""
    step = measure._text(0.1, 0.9, 0.999, 0.0)
    g = torch.tensor([2.0, -3.0], dtype=torch.float64)
    assert step([g, g], 2).numpy() == pytest.approx([0.1, -0.1])


def test_supported_where_formula_and_text_agree_and_adam_gains(imagined, ruling):
    assert ruling(imagined(NAME, world(lag=1.0, printed_gap=0.0))) == "supported"


def test_refuted_where_adam_gains_nothing_whatever_the_formula(imagined, ruling):
    assert ruling(imagined(NAME, world(lag=-1.0))) == "refuted"


def test_a_doubtful_formula_is_not_refuted(imagined, ruling):
    assert ruling(imagined(NAME, world(lag=1.0))) == "inconclusive"


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"hat": 2.0}, "hat_not_needed"),
        ({"warm_up_gap": 0.1}, "printed_is_warm_up"),
    ],
)
def test_benchmarks_decide_nothing(imagined, ruling, changed, check):
    results = imagined(NAME, world(lag=1.0, printed_gap=0.0, **changed))
    assert outcomes(results)[check] is False
    assert ruling(results) == "supported"


@pytest.mark.parametrize("gap", [{"no_momentum_gap": 0.1}, {"late_hat_gap": 0.0}])
def test_inconclusive_where_a_control_fails(imagined, ruling, gap):
    assert ruling(imagined(NAME, world(**gap))) == "inconclusive"
