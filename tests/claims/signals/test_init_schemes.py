import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims import claim as claims
from deepclaims.claims.results import Results
from deepclaims.claims.signals import init_schemes
from deepclaims.claims.signals.init_schemes import CHANCE, draw_layer, judge, laws, losses, signal
from deepclaims.claims.signals.printed_laws import PRINTED_LAWS, relu_factor
from deepclaims.evidence.verdict import Ruling, findings, verdict

LAW = {"fan_in": 200, "fan_out": 100}


@pytest.mark.parametrize("scheme", PRINTED_LAWS)
def test_a_layer_follows_its_law(scheme):
    metrics = laws({"scheme": scheme, **LAW}, 1).metrics
    kept = 0.77374 if scheme == "he_truncated" else 1.0
    assert metrics["variance"] == pytest.approx(kept, rel=0.04)  # four standard errors
    assert metrics["ks_p"] > 1e-4
    if math.isfinite(PRINTED_LAWS[scheme].bound):
        assert 0.99 < metrics["reach"] <= 1.00001
    else:
        assert metrics["reach"] == 0.0


@pytest.mark.parametrize("scheme", ["he_truncated", "he_truncated_corrected", "glorot_uniform"])
def test_the_test_has_power_against_a_normal(scheme):
    assert laws({"scheme": scheme, **LAW}, 1).metrics["ks_p_normal"] < 1e-3


def test_the_test_sees_a_wrong_scale(monkeypatch):
    def wrong(scheme, d_in, d_out, seed):
        return 1.05 * draw_layer(scheme, d_in, d_out, seed)

    monkeypatch.setattr(init_schemes, "draw_layer", wrong)
    metrics = laws({"scheme": "he", **LAW}, 1).metrics
    assert metrics["ks_p"] < 0.01
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


def test_signals_repeat():
    config = {"scheme": "he", "width": 8, "depth": 3, "nets": 2, "inputs": 4}
    assert signal(config, 3) == signal(config, 3)
    assert signal(config, 3) != signal(config, 4)


# --- made worlds ---------------------------------------------------------------------------


def trained_world(part, scheme, rate, rng):
    """(train loss, validation error) where the lecture is right: only scale decides."""
    fails = scheme == "normal" or (part in ("relu", "depth") and scheme in init_schemes.HALVING)
    if scheme == "normal" and part == "relu":
        return math.nan, math.nan
    loss = (1.0 if fails else 0.4 + (rate == 0.03) * 0.2) * CHANCE + 0.05 * rng.normal()
    return loss, 0.9 if fails else 0.4 + (rate == 0.03) * 0.2


@cache
def sampled(scheme, d_in, d_out, seed):
    return laws({"scheme": scheme, "fan_in": d_in, "fan_out": d_out}, seed)


def honest_laws(config, seed):
    return sampled(config["scheme"], config["fan_in"], config["fan_out"], seed)


def make(checkout, world, profile="laptop", laws_task=honest_laws):
    claim = claims.load(checkout / "conf", "signals/init-schemes", profile)
    rng = np.random.default_rng(0)
    rows, histograms = [], []
    for part in claim.parts:
        for arm, axes in part.points():
            for seed in part.seeds:
                identity = {"part": part.name, "arm": arm, "seed": seed, **axes}
                identity["key"] = f"{part.name}-{arm}-{sorted(axes.items())}"
                if part.name == "laws":
                    outcome = laws_task({**part.params, **axes}, seed)
                    histograms.append(outcome.tables["histogram"].assign(**identity))
                    found = {(m, pd.NA): v for m, v in outcome.metrics.items()}
                elif part.name == "signal":
                    factor = relu_factor(axes["scheme"], part.params["width"])
                    found = {
                        ("second_moment", layer + 1): factor**layer * math.exp(0.1 * rng.normal())
                        for layer in range(part.params["depth"])
                    }
                else:
                    loss, error = world(part.name, axes["init"], axes.get("optimizer.lr"), rng)
                    found = {("train_loss", pd.NA): loss, ("validation_error", pd.NA): error}
                    found[("train_loss", 50)] = loss + 0.3  # the curve of the same name
                rows += [
                    {**identity, "metric": m, "step": s, "value": v} for (m, s), v in found.items()
                ]
    metrics = pd.DataFrame(rows)
    metrics["step"] = metrics["step"].astype("Int64")
    return Results(claim, metrics, {"histogram": pd.concat(histograms, ignore_index=True)})


@pytest.fixture(scope="module")
def true_world(checkout):
    return make(checkout, trained_world)


def rule(results):
    found = findings(results.claim.checks, judge(results))
    return verdict(found), {finding.check.name: finding.outcome for finding in found}


def test_supported_where_scale_decides(true_world):
    ruling, outcomes = rule(true_world)
    assert ruling.ruling is Ruling.SUPPORTED
    assert all(outcomes.values())
    assert ruling.p < 5e-4  # survives Holm over the catalogue


def test_the_rate_is_chosen_by_validation(true_world):
    assert init_schemes.chosen_rate(true_world, "relu", "he") == 0.003
    assert losses(true_world, "relu", "he").mean() == pytest.approx(0.4, abs=0.05)


def test_refuted_where_glorot_trains_too(checkout):
    def world(part, scheme, rate, rng):
        if scheme == "glorot":
            return 0.4 * CHANCE + 0.05 * rng.normal(), 0.4
        return trained_world(part, scheme, rate, rng)

    ruling, outcomes = rule(make(checkout, world))
    assert outcomes["halving_stalls"] is False
    assert ruling.ruling is Ruling.REFUTED


def test_refuted_where_he_stalls(checkout):
    def world(part, scheme, rate, rng):
        if scheme == "he" and part == "relu":
            return CHANCE + 0.01 * rng.normal(), 0.9
        return trained_world(part, scheme, rate, rng)

    assert rule(make(checkout, world))[0].ruling is Ruling.REFUTED


@pytest.mark.parametrize(
    ("part", "scheme", "loss", "control"),
    [
        ("adam", "glorot", 1.0, "adam_frees_glorot"),
        ("tanh", "glorot", 0.9, "tanh_indifferent"),
        ("tanh", "normal", 0.4, "unit_normal_stalls"),
    ],
)
def test_inconclusive_where_a_control_fails(checkout, part, scheme, loss, control):
    def world(name, init, rate, rng):
        if (name, init) == (part, scheme):
            return loss * CHANCE + 0.01 * rng.normal(), 0.5
        return trained_world(name, init, rate, rng)

    ruling, outcomes = rule(make(checkout, world))
    assert outcomes[control] is False
    assert ruling.ruling is Ruling.INCONCLUSIVE


def test_laws_that_are_not_the_slides_are_found(checkout):
    def wide(config, seed):
        outcome = honest_laws(config, seed)
        return type(outcome)(
            {**outcome.metrics, "variance": 1.1 * outcome.metrics["variance"], "ks_p": 1e-9},
            {}, outcome.tables,
        )  # fmt: skip

    outcomes = rule(make(checkout, trained_world, laws_task=wide))[1]
    assert outcomes["variances"] is False
    assert outcomes["shapes"] is False
    assert outcomes["truncation"] is False


def test_smoke_decides_nothing_and_does_not_fail(checkout):
    assert rule(make(checkout, trained_world, "smoke"))[0].ruling is Ruling.INCONCLUSIVE


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("profile", ["laptop", "smoke"])
def test_figures(checkout, true_world, language, profile):
    results = true_world if profile == "laptop" else make(checkout, trained_world, profile)
    drawn = init_schemes.draw(results, language)
    assert set(drawn) == set(results.claim.text["figures"])
    axes = drawn["schemes"].axes
    assert axes[0].get_title(loc="left") == "ReLU, SGD"
    counts = [text.get_text() for text in axes[0].texts if "/" in text.get_text()]
    n = 6 if profile == "laptop" else 2
    assert counts.count(f"0/{n}") == 4  # LeCun, two of Glorot's, N(0, 1)
    assert counts.count(f"{n}/{n}") == 3


def test_figures_speak_both_languages(true_world):
    spanish, english = (init_schemes.draw(true_world, each)["depth"] for each in ("es", "en"))
    assert spanish.axes[1].get_xlabel() == "capas ocultas"
    assert english.axes[1].get_xlabel() == "hidden layers"


def test_cells_compose(checkout):
    from deepclaims.sweep.compose import Composer
    from deepclaims.training.settings import Settings

    composer = Composer(checkout / "conf")
    claim = claims.load(checkout / "conf", "signals/init-schemes")
    for part in claim.parts:
        if part.task == "train":
            for arm, axes in part.points():
                settings = Settings.read(composer.cell([*part.base, *part.arms[arm]], axes))
                assert settings.fit.evaluate == ["train", "validation"]  # the test set stays shut
