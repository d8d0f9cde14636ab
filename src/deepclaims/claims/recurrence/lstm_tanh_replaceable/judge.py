"""Shares of nets that learn, with tanh and with what takes its place."""

from __future__ import annotations

from deepclaims.claims.recurrence.successes import counts
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.statistics import proportion_difference, proportion_interval
from deepclaims.training.adding_success import UNLEARNT

TANH = "tanh"
"""What the slide has."""
UNTAUGHT = {"recall": 3 / 4, "adding": UNLEARNT}
"""What a net that has learnt nothing scores."""


def judge(results: Results) -> dict[str, Measured]:
    """Shares of the fresh nets, by problem."""
    best = preferred(results)
    return {
        "as_often_as_tanh": [against_tanh(results, best, each) for each in problems(results)],
        "tanh_learns": [share(results, TANH, each) for each in problems(results)],
        "square_does_not": proportion_interval(
            int(results.values("square", "successes").sum()),
            int(results.values("square", "trials").sum()),
        ),
        "every_replacement": [
            against_tanh(results, function, each)
            for function in candidates(results)
            for each in problems(results)
        ],
    }


def problems(results: Results) -> list[str]:
    """What is learnt."""
    return results.axis("nets", "problem")


def candidates(results: Results) -> list[str]:
    """Functions that may take tanh's place."""
    functions: list[str] = results.axis("nets", "function")
    return [each for each in functions if each != TANH]


def preferred(results: Results) -> str:
    """The candidate whose best variants the choosing seeds score best, both problems alike."""

    def score(function: str) -> float:
        sides = {
            each: results.tuned("nets", where={"function": function, "problem": each})
            for each in problems(results)
        }
        return sum(
            float(side.score("score", side.value).mean()) / UNTAUGHT[each]
            for each, side in sides.items()
        )

    return min(candidates(results), key=score)


def share(results: Results, function: str, problem: str) -> Estimate:
    """Of the fresh nets, those that learn."""
    return proportion_interval(*counts(results, "nets", function=function, problem=problem))


def against_tanh(results: Results, function: str, problem: str) -> Estimate:
    """The share with a function less that with tanh."""
    with_it, with_tanh = (
        counts(results, "nets", function=each, problem=problem) for each in (function, TANH)
    )
    return proportion_difference(*with_it, *with_tanh)
