"""Estimates for the registered checks; balls and distances as shares of a bound."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepclaims.claims.optimisation.population_problem import Constants
from deepclaims.claims.optimisation.projected_sgd import Walk
from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.law import Student
from deepclaims.evidence.statistics import pooled_mean, slope_through
from deepclaims.evidence.verdict import Measured


def judge(results: Results) -> dict[str, Measured]:
    """Estimates for the registered checks; balls and distances as shares of a bound."""
    lrs, batches = results.axis("tight", "lr"), results.axis("tight", "batch")
    tight, naive = constants_of(results, "tight"), constants_of(results, "wide")
    least = {"lr": min(lrs), "batch": min(batches)}
    bound = tight.ball(**_named(least))
    free = {"lr": min(results.axis("unprojected", "lr")), "batch": 1}
    broken = {"lr": min(results.axis("minimum_only", "lr")), "batch": 1}
    mistaken = least["lr"] / (2 * tight.c)
    return {
        "as_printed": ball_of(results, "unprojected", free, tight.ball(**_named(free))),
        "ball_within_bound": [
            ball_of(results, "tight", {"lr": lr, "batch": batch}, tight.ball(lr, batch))
            for lr in lrs
            for batch in batches
        ],
        "bound_at_every_t": [
            each for lr in lrs for batch in batches for each in over_time_of(results, lr, batch)
        ],
        "one_step_recursion": exact(
            float(results.rows("tight", "recursion_gap")["value"].max()),
            n=len(results.rows("tight", "recursion_gap")),
        ),
        "ball_proportional_to_lr": [_slope(results, batch) for batch in batches],
        "bound_is_tight": ball_of(results, "tight", least, bound),
        "half_bound_breaks": ball_of(results, "tight", least, bound / 2),
        "spectral_norm_breaks": ball_of(
            results, "tight", least, mistaken * (tight.spectral / least["batch"] + tight.mu2)
        ),
        "no_variance_breaks": ball_of(results, "tight", least, mistaken * tight.mu2),
        "minimum_only_breaks": ball_of(
            results, "minimum_only", broken, broken["lr"] * naive.sigma2_minimum / (2 * naive.c)
        ),
        "no_noise_no_ball": exact(
            float(results.rows("noiseless", "final")["value"].max()),
            n=len(results.rows("noiseless", "final")),
        ),
        "sharp_constant": [
            ball_of(results, "tight", {"lr": min(lrs), "batch": b}, tight.sharp * min(lrs) / b)
            for b in batches
        ],
        "sharp_constant_logistic": _sharp_elsewhere(results, "logistic"),
        "steps_unbiased": _step_bias(results),
    }


def _named(point: dict[str, Any]) -> dict[str, Any]:
    return {"alpha": point["lr"], "batch": point["batch"]}


def constants_of(results: Results, problem: str) -> Constants:
    """What the `constants` part computed for a problem."""
    names = Constants.__dataclass_fields__
    where = {"problem": problem}
    return Constants(
        **{name: float(results.values("constants", name, where=where)[0]) for name in names}
    )


def _replicas(results: Results, part: str) -> int:
    return int(next(each for each in results.claim.parts if each.name == part).params["replicas"])


def ball_of(results: Results, part: str, where: dict[str, Any], scale: float) -> Estimate:
    """The ball of a cell over all trajectories of all seeds, in units of `scale`."""
    return pooled_mean(
        results.values(part, "ball", where=where) / scale,
        results.values(part, "ball_square", where=where) / scale**2,
        _replicas(results, part),
    )


def over_time_of(results: Results, lr: float, batch: int) -> list[Estimate]:
    """E‖W_t − w*‖² as a share of the unrolled recursion, at every recorded t."""
    known, where = constants_of(results, "tight"), {"lr": lr, "batch": batch}
    steps, mean = results.curve("tight", "distance", where=where)
    square = results.curve("tight", "distance_square", where=where)[1]
    allowed = known.unrolled(lr, batch, start(known), steps)
    count = _replicas(results, "tight")
    return [
        pooled_mean(mean[:, i] / allowed[i], square[:, i] / allowed[i] ** 2, count)
        for i in range(len(steps))
    ]


def start(known: Constants) -> float:
    """Squared distance of the first point from the minimum."""
    return float((Walk.start * known.radius) ** 2)


def _slope(results: Results, batch: int) -> Estimate:
    """D log ball / d log α: cells are independent, and each knows its error from trajectories."""
    lrs = results.axis("tight", "lr")
    balls = [ball_of(results, "tight", {"lr": lr, "batch": batch}, 1.0) for lr in lrs]
    return slope_through(
        np.log(lrs),
        np.log([each.value for each in balls]),
        [each.se / each.value for each in balls],
    )


def _sharp_elsewhere(results: Results, problem: str) -> Estimate:
    """The ball at the smallest α as a share of α·tr(H⁻¹Σ*)/2."""
    lr = min(results.axis(problem, "lr"))
    sharp = constants_of(results, problem).sharp
    return ball_of(results, problem, {"lr": lr}, sharp * lr)


def _step_bias(results: Results) -> Estimate:
    """What steps did beyond their exact expectation, averaged over the cells of `tight`."""
    count = _replicas(results, "tight")
    cells = [
        pooled_mean(
            results.values("tight", "step_bias", where={"lr": lr, "batch": batch}),
            results.values("tight", "step_bias_square", where={"lr": lr, "batch": batch}),
            count,
        )
        for lr in results.axis("tight", "lr")
        for batch in results.axis("tight", "batch")
    ]
    se = float(np.linalg.norm([each.se for each in cells])) / len(cells)
    value = float(np.mean([each.value for each in cells]))
    n = sum(each.n for each in cells)
    return Estimate.of(value, Student(se, n - 1), n, "t, pooled moments, mean of cells")
