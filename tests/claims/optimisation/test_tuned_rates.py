import numpy as np
import pytest

from deepclaims.claims.optimisation.tuned_rates import Tuned, share_on_the_edge
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/adaptive-methods-agree"


@pytest.fixture
def adam(imagined):
    """Validation prefers 0.01 for the choosers only; the others, and test, prefer 0.04."""

    def outcome(part, arm, axes, seed):
        rate, chooser = axes["optimizer.lr"], seed < part.seeds[0] + 6
        validation = abs(rate - (0.01 if chooser else 0.04))
        steps = Curve([25, 50], [1.0, 0.1 if rate > 0.01 else 0.5])
        if rate < 0.004:  # diverged
            return Outcome(
                {"validation_error": np.nan, "test_error": np.nan}, {"train_loss": steps}
            )
        metrics = {"validation_error": validation, "test_error": 0.5 - rate + 1e-4 * seed}
        return Outcome(metrics, {"train_loss": steps})

    return Tuned(imagined(NAME, outcome), "mnist")


def test_the_choosers_choose_and_the_others_report(adam):
    assert adam.rate == 0.01
    assert not adam.on_the_edge
    assert adam.reported("test_error") == pytest.approx(0.49 + 1e-4 * np.arange(1006, 1018))
    assert len(adam.curve("train_loss")[1]) == 12


def test_a_rate_that_diverges_is_not_chosen(adam):
    assert adam.scores[0] == np.inf


def test_an_end_of_the_grid_is_said(imagined):
    def outcome(part, arm, axes, seed):
        return Outcome({"validation_error": axes["optimizer.lr"]})

    results = imagined(NAME, outcome)
    assert Tuned(results, "mnist").on_the_edge
    assert share_on_the_edge([Tuned(results, "mnist")]) == 1.0


def test_steps_to_a_target_take_the_fastest_rate(adam):
    assert adam.steps_to(0.2) == pytest.approx(50)
    assert np.isinf(adam.steps_to(0.01)).all()
