import numpy as np
import pytest

from deepclaims.claims.regularisation.bias_or_variance_first import measure
from deepclaims.claims.regularisation.bias_or_variance_first.problems import MEANT, problems
from deepclaims.evidence.outcome import Outcome

NAME = "regularisation/bias-or-variance-first"
BAYES = 0.1
RIGHT = {"variance": {"data": 0.05, "decay": 0.04}, "bias": {"wide": 0.05, "longer": 0.01}}
"""What each remedy saves in the lecture's world where it is called for."""


def lectures(problem, remedy):
    """(train, validation error) of a world where each remedy helps against its own problem."""
    weak = MEANT[problem]
    left = 0.15 - RIGHT[weak].get(remedy, 0.0)
    return (BAYES, BAYES + left) if weak == "variance" else (BAYES + left, BAYES + left)


@pytest.fixture
def world(imagined):
    def make(errors=lectures, teacher=BAYES):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.name == "teacher":
                return Outcome({"test_error": teacher + 0.006 * rng.normal()})
            # Rates and strengths in the middle of their grids are the best.
            off = axes["optimizer.lr"] not in (0.01, 0.1)
            off += axes.get("regularizer.lambda", 0.01) != 0.01
            train, validation = errors(part.name.removesuffix("_decay"), arm)
            validation += 0.02 * off
            noise = 0.006 * rng.normal(size=3)
            return Outcome(
                {
                    "train_error": train + noise[0],
                    "validation_error": validation + noise[1],
                    "test_error": validation + noise[2],
                }
            )

        return imagined(NAME, outcome, changes={"grid.lambda": [0.0, 0.01, 0.1]})

    return make


def test_supported_where_each_remedy_has_its_own_problem(world, ruling):
    from deepclaims.claims import pattern

    results = world()
    assert ruling(results) == "supported"
    assert [each.right for each in problems(results)] == ["data", "data", "wide", "wide"]
    for figure in results.claim.text["figures"]:
        assert pattern.draw(results, figure, "es").figure.axes


def test_refuted_where_one_wrong_remedy_does_as_much(world, ruling):
    def width_cures_all(problem, remedy):
        train, validation = lectures(problem, remedy)
        return train, validation - 0.05 * (problem == "ball" and remedy == "wide")

    assert ruling(world(width_cures_all)) == "refuted"


def test_refuted_where_the_advice_is_useless(world, ruling):
    assert ruling(world(lambda problem, remedy: lectures(problem, "alone"))) == "refuted"


def test_nothing_is_decided_where_a_net_suffers_from_the_other(world, ruling):
    def no_gap(problem, remedy):
        train, validation = lectures(problem, remedy)
        return (validation, validation) if problem == "half" else (train, validation)

    assert ruling(world(no_gap)) == "inconclusive"


def test_nothing_is_decided_where_the_bayes_error_is_another(world, ruling):
    assert ruling(world(teacher=0.15)) == "inconclusive"


def test_as_printed_the_bias_is_negative_where_flipped_labels_are_learnt(world):
    def by_heart(problem, remedy):
        train, validation = lectures(problem, remedy)
        return (0.0 if problem == "half" else train), validation

    half, ball, *_ = problems(world(by_heart))
    assert half.bias().mean() == pytest.approx(-10, abs=1)
    assert half.suffers("bias").max() == 0
    assert half.gap().mean() == pytest.approx(25, abs=1)
    assert ball.bias().mean() == pytest.approx(0, abs=1)


@pytest.mark.parametrize("flip", [0.0, 0.1])
def test_the_teacher_errs_in_what_was_flipped(flip):
    config = {"arm": "xor", "dimension": 4, "n": 1, "n_test": 20_000, "flip": flip}
    found = measure.teacher(config, 0).metrics["test_error"]
    assert found == pytest.approx(flip, abs=0.01 if flip else 0)
