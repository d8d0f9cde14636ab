import numpy as np
import pytest

from deepclaims.claims.regularisation.early_stopping.judge import judge
from deepclaims.claims.regularisation.early_stopping.measure import training
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

NAME = "regularisation/early-stopping"
NET = {
    "data": {"name": "mnist", "pool": 2, "n_train": 3000},
    "label_noise": 0.3,
    "images": [80, 60, 100],
    "watched": 50,
    "width": 16,
    "rate": 0.01,
    "batch": 20,
    "looks": 30,
    "every": 4,
    "patience": 4,
}


def test_it_stops_as_the_rule_says(project_with_data):
    found = training(NET, 2)
    validation = np.array(found.curves["validation"].values)
    best, at = np.inf, 0
    for look, error in enumerate(validation):
        if error < best:
            best, at = error, look
        if look - at == NET["patience"]:
            break
    m = found.metrics
    assert m["looks_stop"] == (look + 1) / NET["looks"] < 1
    assert m["validation_stop"] == best
    assert m["train_stop"] == found.curves["train"].values[at]
    assert m["regret_stop"] == pytest.approx(best - validation.min())
    assert m["regret_end"] == pytest.approx(m["validation_end"] - validation.min())
    test = np.array(found.curves["test"].values)
    assert m["oracle_stop"] == pytest.approx(test[at] - test.min())
    assert m["train_end"] == found.curves["train"].values[-1] < m["train_stop"]
    assert m["cost_end"] < m["cost_stop"]
    assert training(NET, 2) == found


def test_without_patience_to_spare_it_goes_on_to_the_end(project_with_data):
    m = training({**NET, "patience": 99}, 2).metrics
    assert m["looks_stop"] == 1.0
    assert m["regret_stop"] == 0.0
    assert m["best_stop"] == 1.0


# --- worlds --------------------------------------------------------------------------------

ERRORS = ("validation", "train", "true", "test")


def replica(part, axes, rng, gains):
    """A world in which the best rate is 0.004, and stopping saves `gains[part]` points."""
    off = 2 * abs(np.log2(axes.get("rate", 0.004) / 0.004))
    end = {"validation": 30 + off, "train": 1.0, "true": 10.0, "test": 20 + off}
    luck = 0.4 * rng.normal(size=4)
    m = {f"{name}_end": end[name] + 0.1 * each for name, each in zip(ERRORS, luck, strict=True)}
    changed = {"validation": gains[part], "train": -3.0, "true": 2.0, "test": gains[part]}
    for where in ("stop", "by_loss"):
        m |= {
            f"{name}_{where}": end[name] - changed[name] + each
            for name, each in zip(ERRORS, luck, strict=True)
        }
    m |= {"cost_end": 0.01, "cost_stop": 0.1 + 0.01 * rng.random(), "cost_by_loss": 0.1}
    m |= {"looks_stop": 1.0 if part == "small" else 0.3 + 0.2 * rng.random()}
    m |= {"regret_stop": 0.2 * rng.integers(3), "regret_end": 4 + rng.random()}
    return m | {"best_stop": 1.0, "oracle_stop": rng.random()}


@pytest.fixture
def world(imagined):
    def make(clean=1.0, noisy=5.0, small=-0.5, **changed):
        rng = np.random.default_rng(0)
        gains = {"clean": clean, "noisy": noisy, "small": small}

        def outcome(part, arm, axes, seed):
            metrics = replica(part.name, axes, rng, gains)
            return Outcome(metrics | {name: value(metrics) for name, value in changed.items()})

        return imagined(NAME, outcome)

    return make


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert all(each.outcome for each in findings(results.claim.checks, judge(results)))


def test_corrected_where_only_wrong_labels_make_it_pay(world, rulings):
    found = rulings(world(clean=-0.5))
    assert found.pop("L1.s38.4") == "corrected"
    assert set(found.values()) == {"supported"}


def test_refuted_where_it_never_pays(world, rulings):
    assert rulings(world(clean=-0.5, noisy=-0.5))["L1.s38.4"] == "refuted"


def test_open_where_it_makes_no_difference(world, rulings):
    assert rulings(world(clean=0.0))["L1.s38.4"] == "inconclusive"


def test_nothing_is_decided_where_a_small_net_gains_too(world, rulings):
    assert rulings(world(small=1.5))["L1.s38.4"] == "inconclusive"


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("L1.s42.1", {"looks_stop": lambda m: 0.95}),
        ("L1.s42.3", {"regret_stop": lambda m: 2 + m["regret_stop"]}),
        ("L1.s42.4", {"cost_stop": lambda m: m["cost_end"] - 0.01 * (m["cost_stop"] - 0.1)}),
    ],
)
def test_each_sentence_can_be_refuted(world, rulings, sentence, changed):
    assert rulings(world(**changed))[sentence] == "refuted"


def test_any_epoch_would_do_where_no_optimum_is_missed(world, rulings):
    flat = world(regret_end=lambda m: 0.1 * m["regret_end"])
    assert rulings(flat)["L1.s42.3"] == "inconclusive"
