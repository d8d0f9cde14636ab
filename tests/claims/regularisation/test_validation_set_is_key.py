import numpy as np
import pytest

from deepclaims.claims.regularisation.validation_set_is_key.judge import KINDS, judge
from deepclaims.claims.regularisation.validation_set_is_key.measure import (
    candidates,
    choosing,
    chosen,
    members,
    optimism,
)
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "regularisation/validation-set-is-key"
SMALL = {
    "data": {"name": "mnist", "pool": 2, "n_train": 3000},
    "label_noise": 0.2,
    "train": 60,
    "pool": 200,
    "width": 8,
    "rate": 0.01,
    "batch": 20,
    "looks": 3,
    "every": 5,
    "decay": [0.0, 0.1],
    "keep": [1.0, 0.5, 0.2],
    "kinds": ["all", "stop"],
    "sizes": [20, 50],
    "repeats": 5,
}


def test_candidates_are_every_regularisation(project_with_data):
    wrong, train = candidates(SMALL, 1)
    assert wrong.shape == (6, 200)
    assert train.shape == (6, 2)
    assert [members(SMALL, kind) for kind in ("decay", "keep", "stop", "all")] == [
        [0, 1],
        [0, 2, 3],
        [0, 4, 5],
        [0, 1, 2, 3, 4, 5],
    ]
    # The stopped ones are the same net earlier.
    shorter = candidates({**SMALL, "looks": 1}, 1)
    assert np.array_equal(shorter[0][0], wrong[4])
    assert np.array_equal(choosing(SMALL, 1).curves["all_true"].values,
                          choosing(SMALL, 1).curves["all_true"].values)  # fmt: skip


def test_choosing_by_hand():
    rng = np.random.default_rng(0)
    wrong = rng.random((4, 50)) < 0.3
    rows = {"some": [0, 2], "one": [3]}
    found = chosen(wrong, rows, [10, 20], 1, np.random.default_rng(5))
    order = np.random.default_rng(5).permutation(50)
    for at, size in enumerate((10, 20)):
        on, other, rest = (
            100 * wrong[:, part].mean(1)
            for part in (order[:size], order[size : 2 * size], order[2 * size :])
        )
        best = 0 if on[0] <= on[2] else 2
        assert found["some_true"][at] == pytest.approx(rest[best])
        assert found["some_reused"][at] == pytest.approx(rest[best] - on[best])
        assert found["some_fresh"][at] == pytest.approx(rest[best] - other[best])
        assert found["one_reused"][at] == pytest.approx(rest[3] - on[3])
        assert found["one_single"][at] == found["one_reused"][at]


def test_theory_is_what_many_choices_give():
    rng = np.random.default_rng(1)
    wrong = rng.random((10, 4000)) < np.linspace(0.2, 0.23, 10)[:, None]
    everything = {"all": list(range(10))}
    found = chosen(wrong, everything, [200, 1000], 2000, rng)["all_reused"]
    assert optimism(wrong, [200, 1000], rng) == pytest.approx(found, rel=0.1)
    alike = rng.random((2, 100_000)) < 0.5  # the mean of the less of two is off by σ/√π
    expected = 100 * 0.5 / np.sqrt(np.pi * 400)
    assert optimism(alike, [400], rng, 40_000)[0] == pytest.approx(expected, rel=0.15)


# --- worlds --------------------------------------------------------------------------------


@pytest.fixture
def world(imagined):
    def make(saved, single=0.0):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            sizes = part.params["sizes"]
            fading = 100 / np.array(sizes, dtype=float)
            metrics, curves = {}, {}
            for kind in ("all", *KINDS):
                true = 35 + fading / 5 + rng.normal()
                gain = saved.get(kind, 3.0) + 0.5 * rng.normal()
                by_size = {
                    "true": true,
                    "reused": fading * (1 + 0.1 * rng.random()),
                    "theory": fading,
                    "fresh": 0.1 * rng.normal(size=len(sizes)),
                    "single": single + 0.1 * rng.normal(size=len(sizes)),
                }
                curves |= {f"{kind}_{name}": Curve(sizes, each) for name, each in by_size.items()}
                metrics |= {
                    f"{kind}_train_true": true[-1] + gain,
                    f"{kind}_train_optimism": 30 + rng.normal(),
                    f"{kind}_best": true[-1] - 0.3 + 0.1 * rng.normal(),
                }
            return Outcome(metrics, curves)

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world({})
    assert ruling(results) == "supported"
    assert all(each.outcome for each in findings(results.claim.checks, judge(results)))


@pytest.mark.parametrize("kind", KINDS)
def test_refuted_where_train_chooses_better_in_one_kind(world, ruling, kind):
    assert ruling(world({kind: -3.0})) == "refuted"


def test_open_where_it_makes_no_difference(world, ruling):
    assert ruling(world(dict.fromkeys(KINDS, 0.0))) == "inconclusive"


def test_nothing_is_decided_where_a_single_net_looks_too_good(world, ruling):
    assert ruling(world({}, single=1.0)) == "inconclusive"
