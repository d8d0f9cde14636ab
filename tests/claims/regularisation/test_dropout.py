from functools import cache

import numpy as np
import pytest

from deepclaims.claims import claim as claims
from deepclaims.claims.regularisation.dropout import measure
from deepclaims.claims.regularisation.dropout.judge import judge, pair, share_saved
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


def lecture(part, axes, rng):
    """(train, validation, test error) where some noise helps a big net and hurts a small one."""
    p = axes.get("regularizer.p_keep", 1.0)
    if part == "underfit":
        base = 0.2 + 0.2 * (1 - p)
        return base, base, base + 0.005 * rng.normal()
    best = axes["schedule"] == "linear" and axes["optimizer.lr"] == 0.008
    test = 0.10 + 0.01 * (not best) - 0.01 * (p == 0.7) - 0.004 * (p == 0.9)
    noise = 0.001 * rng.normal(size=2)
    return 0.0, test + noise[0], test + noise[1]


@cache
def sampled(p, seed):
    return moments({"p_keep": p, **LAYER}, seed)


@pytest.fixture
def world(imagined):
    """`world(errors)`: of train, validation, test; `kept` is added to the loss with p = 1."""

    def make(errors=lecture, profile="laptop", kept=0.0):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.name == "moments":
                return sampled(axes["p_keep"], seed)
            if part.name in ("bare", "kept"):
                return Outcome({"test_loss": 0.3 + 0.01 * seed + kept * (part.name == "kept")})
            found = errors(part.name, axes, rng)
            names = ("train_error", "validation_error", "test_error")
            return Outcome(dict(zip(names, found, strict=True)))

        return imagined(NAME, outcome, profile)

    return make


def outcomes_of(results):
    found = findings(results.claim.checks, judge(results))
    return {finding.check.name: finding.outcome for finding in found}


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    outcomes = outcomes_of(results)
    assert outcomes.pop("as_large_a_share") is False  # a tenth, and the paper's is a fifth
    assert all(outcomes.values())


def test_choice_looks_at_validation_only_and_at_seeds_of_its_own(world):
    def misleading(part, axes, rng):
        train, validation, test = lecture(part, axes, rng)
        return train, validation, test - 0.05 * (axes.get("regularizer.p_keep") == 0.9)

    nets = pair(world(misleading), 500)
    assert nets.with_it["regularizer.p_keep"] == 0.7  # though 0.9 is best on the test set
    assert not set(nets.with_it.tune.seeds) & set(nets.with_it.part.seeds)
    assert nets.gain().mean() == pytest.approx(1.0, abs=0.15)
    assert share_saved(nets).mean() == pytest.approx(0.1, abs=0.02)


def test_the_net_alone_chooses_rate_and_schedule_as_the_other_does(world, rulings):
    """A gain that is there only at the constant rate, which the net alone does not choose."""

    def unfair(part, axes, rng):
        if part == "underfit":
            return lecture(part, axes, rng)
        worse = 0.03 if axes["schedule"] == "constant" and part == "none" else 0.0
        test = 0.1 + worse + 0.01 * (axes["optimizer.lr"] != 0.008)
        return 0.0, test, test + 0.003 * rng.normal()

    results = world(unfair)
    assert pair(results, 500).without["schedule"] == "linear"
    assert outcomes_of(results)["error_falls"] is not True
    assert rulings(results)["L1.s38.3"] == "inconclusive"


def test_refuted_where_dropout_hurts(world, ruling):
    def hurts(part, axes, rng):
        train, validation, test = lecture(part, axes, rng)
        return train, validation, test + (0.03 if part == "dropout" else 0.0)

    results = world(hurts)
    assert outcomes_of(results)["error_falls"] is False
    assert ruling(results) == "refuted"


def test_void_where_the_smallest_value_is_chosen(world, ruling):
    def more_noise(part, axes, rng):
        train, validation, test = lecture(part, axes, rng)
        return train, validation - 0.05 * (axes.get("regularizer.p_keep") == 0.5), test

    assert ruling(world(more_noise)) == "inconclusive"


def test_the_largest_p_keep_is_no_edge(world):
    def little_noise(part, axes, rng):
        train, validation, test = lecture(part, axes, rng)
        return train, validation - 0.05 * (axes.get("regularizer.p_keep") == 0.9), test

    net = pair(world(little_noise), 2000).with_it
    assert (net["regularizer.p_keep"], net.on_edge) == (0.9, False)


def test_inconclusive_where_the_small_net_gains(world, ruling):
    def gains(part, axes, rng):
        if part == "underfit":
            return 0.2, 0.2, 0.2 - 0.1 * (1 - axes["regularizer.p_keep"])
        return lecture(part, axes, rng)

    results = world(gains)
    assert outcomes_of(results)["underfit_gets_worse"] is False
    assert ruling(results) == "inconclusive"


def test_inconclusive_where_keeping_all_is_not_nothing(world, ruling):
    results = world(kept=1e-7)
    assert outcomes_of(results)["keeping_all_is_none"] is False
    assert ruling(results) == "inconclusive"


def test_smoke_does_not_fail(world, ruling):
    assert ruling(world(profile="smoke")) == "inconclusive"


def cells(composer, profile="laptop"):
    claim = claims.load(composer.conf, NAME, profile)
    return [
        (part.name, axes, composer.cell([*part.base, *part.arms[arm]], axes))
        for part in claim.parts
        if part.task == "train"
        for arm, axes in part.points()
    ]


def test_cells_compose_and_differ_only_in_dropout(composer):
    composed = cells(composer)
    alone = {name: cell for name, _, cell in composed if name in ("bare", "kept")}
    assert {key for key in alone["bare"] if alone["bare"][key] != alone["kept"][key]} == {
        "regularizer"
    }
    sides = {
        side: {
            repr({key: cell[key] for key in cell if key != "regularizer"})
            for name, _, cell in composed
            if name == side
        }
        for side in ("none", "dropout")
    }
    assert sides["none"] == sides["dropout"]  # the same rates, schedules and sizes on both
    small = [cell for name, _, cell in composed if name == "underfit"]
    assert {cell["data"]["n_train"] for cell in small} == {3000}  # the stand-in has 3500


def test_the_profile_full_is_the_papers_net_on_all_of_mnist(composer):
    largest = [cell for name, axes, cell in cells(composer, "full")
               if name == "dropout" and axes["data.n_train"] == 55_000]  # fmt: skip
    assert largest
    for cell in largest:
        assert (cell["model"]["depth"], cell["model"]["width"]) == (3, 1024)
        assert cell["data"]["pool"] == 1
