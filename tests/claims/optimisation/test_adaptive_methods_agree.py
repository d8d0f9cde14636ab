import numpy as np
import pytest

from deepclaims.claims.optimisation.adaptive_methods_agree import judge
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.evidence.verdict import verdict

NAME = "optimisation/adaptive-methods-agree"
BEST = {"adam": 0.005, "rmsprop": 0.002, "adagrad": 0.04, "sgd": 0.2}
ON_ECG = {"adam": 0.005, "sgd": 3.2}
BAD = {"sgd": 0.4}


def world(lag=None, slow=1.0, best=None, paces=None, bad=3.0):
    """Errors with a valley over the rate; `lag`: points added by method; SGD `slow` times later.

    Both error and speed are best at the same rate. `paces`: times to the target by method on MNIST;
    `bad`: points that a bad start costs.
    """

    def outcome(part, arm, axes, seed):
        problem = part.name.split("_")[0]
        rng = np.random.default_rng([seed, len(part.name), int(1e5 * axes["optimizer.lr"])])
        known = {"mnist": BEST, "ecg": ON_ECG, "bad": BAD}[problem]
        at = {**known, **(best or {})}[arm]
        level = {"mnist": 0.06, "ecg": 0.24, "bad": 0.06 + bad / 100}[problem]
        away = np.log2(axes["optimizer.lr"] / at)
        error = level + 0.02 * away**2 + 0.002 * rng.normal()
        behind = 0.01 * (lag or {}).get((problem, arm), 0.0)
        steps = np.arange(50, 1201, 50)
        pace = (slow if arm == "sgd" else 1.0) * (1 + 0.3 * abs(away))
        pace *= (paces or {}).get(arm, 1.0) if problem == "mnist" else 1.0
        losses = 2 * np.exp(-steps / 150 / pace) * (1 + 0.02 * rng.normal())
        scores = {
            "validation_error": error + behind,
            "test_error": error + behind + 0.001 * rng.normal(),
            "test_loss": 0.2 * (1 + 10 * behind) * (1 + 0.02 * rng.normal()),
        }
        return Outcome(scores, {"train_loss": Curve(steps.tolist(), losses.tolist())})

    return outcome


LECTURE = world(slow=2.5)
OURS = world({("mnist", "adagrad"): 1.2})


def judged(results):
    found = findings(results.claim.checks, judge.judge(results))
    return str(verdict(found, results.claim.text, results.void()).ruling), {
        each.check.name: each.outcome for each in found
    }


@pytest.fixture(scope="module")
def lecture(imagined):
    return imagined(NAME, LECTURE)


@pytest.fixture(scope="module")
def ours(imagined):
    return imagined(NAME, OURS)


def test_supported_where_the_lecture_is_right(lecture):
    ruling, outcomes = judged(lecture)
    assert ruling == "supported"
    assert outcomes["sgd_later"] is True


def test_refuted_where_adagrad_lags_and_sgd_does_not(ours):
    ruling, outcomes = judged(ours)
    assert ruling == "refuted"
    assert outcomes["adaptive_agree"] is outcomes["sgd_later"] is False
    assert outcomes["sgd_similar"] is True


def test_refuted_where_rmsprop_and_sgd_are_behind_adam(imagined):
    ruling, outcomes = judged(
        imagined(NAME, world({("mnist", "rmsprop"): 2.0, ("mnist", "sgd"): 9.0}, slow=3.0))
    )
    assert outcomes["adaptive_agree"] is outcomes["sgd_similar"] is False
    assert outcomes["adaptive_same_loss"] is outcomes["sgd_similar_loss"] is False
    assert ruling == "refuted"


def test_refuted_where_one_adaptive_method_is_slower(imagined):
    ruling, outcomes = judged(imagined(NAME, world(slow=2.5, paces={"adagrad": 2.5})))
    assert outcomes["adaptive_agree"] is outcomes["adaptive_same_loss"] is True
    assert outcomes["adaptive_same_steps"] is False
    assert ruling == "refuted"


def test_where_no_start_is_bad_the_good_one_says_nothing(imagined):
    results = imagined(NAME, world(slow=2.5, bad=0.0))
    found = findings(results.claim.checks, judge.judge(results))
    rulings = verdict(found, results.claim.text, results.void()).rulings
    assert rulings["L2.s25.3"] == "inconclusive"
    assert rulings["L2.s25.1"] == rulings["L2.s25.4"] == "supported"


def test_inconclusive_where_a_rate_is_at_the_end_of_its_grid(imagined):
    ruling, outcomes = judged(imagined(NAME, world(best={"sgd": 3.2}, slow=2.5)))
    assert outcomes["rates_interior"] is False
    assert ruling == "inconclusive"


def test_inconclusive_where_the_rate_does_not_matter(lecture, made_world):
    flat = made_world(lecture, "mnist_adagrad", {"test_error": lambda values: 0 * values + 0.06})
    ruling, outcomes = judged(flat)
    assert outcomes["untuned_disagree"] is False
    assert ruling == "inconclusive"


def test_inconclusive_where_the_fastest_rate_is_at_the_end_of_its_grid(lecture, made_world):
    early = made_world(lecture, "ecg_sgd", {"train_loss": lambda values: 0 * values + 0.1})
    assert early.void() == ["ecg_sgd sgd fit.steps=1200: optimizer.lr=0.8"]
    assert judged(early)[0] == "inconclusive"


def test_steps_are_those_of_the_curve(lecture):
    adam = lecture.tuned("mnist", "adam", by="speed")
    sgd = lecture.tuned("mnist_sgd", "sgd", by="speed")
    # 2 e^(−t/150) < 0.2 from t = 150 ln 10 = 345 on; points are 50 steps apart
    assert adam.steps_below("train_loss", judge.TARGET) == pytest.approx(350, abs=50)
    assert sgd.steps_below("train_loss", judge.TARGET) == pytest.approx(2.5 * 345, abs=60)
    assert np.isinf(sgd.steps_below("train_loss", 1e-9)).all()


def test_smoke_decides_nothing(imagined):
    assert judged(imagined(NAME, OURS, "smoke"))[0] == "inconclusive"
