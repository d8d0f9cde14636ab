import math
from functools import cache

import numpy as np
import pytest
import torch
from scipy import stats

from deepclaims.claims import claim as claims
from deepclaims.claims.signals.init_schemes import measure
from deepclaims.claims.signals.init_schemes.judge import CHANCE, HALVING, judge, losses, shares
from deepclaims.claims.signals.init_schemes.measure import (
    draw_layer,
    kolmogorov_distance,
    laws,
    signal,
)
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.printed_laws import PRINTED_LAWS, relu_factor

NAME = "signals/init-schemes"
LAW = {"fan_in": 200, "fan_out": 100}


@pytest.mark.parametrize("scheme", PRINTED_LAWS)
def test_a_layer_follows_its_law(scheme):
    metrics = laws({"scheme": scheme, **LAW}, 1).metrics
    kept = 0.77374 if scheme == "he_truncated" else 1.0
    assert metrics["variance"] == pytest.approx(kept, rel=0.04)  # four standard errors
    assert metrics["distance"] < stats.kstwo.isf(1e-4, 20_000)  # as far as samples stray
    if math.isfinite(PRINTED_LAWS[scheme].bound):
        assert 0.99 < metrics["reach"] <= 1.00001
    else:
        assert metrics["reach"] == 0.0


@pytest.mark.parametrize("scheme", ["he_truncated", "he_truncated_corrected", "glorot_uniform"])
def test_a_bounded_law_is_seen_to_be_no_normal(scheme):
    """The largest difference of the two distribution functions, give or take the sample's."""
    shape, x = PRINTED_LAWS[scheme].shape, np.linspace(-4, 4, 8001)
    apart = np.abs(shape.cdf(x) - stats.norm.cdf(x, scale=shape.std())).max()
    found = laws({"scheme": scheme, **LAW}, 1).metrics["distance_normal"]
    assert found == pytest.approx(apart, abs=stats.kstwo.isf(1e-4, 20_000))
    assert found > 0.01


def test_the_test_sees_a_wrong_scale(monkeypatch):
    def wrong(scheme, d_in, d_out, seed):
        return 1.05 * draw_layer(scheme, d_in, d_out, seed)

    monkeypatch.setattr(measure, "draw_layer", wrong)
    metrics = laws({"scheme": "he", **LAW}, 1).metrics
    assert metrics["distance"] > stats.kstwo.isf(0.01, 20_000)
    assert metrics["variance"] > 1.05


def test_a_seed_decides_the_weights():
    same = draw_layer("he_truncated", 30, 20, 5)
    assert torch.equal(draw_layer("he_truncated", 30, 20, 5), same)
    assert not torch.equal(draw_layer("he_truncated", 30, 20, 6), same)
    assert same.shape == (20, 30)


def test_histogram_is_a_density():
    table = laws({"scheme": "glorot_uniform", **LAW}, 1).tables["histogram"]
    width = table["x"].iloc[1] - table["x"].iloc[0]
    assert (table["density"].sum() * width) == pytest.approx(1.0)


@pytest.mark.parametrize("scheme", ["he", "glorot", "normal"])
def test_signals_grow_by_the_recursion(scheme):
    config = {"scheme": scheme, "width": 128, "depth": 6, "nets": 40, "inputs": 16}
    curve = signal(config, 3).curves["second_moment"]
    theory = relu_factor(scheme, 128) ** (np.array(curve.steps) - 1.0)
    assert curve.values[0] == 1.0
    assert np.array(curve.values) / theory == pytest.approx(np.ones(6), rel=0.2)


def test_distances_and_bins_are_the_libraries():
    x = np.random.default_rng(0).normal(1.0, 3.0, 1000)
    ordered = np.sort(x)
    expected = stats.kstest(x, stats.norm.cdf).statistic
    assert kolmogorov_distance(stats.norm.cdf(ordered)) == pytest.approx(expected, rel=1e-12)
    assert np.allclose(measure.densities(ordered), np.histogram(x, measure.BINS, density=True)[0])


def test_signals_repeat():
    config = {"scheme": "he", "width": 8, "depth": 3, "nets": 2, "inputs": 4}
    assert signal(config, 3) == signal(config, 3)
    assert signal(config, 3) != signal(config, 4)


# --- made worlds ---------------------------------------------------------------------------


def trained_world(part, scheme, rate, rng):
    """(train loss, validation error) where the lecture is right: only scale decides."""
    fails = scheme == "normal" or (part in ("relu", "depth") and scheme in HALVING)
    if scheme == "normal" and part == "relu":
        return math.nan, math.nan
    best = {"relu": 0.003, "adam": 0.001}.get(part, 0.01)
    loss = (1.0 if fails else 0.4 + (rate != best) * 0.2) * CHANCE + 0.05 * rng.normal()
    return loss, 0.9 if fails else 0.4 + (rate != best) * 0.2


@cache
def sampled(scheme, d_in, d_out, seed):
    return laws({"scheme": scheme, "fan_in": d_in, "fan_out": d_out}, seed)


def honest_laws(config, seed):
    """Two draws stand for all seeds, since 400 000 weights take their time."""
    return sampled(config["scheme"], config["fan_in"], config["fan_out"], seed % 2)


@pytest.fixture
def world(imagined):
    """`world(trained, laws_task=…, profile=…)`: the results of a world thought up."""

    def make(trained=trained_world, laws_task=honest_laws, profile="laptop"):
        rng = np.random.default_rng(0)

        def outcome(part, arm, axes, seed):
            if part.name == "laws":
                return laws_task({**part.params, **axes}, seed)
            if part.name == "signal":
                factor, layers = relu_factor(axes["scheme"], part.params["width"]), range(1, 30)
                values = [factor**layer * math.exp(0.1 * rng.normal()) for layer in range(29)]
                return Outcome({}, {"second_moment": Curve(layers, values)})
            name = axes["model.activation"] if part.name == "others" else part.name
            loss, error = trained(name, axes["init"], axes.get("optimizer.lr"), rng)
            metrics = {"train_loss": loss, "validation_error": error}
            return Outcome(metrics, {"train_loss": Curve([50], [loss + 0.3])})

        return imagined(NAME, outcome, profile)

    return make


def outcomes_of(results):
    found = findings(results.claim.checks, judge(results))
    return {finding.check.name: finding.outcome for finding in found}


def test_supported_where_scale_decides(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    assert all(outcomes_of(results).values())


def with_diverging(share):
    """The world where the lecture is right, but that of He's ReLU nets a share diverges."""

    def trained(part, scheme, rate, rng):
        loss, error = trained_world(part, scheme, rate, rng)
        diverges = part == "relu" and scheme == "he" and rng.random() < share
        return (math.nan if diverges else loss), error

    return trained


def test_a_net_that_diverges_counts_as_one_that_learnt_nothing(world, ruling):
    results = world(with_diverging(0.2))
    assert np.isnan(losses(results, "relu", "he")).any()
    assert shares(results, "relu", "he").max() == 1.0
    assert ruling(results) == "supported"


def test_where_most_diverge_he_does_not_train(world, ruling):
    assert ruling(world(with_diverging(0.97))) == "refuted"


def test_the_rate_is_chosen_by_validation_with_other_seeds_than_report(world):
    results = world()
    he = results.tuned("relu", where={"init": "he"})
    assert he["optimizer.lr"] == 0.003
    assert not set(he.tune.seeds) & set(he.part.seeds)
    assert losses(results, "relu", "he").mean() == pytest.approx(0.4, abs=0.05)


def test_what_never_trains_ties_and_takes_a_rate_inside_the_grid(world):
    results = world()
    for scheme in ("glorot", "normal"):
        chosen = results.tuned("relu", where={"init": scheme})
        assert (chosen["optimizer.lr"], chosen.on_edge) == (0.003, False)


def test_a_rate_at_the_end_of_its_grid_makes_it_void(world, ruling):
    def larger_is_better(part, scheme, rate, rng):
        loss, error = trained_world(part, scheme, rate, rng)
        return loss, error - 0.3 * (scheme == "he" and rate == 0.01)

    assert ruling(world(larger_is_better)) == "inconclusive"


def test_not_refuted_where_glorot_trains_too_since_the_law_is_doubtfully_transcribed(world, ruling):
    def trained(part, scheme, rate, rng):
        if scheme == "glorot" and part == "relu":
            return 0.4 * CHANCE + 0.05 * rng.normal(), 0.4
        return trained_world(part, scheme, rate, rng)

    results = world(trained)
    assert outcomes_of(results)["halving_stalls"] is False
    assert ruling(results) == "inconclusive"


def test_refuted_where_he_stalls(world, ruling):
    def trained(part, scheme, rate, rng):
        if scheme == "he" and part == "relu":
            return CHANCE + 0.01 * rng.normal(), 0.9
        return trained_world(part, scheme, rate, rng)

    assert ruling(world(trained)) == "refuted"


@pytest.mark.parametrize(
    ("part", "scheme", "loss", "control"),
    [
        ("adam", "glorot", 1.0, "adam_frees_glorot"),
        ("tanh", "glorot", 0.9, "tanh_indifferent"),
        ("tanh", "normal", 0.4, "unit_normal_stalls"),
    ],
)
def test_inconclusive_where_a_control_fails(world, ruling, part, scheme, loss, control):
    def trained(name, init, rate, rng):
        if (name, init) == (part, scheme):
            return loss * CHANCE + 0.01 * rng.normal(), 0.5
        return trained_world(name, init, rate, rng)

    results = world(trained)
    assert outcomes_of(results)[control] is False
    assert ruling(results) == "inconclusive"


def test_laws_that_are_not_the_slides_are_found(world):
    def wide(config, seed):
        outcome = honest_laws(config, seed)
        return type(outcome)(
            {**outcome.metrics, "variance": 1.1 * outcome.metrics["variance"], "distance": 0.02},
            {}, outcome.tables,
        )  # fmt: skip

    outcomes = outcomes_of(world(laws_task=wide))
    assert outcomes["variances"] is False
    assert outcomes["shapes"] is False
    assert outcomes["truncation"] is False


def test_smoke_decides_nothing_and_does_not_fail(world, ruling):
    assert ruling(world(profile="smoke")) == "inconclusive"


def test_cells_compose(checkout, composer):
    from deepclaims.training.settings import Settings

    claim = claims.load(checkout / "conf", NAME)
    for part in claim.parts:
        if part.task == "train":
            for arm, axes in part.points():
                settings = Settings.read(composer.cell([*part.base, *part.arms[arm]], axes))
                assert settings.fit.evaluate == ["train", "validation"]  # the test set stays shut
