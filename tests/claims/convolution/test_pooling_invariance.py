import numpy as np
import pytest

from deepclaims.claims.convolution.pooling_invariance import measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "convolution/pooling-invariance"
SHIFTS, ANGLES = [0, 1, 2, 3, 6], [0, 10, 15, 20]
SLOPE = {"max": 0.05, "average": 0.06, "stride": 0.09, "none": 0.08}
"""Of the error per pixel in a world where the slide is right."""


@pytest.fixture
def world(imagined):
    """`world(shift={pool: slope}, rotation={…}, clean=0.05, more={pool: clean}, sizes={…})`."""

    def make(profile="laptop", shift=(), rotation=(), features=(), clean=0.05, more=(), sizes=()):
        by_kind = {
            "shift": {**SLOPE, **dict(shift)},
            "rotation": {**SLOPE, **dict(rotation)},
            "features": {**SLOPE, **dict(features)},
        }

        def outcome(part, arm, axes, seed):
            pool = axes["pool"]
            rng = np.random.default_rng([seed, len(pool)])
            if part.name == "features":
                step = by_kind["features"][pool] * (1 + 0.05 * rng.standard_normal())
                return Outcome({}, {
                    "shift_features": Curve(SHIFTS, [step * each for each in SHIFTS]),
                    "rotation_features": Curve(ANGLES, [step * each / 15 for each in ANGLES]),
                })  # fmt: skip
            curves, base = {}, clean + dict(more).get(pool, 0.0)
            for kind, steps, unit in (("shift", SHIFTS, 1), ("rotation", ANGLES, 15)):
                slope = by_kind[kind][pool] + 0.002 * rng.standard_normal()
                values = [base + slope * (each / unit) ** 1.3 for each in steps]
                curves[f"{kind}_error"] = Curve(steps, values)
                curves[f"{kind}_change"] = Curve(steps, [value - base for value in values])
            size = {**dict.fromkeys(SLOPE, 5994.0), "none": 67_434.0, **dict(sizes)}[pool]
            worse = 0.01 * (axes["rate"] not in (0.016, 0.032))  # the best is inside the grid
            metrics = {"n_parameters": size, "validation_error": base + worse}
            return Outcome(metrics, curves)

        return imagined(NAME, outcome, profile)

    return make


def test_where_pooling_helps_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    "changed",
    [
        {"shift": {"max": 0.12}},
        {"shift": {"none": 0.055}},
        {"rotation": {"average": 0.20}},
        {"features": {"max": 0.12, "average": 0.12}},
    ],
)
def test_where_one_pooling_does_worse_it_is_refuted(world, ruling, changed):
    assert ruling(world(**changed)) == "refuted"


@pytest.mark.parametrize(
    "changed",
    [
        {"clean": 0.3},
        {"more": {"stride": 0.01}},
        {"more": {"none": -0.01}},
        {"sizes": {"stride": 50_000.0}},
        {
            "shift": {"max": 0.01, "average": 0.012, "stride": 0.03, "none": 0.03}
        },  # nothing breaks at 6 pixels
    ],
)
def test_without_its_controls_it_decides_nothing(world, ruling, changed):
    assert ruling(world(**changed)) == "inconclusive"


def test_few_seeds_do_not_crash(world, ruling):
    assert ruling(world("smoke")) == "inconclusive"


@pytest.mark.real_data
def test_a_trained_net_is_asked_about_moved_images(mirror, project):
    from deepclaims.claims.claim import load
    from deepclaims.pipeline.fetch import fetch
    from deepclaims.pipeline.prepare import prepare

    fetch(project, "mnist", "mirror")
    prepare(project, "mnist")
    part = load(project.conf, NAME, "smoke").parts[0]
    outcome = measure.moved({**part.params, "pool": "max", "rate": 0.032}, 3)
    assert outcome.curves["shift_change"].values[0] == 0
    assert 0 < outcome.curves["shift_change"].values[1] < outcome.curves["shift_change"].values[-1]
    assert outcome.metrics["n_parameters"] == 5994
