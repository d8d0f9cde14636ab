from dataclasses import replace

import numpy as np
import pytest

from deepclaims.claims.approximation.deep_trains_better import judge
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "approximation/deep-trains-better"
RATES = {"mnist": 0.004, "tree": 0.032, "net": 0.016}
LECTURE = {"mnist": 4, "tree": 4, "net": 1}
"""Best depth of each problem in a world where the slide is right."""


def world(best, cost=0.15):
    """Errors and steps grow by the factor 1 + `cost` with each layer away from the best depth."""

    def outcome(part, arm, axes, seed):
        problem = part.name.split("_")[0]
        depth, rate = axes["model.depth"], axes["optimizer.lr"]
        rng = np.random.default_rng([seed, depth, len(part.name), int(1e4 * rate)])
        away = abs(depth - best[problem]) + 0.7 * abs(np.log2(rate / RATES[problem]))
        factor = (1 + cost) ** (away - 0.5 * (arm == "bigger"))
        noise = np.exp(0.03 * rng.normal(size=3))
        kind = "error" if problem == "mnist" else "mse"
        scores = {f"{s}_{kind}": 0.06 * factor * e for s, e in zip(("validation", "test"), noise[:2], strict=True)}  # fmt: skip  # noqa: E501
        steps = np.arange(25, axes["fit.steps"] + 1, 25)
        losses = 2 * np.exp(-steps / (150 * factor * noise[2]))
        return Outcome(scores, {"train_loss": Curve(steps.tolist(), losses.tolist())})

    return outcome


SMALL = {"grid.depth": [2, 4, 8]}


@pytest.fixture(scope="module")
def lecture(imagined):
    return imagined(NAME, world(LECTURE), changes=SMALL)


@pytest.fixture(scope="module")
def ours(imagined):
    return imagined(NAME, world({**LECTURE, "mnist": 1}), changes=SMALL)


def test_supported_where_depth_helps_in_both_problems(lecture, ruling):
    assert ruling(lecture) == "supported"


def test_corrected_where_it_helps_the_composed_target_alone(ours, ruling):
    assert ruling(ours) == "corrected"
    assert judge.side(ours, "mnist", "deep")["model.depth"] == 2  # the best of what is deep
    assert judge.side(ours, "tree", "deep")["model.depth"] == 4


def test_refuted_where_a_bigger_shallow_net_does_as_well(ours, ruling, made_world):
    as_well = made_world(ours, "tree_bigger", {"test_mse": lambda values: 0.3 * values})
    assert ruling(as_well) == "refuted"


def test_inconclusive_where_depth_helps_to_learn_a_shallow_net_too(ours, ruling, made_world):
    better = made_world(ours, "net_deep", {"test_mse": lambda values: 0.3 * values})
    assert ruling(better) == "inconclusive"


def test_a_shallow_net_that_never_arrives_counts_as_if_on_the_last_step(lecture, made_world):
    late = made_world(lecture, "tree_shallow", {"train_loss": lambda values: 0 * values + 9.0})
    steps = judge.steps(judge.side(lecture, "tree", "deep", "speed"))
    assert np.isfinite(steps).all()
    assert judge.fewer_steps(late, "tree").value == pytest.approx(np.median(800 / steps))


def test_a_deep_net_that_never_arrives_has_lost_and_voids_nothing(lecture):
    def lost(seeds):
        metrics = lecture.metrics.copy()
        where = (metrics["part"] == "tree_deep") & (metrics["metric"] == "train_loss")
        metrics.loc[where & metrics["seed"].isin(seeds), "value"] = 9.0
        return judge.fewer_steps(replace(lecture, metrics=metrics), "tree")

    seeds = lecture.claim.part("tree_deep").seeds
    assert lost(seeds).high == 0
    assert lost(seeds[:1]).low > 1


def test_smoke_decides_nothing(imagined, ruling):
    assert ruling(imagined(NAME, world(LECTURE), "smoke")) == "inconclusive"
