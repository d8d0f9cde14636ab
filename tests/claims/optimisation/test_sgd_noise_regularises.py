import numpy as np
import pytest

from deepclaims.claims.optimisation import sgd_noise_regularises as claim
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.verdict import findings, verdict

NAME = "optimisation/sgd-noise-regularises"
OURS = {"1": 2.0, "4": 0.0, "16": 0.1, "64": 0.2, "full": 0.3}
LECTURE = {"1": 0.0, "4": 1.5, "16": 2.0, "64": 3.0, "full": 4.0}


def world(behind, linear=1.0, net=3.0, undertrained=8.0, best=2):
    """`behind`: points of error by batch; ratios of the full set's error to that of B = 1."""

    def outcome(part, arm, axes, seed):
        rng = np.random.default_rng([seed, len(part.name), len(arm)])
        if part.name == "diagonal":
            ratio = {"net": net, "linear": linear}[arm]
            size = np.log(axes["batch"]) / np.log(40)
            wobble = np.exp(0.1 * rng.normal(size=16)) if arm == "net" else np.ones(16)
            errors = 0.1 * ratio**size * wobble
            return Outcome({"lr": 0.1}, {"error": Curve(range(16), errors.tolist())})
        batch, rates = part.name[2:], part.grid["optimizer.lr"]
        away = rates.index(axes["optimizer.lr"]) - min(best, len(rates) - 1)
        error = 0.16 + 0.02 * away**2 + 0.01 * behind[batch] + 0.001 * rng.normal()
        poor = arm == "epochs" and batch == "full"
        scores = {"validation_error": error, "test_error": error}
        return Outcome(scores | {"train_error": 0.01 * undertrained * poor + 1e-4 * rng.normal()})

    return outcome


def judged(results):
    found = findings(results.claim.checks, claim.judge(results))
    return str(verdict(found).ruling), {each.check.name: each.outcome for each in found}


def test_corrected_where_small_batches_gain_little(imagined):
    ruling, outcomes = judged(imagined(NAME, world(OURS)))
    assert ruling == "corrected"
    assert outcomes["one_is_best"] is False
    assert outcomes["one_needs_small_rate"] is True


def test_supported_where_the_lecture_is_right(imagined):
    ruling, outcomes = judged(imagined(NAME, world(LECTURE)))
    assert ruling == "supported"
    assert outcomes["no_large_gain"] is False


def test_refuted_where_noise_regularises_nowhere(imagined):
    ruling, outcomes = judged(imagined(NAME, world(OURS, net=1.0)))
    assert outcomes["noise_regularises_diagonal"] is False
    assert ruling == "refuted"


@pytest.mark.parametrize(
    ("changed", "control"),
    [
        ({"linear": 1.5}, "linear_does_not_care"),
        ({"undertrained": 0.0}, "full_is_undertrained"),
        ({"best": 0}, "rates_interior"),
    ],
)
def test_inconclusive_where_a_control_fails(imagined, changed, control):
    ruling, outcomes = judged(imagined(NAME, world(OURS, **changed)))
    assert outcomes[control] is False
    assert ruling == "inconclusive"


def test_the_diagonal_task_chooses_on_its_tuning_problems():
    config = {
        "arm": "linear", "batch": 8, "lrs": {"b8": [0.001, 0.1, 0.2, 9.0]},
        "problems": 10, "n": 8, "d": 20, "k": 2, "steps": 3000,
    }  # fmt: skip
    made = claim.diagonal(config, 1)
    assert made.metrics["lr"] in (0.1, 0.2)  # 0.001 does not interpolate, 9 diverges
    assert made.metrics["fitted"] == 1.0
    assert len(made.curves["error"].values) == 2
    assert claim.diagonal(config, 1).curves == made.curves
    assert claim.diagonal(config, 2).curves != made.curves


@pytest.mark.parametrize(("language", "profile"), [("es", "laptop"), ("en", "smoke")])
def test_figures(imagined, language, profile):
    results = imagined(NAME, world(OURS), profile)
    assert set(claim.draw(results, language)) == set(results.claim.text["figures"])
