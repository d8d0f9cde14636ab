"""What each remedy saves where it is called for, and where it is not."""

from __future__ import annotations

from deepclaims.claims.regularisation.bias_or_variance_first.problems import (
    REMEDIES,
    Problem,
    problems,
)
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.diagnosis import VARIANCE
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import mean_interval


def judge(results: Results) -> dict[str, Measured]:
    """Points of test error over seeds, a problem at a time."""
    every = problems(results)
    overfitted = [each for each in every if each.weak_point == VARIANCE]
    teachers = results.claim.part("teacher").arms
    return {
        "right_remedy_helps": [mean_interval(each.gain(each.right)) for each in every],
        "wrong_remedies_do_not": [
            _more_than_half(each, remedy, lead=-1)
            for each in every
            for remedy in REMEDIES[each.other]
        ],
        "is_diagnosed": [
            mean_interval(each.suffers(each.weak_point) - each.suffers(each.other))
            for each in every
        ],
        "bayes_error_is_known": [
            mean_interval(100 * results.values("teacher", "test_error", arm)) for arm in teachers
        ],
        "moves_what_it_is_for": [
            mean_interval(each.suffers(each.weak_point) - each.suffers(each.weak_point, each.right))
            for each in every
        ],
        "bias_as_printed": [mean_interval(each.bias()) for each in every],
        "penalty_would_do": [_more_than_half(each, "decay", lead=1) for each in overfitted],
    }


def _more_than_half(problem: Problem, remedy: str, *, lead: int) -> Estimate:
    """By how much a remedy saves more than half of what the right one does; less with lead -1."""
    right = problem.gain(problem.right)
    return mean_interval(lead * (problem.gain(remedy) - right / 2))
