import numpy as np
import pytest

from deepclaims.claims.optimisation import adaptive_methods_agree as claim
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.verdict import findings

NAME = "optimisation/adaptive-methods-agree"
BEST = {"adam": 0.01, "rmsprop": 0.008, "adagrad": 0.04, "sgd": 0.4}
ON_ECG = {"adam": 0.005, "rmsprop": 0.008, "adagrad": 0.08, "sgd": 1.6}


def world(lag=None, slow=1.0, best=None):
    """Errors with a valley over the rate; `lag`: points added by method; SGD `slow` times later."""

    def outcome(part, arm, axes, seed):
        problem = part.name.split("_")[0]
        rng = np.random.default_rng([seed, len(part.name), int(1e5 * axes["optimizer.lr"])])
        at = {**(BEST if problem == "mnist" else ON_ECG), **(best or {})}[arm]
        level = {"mnist": 0.06, "ecg": 0.24}[problem]
        error = level + 0.02 * np.log2(axes["optimizer.lr"] / at) ** 2 + 0.002 * rng.normal()
        error += 0.01 * (lag or {}).get((problem, arm), 0.0)
        steps = np.arange(25, 1201, 25)
        pace = slow if arm == "sgd" else 1.0
        losses = 2 * np.exp(-steps / 150 / pace) * (1 + 0.02 * rng.normal())
        scores = {"validation_error": error, "test_error": error + 0.001 * rng.normal()}
        return Outcome(scores, {"train_loss": Curve(steps.tolist(), losses.tolist())})

    return outcome


LECTURE = world(slow=2.5)
OURS = world({("mnist", "adagrad"): 1.2})


def outcomes(results):
    found = findings(results.claim.checks, claim.judge(results))
    return {each.check.name: each.outcome for each in found}


def test_supported_where_the_lecture_is_right(imagined, ruling):
    results = imagined(NAME, LECTURE)
    assert ruling(results) == "supported"
    assert outcomes(results)["sgd_not_slower"] is False


def test_corrected_where_adagrad_lags_and_sgd_does_not(imagined, ruling):
    assert ruling(imagined(NAME, OURS)) == "corrected"


def test_refuted_where_rmsprop_is_behind_adam(imagined, ruling):
    assert ruling(imagined(NAME, world({("mnist", "rmsprop"): 2.0}))) == "refuted"


def test_refuted_where_sgd_never_gets_there(imagined, ruling):
    results = imagined(NAME, world({("ecg", "sgd"): 9.0}, slow=4.0))
    assert outcomes(results)["sgd_similar_ecg"] is False
    assert ruling(results) == "refuted"


def test_inconclusive_where_a_rate_is_at_the_end_of_its_grid(imagined, ruling):
    results = imagined(NAME, world(best={"sgd": 1.6}, slow=2.5))
    assert outcomes(results)["rates_interior"] is False
    assert ruling(results) == "inconclusive"


def test_inconclusive_where_the_rate_does_not_matter(imagined, ruling):
    def flat(part, arm, axes, seed):
        made = LECTURE(part, arm, {"optimizer.lr": BEST[arm]}, seed)
        return Outcome({**made.metrics, "validation_error": 0.06}, made.curves)

    results = imagined(NAME, flat)
    assert outcomes(results)["untuned_disagree"] is not True
    assert ruling(results) == "inconclusive"


def test_steps_are_those_of_the_curve(imagined):
    methods = claim.tuned(imagined(NAME, LECTURE), "mnist")
    steps = methods["adam"].steps_to(claim.TARGET)
    # 2 e^(−t/150) < 0.2 from t = 150 ln 10 = 345 on; points are 25 steps apart
    assert steps == pytest.approx(350, abs=13)
    assert methods["sgd"].steps_to(claim.TARGET) == pytest.approx(2.5 * 345 + 12, abs=25)
    assert np.isinf(methods["sgd"].steps_to(1e-9)).all()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("profile", ["laptop", "smoke"])
def test_figures(imagined, language, profile):
    results = imagined(NAME, OURS, profile)
    assert set(claim.draw(results, language)) == set(results.claim.text["figures"])


def test_smoke_decides_nothing(imagined, ruling):
    assert ruling(imagined(NAME, OURS, "smoke")) == "inconclusive"
