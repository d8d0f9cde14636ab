import numpy as np
import pytest

from deepclaims.claims.optimisation.adagrad_stalls_rmsprop_forgets import measure
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "optimisation/adagrad-stalls-rmsprop-forgets"
CONFIG = {
    "jumps": [100, 400],
    "dimensions": 50,
    "replicas": 4,
    "after": 120,
    "beta2": 0.99,
    "protocol": "first",
    "matched": 25,
    "rates": [0.01, 1.0, 15],
}


@pytest.fixture
def world(imagined):
    def make(ada=0.5, rms=0.0, plateau=(1.0, 4.0), start=25.0):
        def outcome(part, arm, axes, seed):
            method, jumps = axes["method"], np.array(part.params["jumps"])
            wobble = 1 + 0.01 * np.random.default_rng(seed).normal(size=len(jumps))
            power = {"adagrad": ada, "sgd": 0.0}.get(method, rms)
            first = start if method == "adagrad" else 25.0
            steps = first * (jumps / 100) ** power * wobble
            rate = 0.03 * (jumps / 100) ** -power * wobble
            level = plateau[0] if method == "adagrad" else plateau[1]
            curves = {"recovery": Curve(jumps, steps), "rate": Curve(jumps, rate)}
            metrics = {"alpha": 0.1, "edge": 0.0, "plateau": level * wobble[0]}
            return Outcome(metrics, curves)

        return imagined(NAME, outcome)

    return make


def test_where_only_the_sum_stalls_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(("ada", "rms"), [(0.0, 0.0), (0.5, 0.5)])
def test_where_neither_stalls_or_both_do_it_is_refuted(world, ruling, ada, rms):
    assert ruling(world(ada, rms)) == "refuted"


@pytest.mark.parametrize("spoilt", [{"plateau": (4.0, 1.0)}, {"start": 60.0}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, spoilt):
    assert ruling(world(**spoilt)) == "inconclusive"


def test_without_noise_sgd_recovers_in_the_steps_of_its_closed_form():
    """(1 − α)^k · 2 falls below 1 at k = ln 2 / −ln(1 − α); noise changes that little."""
    found = measure.recovery(CONFIG | {"method": "sgd"}, 3)
    alpha = found.metrics["alpha"]
    expected = np.ceil(np.log(2) / -np.log(1 - alpha))
    assert found.curves["recovery"].values == pytest.approx([expected, expected], rel=0.15)
    assert found.curves["rate"].values == pytest.approx([alpha, alpha])


def test_adagrads_rate_is_alpha_over_the_root_of_the_sum():
    """Unit noise: Σg² grows like t (1 + ball), so α/√v is near α/√t."""
    found = measure.recovery(CONFIG | {"method": "adagrad"}, 3)
    root = np.sqrt(CONFIG["jumps"])
    assert found.curves["rate"].values == pytest.approx(found.metrics["alpha"] / root, rel=0.1)
    early, late = found.curves["recovery"].values
    assert late > 1.5 * early


def test_chosen_over_all_changes_the_rate_is_the_one_that_takes_fewest_steps():
    config = CONFIG | {"method": "sgd", "protocol": "all", "rates": [0.01, 1.0, 9]}
    found = measure.recovery(config, 3)
    others = [
        measure.recovery(config | {"rates": [rate, rate, 1]}, 3).curves["recovery"].values
        for rate in (0.03, 0.1)
    ]
    assert np.mean(found.curves["recovery"].values) < min(np.mean(each) for each in others)
    first = measure.recovery(config | {"protocol": "first"}, 3)
    assert found.metrics["alpha"] > first.metrics["alpha"]


def test_rates_chosen_over_all_changes_decide_nothing(imagined, ruling, world):
    results = world()
    tuned = results.metrics["part"] == "tuned"
    results.metrics.loc[tuned & (results.metrics["metric"] == "recovery"), "value"] = 1.0
    assert ruling(results) == "supported"
