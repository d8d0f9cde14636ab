"""The noise ball of SGD: its bound at every time, where it is tight, loose, and where it breaks."""

from __future__ import annotations

from functools import cache
from typing import Any

from deepclaims.claims.optimisation.population_problem import PROBLEMS, Constants
from deepclaims.claims.optimisation.population_problem import constants as extremes
from deepclaims.claims.optimisation.projected_sgd import Walk, burn_in_steps, run
from deepclaims.evidence.outcome import Outcome


def constants(config: dict[str, Any], seed: int) -> Outcome:
    """σ², μ², c of a problem: the extremes over Θ of finite sums.

    Args:
        config: `problem`, a name in `PROBLEMS`.
        seed: not used: nothing is random.
    """
    return Outcome(_known(config["problem"]).as_dict())


def walk(config: dict[str, Any], seed: int) -> Outcome:
    """Run trajectories of SGD on one problem; `projected_sgd.run` says what comes back.

    Args:
        config: `problem`, `lr`, `batch`, `replicas`, `projected`, `looks`.
        seed: of starts and samples.
    """
    problem, known = PROBLEMS[config["problem"]](), _known(config["problem"])
    alpha = float(config["lr"])
    plan = Walk(
        alpha=alpha,
        batch=int(config["batch"]),
        replicas=config["replicas"],
        steps=burn_in_steps(alpha, known.c),
        projected=config["projected"],
        looks=config["looks"],
    )
    return run(problem, known, plan, seed)


@cache
def _known(problem: str) -> Constants:
    """A worker runs many replicas of one problem and needs its constants once."""
    return extremes(PROBLEMS[problem]())
