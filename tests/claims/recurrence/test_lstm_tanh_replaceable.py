import pytest

from deepclaims.claims.recurrence.lstm_tanh_replaceable import measure
from deepclaims.claims.recurrence.lstm_tanh_replaceable.judge import judge, preferred
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "recurrence/lstm-tanh-replaceable"
AS_HOPED = {"tanh": 0.97, "softsign": 0.97, "relu": 0.9, "square": 0.0}


@pytest.fixture
def world(imagined):
    """`world(tanh=…)`: the share of nets that learns with each function, in both problems."""

    def make(liked="softsign", **rates):
        rates = {**AS_HOPED, **rates}

        def outcome(part, arm, axes, seed, variants=()):
            if len(variants) > 1:
                worse = 0.2 * (axes["function"] != liked)
                scores = [0.3 + worse - 0.1 * (each["rate"] == 0.03) for each in variants]
                return Outcome({}, {"score": Curve(range(len(variants)), scores)})
            nets = part.params["reported"]
            learn = round(nets * rates[axes.get("function", "square")])
            return Outcome({"successes": float(learn), "trials": float(nets)})

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_preferred_one_does_as_well(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert preferred(results) == "softsign"
    assert set(judge(results)) == set(results.claim.checks)


def test_refuted_where_all_others_do_worse(world, ruling):
    assert ruling(world(softsign=0.4, relu=0.3)) == "refuted"


def test_what_decides_is_what_other_seeds_prefer_and_not_what_does_best(world, ruling):
    assert ruling(world(liked="relu", relu=0.5)) == "refuted"


@pytest.mark.parametrize("control", [{"tanh": 0.2, "softsign": 0.2}, {"square": 0.9}])
def test_inconclusive_where_tanh_does_not_learn_or_nothing_is_needed(world, ruling, control):
    assert ruling(world(**control)) == "inconclusive"


@pytest.mark.parametrize("problem", ["recall", "adding"])
def test_a_problem_is_learnt_in_few_steps(problem):
    config = {"function": "softsign", "lag": 3, "noise": 0.3, "width": 12, "batch": 16, "tried": 1,
              "reported": 4, "steps": 300, "variants": [{"law": "one", "rate": 0.03}],
              "success": {"recall": 0.9, "adding": 0.05}}  # fmt: skip
    found = measure.learn({**config, "problem": problem}, 5).metrics
    assert found == {"successes": 4.0, "trials": 4.0}


def test_without_variants_there_is_one():
    config = {"function": "square", "lag": 3, "noise": 0.3, "width": 4, "batch": 8, "tried": 1,
              "reported": 3, "steps": 2, "problem": "recall", "law": "one", "rate": 0.01,
              "success": {"recall": 0.9, "adding": 0.05}}  # fmt: skip
    assert measure.learn(config, 5).metrics["trials"] == 3
