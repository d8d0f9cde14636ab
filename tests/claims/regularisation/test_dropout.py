from functools import cache

import numpy as np
import pytest

from deepclaims.claims import claim as claims
from deepclaims.claims.regularisation.dropout import measure
from deepclaims.claims.regularisation.dropout.judge import gain, judge, sweep
from deepclaims.claims.regularisation.dropout.measure import moments
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Outcome

NAME = "regularisation/dropout"
LAYER = {"width": 16, "outputs": 5, "draws": 20_000}


@pytest.mark.parametrize("p", [0.9, 0.5, 0.2])
def test_moments_agree_with_the_formulas(p):
    outcome = moments({"p_keep": p, **LAYER}, 1)
    assert outcome.metrics["mean_slope"] == pytest.approx(1.0, abs=0.05)
    assert outcome.metrics["mean_slope_unscaled"] == pytest.approx(p, abs=0.05)
    assert outcome.metrics["variance_slope"] == pytest.approx(1.0, abs=0.05)
    table = outcome.tables["outputs"]
    error = np.sqrt(table["formula"] / LAYER["draws"])
    assert (np.abs(table["mean"] - table["wh"]) < 4.5 * error).all()


def test_moments_by_enumeration():
    """Four units have sixteen masks: their exact mean and variance, without any sampling."""
    p, W, h = 0.3, np.array([[1.0, -2.0, 0.5, 3.0]]), np.array([0.2, 1.0, 0.0, 0.7])
    masks = np.array(np.meshgrid(*[[0, 1]] * 4)).reshape(4, -1).T
    chance = (p**masks * (1 - p) ** (1 - masks)).prod(1)
    z = (masks * h / p) @ W[0]
    mean = chance @ z
    assert mean == pytest.approx((W @ h)[0])
    assert chance @ (z - mean) ** 2 == pytest.approx((1 - p) / p * (W**2 @ h**2)[0])


def test_relu_moves_the_mean_up_and_less_for_less_noise():
    shifts = [moments({"p_keep": p, **LAYER}, 2).metrics["relu_shift"] for p in (0.95, 0.2)]
    assert shifts[1] > shifts[0] > 0


def test_a_layer_that_forgets_to_divide_is_found(monkeypatch):
    class Forgetful(measure.NoisyUnits):
        def forward(self, h):
            return self.p_keep * super().forward(h)

    monkeypatch.setattr(measure, "NoisyUnits", Forgetful)
    assert moments({"p_keep": 0.5, **LAYER}, 1).metrics["mean_slope"] == pytest.approx(
        0.5, abs=0.05
    )


def test_a_seed_decides_the_moments():
    config = {"p_keep": 0.5, **LAYER}
    assert moments(config, 1).metrics == moments(config, 1).metrics
    assert moments(config, 1).metrics != moments(config, 2).metrics


# --- made worlds ---------------------------------------------------------------------------


def lecture(part, p, size, rng):
    """(train, validation, test error) where some noise helps a big net and hurts a small one."""
    if part == "underfit":
        base = 0.2 + 0.2 * (1 - p)
        return base, base, base + 0.005 * rng.normal()
    test = 0.10 - 0.01 * (p == 0.5) - 0.006 * (p == 0.8) + 0.02 * (p == 0.35)
    noise = 0.001 * rng.normal(size=2)
    return 0.01 * (p < 0.5), test + noise[0], test + noise[1]


@cache
def sampled(p, seed):
    return moments({"p_keep": p, **LAYER}, seed)


@pytest.fixture
def world(imagined):
    """`world(errors)`: of train, validation, test; `none` is added to the loss without dropout."""

    def make(errors=lecture, profile="laptop", none=0.0):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.name == "moments":
                return sampled(axes["p_keep"], seed)
            p = axes.get("regularizer.p_keep", 1.0)
            found = errors(part.name, p, axes.get("data.n_train"), rng)
            metrics = dict(
                zip(("train_error", "validation_error", "test_error"), found, strict=True)
            )
            extra = none if part.name == "none" else 0.0
            return Outcome({**metrics, "test_loss": 0.3 + 0.01 * seed + (1 - p) + extra})

        return imagined(NAME, outcome, profile)

    return make


def outcomes_of(results):
    found = findings(results.claim.checks, judge(results))
    return {finding.check.name: finding.outcome for finding in found}


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert all(outcomes_of(results).values())


def test_choice_looks_at_validation_only_and_at_seeds_of_its_own(world):
    def misleading(part, p, size, rng):
        train, validation, test = lecture(part, p, size, rng)
        return train, validation, test - 0.05 * (p == 0.65) * (part == "sweep")

    net = sweep(world(misleading), 500)
    assert net["regularizer.p_keep"] == 0.5  # though 0.65 is best on the test set
    assert not set(net.tune.seeds) & set(net.part.seeds)
    assert gain(net).mean() == pytest.approx(1.0, abs=0.15)


def test_not_taking_dropout_gains_nothing(world, ruling):
    def harmful(part, p, size, rng):
        return 0.0, 0.1 + 0.1 * (1 - p), 0.1 - 0.01 * (p < 1)

    results = world(harmful)
    net = sweep(results, 500)
    assert (net["regularizer.p_keep"], net.on_edge) == (1.0, False)  # the natural end of its grid
    assert gain(net) == pytest.approx(np.zeros(8))
    assert outcomes_of(results)["error_falls"] is False
    assert ruling(results) == "inconclusive"  # the small net gains too: a control fails


def test_refuted_where_dropout_hurts(world, ruling):
    def hurts(part, p, size, rng):
        train, validation, test = lecture(part, p, size, rng)
        return train, validation, test + (0.03 * (p < 1) if part == "sweep" else 0.0)

    results = world(hurts)
    assert outcomes_of(results)["error_falls"] is False
    assert ruling(results) == "refuted"


def test_void_where_the_smallest_value_is_chosen(world, ruling):
    def more_noise(part, p, size, rng):
        train, validation, test = lecture(part, p, size, rng)
        return train, validation - 0.05 * (p == 0.35), test

    assert ruling(world(more_noise)) == "inconclusive"


def test_inconclusive_where_the_small_net_gains(world, ruling):
    def gains(part, p, size, rng):
        if part == "underfit":
            return 0.2, 0.2, 0.2 - 0.1 * (1 - p)
        return lecture(part, p, size, rng)

    results = world(gains)
    assert outcomes_of(results)["underfit_gets_worse"] is False
    assert ruling(results) == "inconclusive"


def test_inconclusive_where_keeping_all_is_not_nothing(world, ruling):
    results = world(none=1e-7)
    assert outcomes_of(results)["keeping_all_is_none"] is False
    assert ruling(results) == "inconclusive"


def test_smoke_does_not_fail(world, ruling):
    assert ruling(world(profile="smoke")) == "inconclusive"


def test_cells_compose_and_differ_only_in_dropout(checkout):
    from deepclaims.sweep.compose import Composer

    composer = Composer(checkout / "conf")
    claim = claims.load(checkout / "conf", NAME)
    cells = {
        (part.name, tuple(axes.values())): composer.cell([*part.base, *part.arms[arm]], axes)
        for part in claim.parts
        if part.task == "train"
        for arm, axes in part.points()
    }
    steps = claim.grid["steps"][0]
    kept, none = cells["sweep", (1.0, 500, steps)], cells["none", (500, steps)]
    assert {key for key in kept if kept[key] != none[key]} == {"regularizer"}
    assert cells["underfit", (0.5, steps)]["data"]["n_train"] <= 3500  # what the stand-in has
