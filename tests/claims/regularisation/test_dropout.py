import numpy as np
import pandas as pd
import pytest

from deepclaims.claims import claim as claims
from deepclaims.claims.regularisation import dropout
from deepclaims.claims.regularisation.dropout import chosen_keep, gain, judge, moments
from deepclaims.claims.results import Results
from deepclaims.evidence.verdict import Ruling, findings, verdict

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
    class Forgetful(dropout.Dropout):
        def forward(self, h):
            return self.p_keep * super().forward(h)

    monkeypatch.setattr(dropout, "Dropout", Forgetful)
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
    test = 0.10 - 0.01 * (p == 0.5) - 0.006 * (p == 0.8) + 0.02 * (p == 0.2)
    noise = 0.001 * rng.normal(size=2)
    return 0.01 * (p < 0.5), test + noise[0], test + noise[1]


def make(checkout, world, profile="laptop"):
    claim = claims.load(checkout / "conf", "regularisation/dropout", profile)
    rng = np.random.default_rng(0)
    rows, outputs = [], []
    for part in claim.parts:
        for arm, axes in part.points():
            for seed in part.seeds:
                identity = {"part": part.name, "arm": arm, "seed": seed, **axes}
                identity["key"] = f"{part.name}-{arm}-{sorted(axes.items())}"
                if part.name == "moments":
                    outcome = moments({**LAYER, **axes}, seed)
                    outputs.append(outcome.tables["outputs"].assign(**identity))
                    found = dict(outcome.metrics)
                else:
                    p = axes.get("regularizer.p_keep", 1.0)
                    errors = world(part.name, p, axes.get("data.n_train"), rng)
                    names = ("train_error", "validation_error", "test_error")
                    found = dict(zip(names, errors, strict=True))
                    found["test_loss"] = 0.3 + 0.01 * seed + (1 - p)
                rows += [
                    {**identity, "metric": m, "step": pd.NA, "value": v} for m, v in found.items()
                ]
    metrics = pd.DataFrame(rows)
    metrics["step"] = metrics["step"].astype("Int64")
    return Results(claim, metrics, {"outputs": pd.concat(outputs, ignore_index=True)})


@pytest.fixture(scope="module")
def true_world(checkout):
    return make(checkout, lecture)


def rule(results):
    found = findings(results.claim.checks, judge(results))
    return verdict(found), {finding.check.name: finding.outcome for finding in found}


def test_supported_where_the_lecture_is_right(true_world):
    ruling, outcomes = rule(true_world)
    assert ruling.ruling is Ruling.SUPPORTED
    assert all(outcomes.values())


def test_choice_looks_at_validation_only(checkout):
    def misleading(part, p, size, rng):
        train, validation, test = lecture(part, p, size, rng)
        return train, validation, test - 0.05 * (p == 0.2) * (part == "sweep")

    results = make(checkout, misleading)
    assert set(chosen_keep(results, 500)) == {0.5}  # though 0.2 is best on the test set
    assert gain(results, 500).mean() == pytest.approx(1.0, abs=0.15)


def test_not_taking_dropout_gains_nothing(checkout):
    def harmful(part, p, size, rng):
        return 0.0, 0.1 + 0.1 * (1 - p), 0.1 - 0.01 * (p < 1)

    results = make(checkout, harmful)
    assert gain(results, 500) == pytest.approx(np.zeros(8))
    assert rule(results)[1]["error_falls"] is False


def test_refuted_where_dropout_hurts(checkout):
    def hurts(part, p, size, rng):
        train, validation, test = lecture(part, p, size, rng)
        return train, validation, test + (0.03 * (p < 1) if part == "sweep" else 0.0)

    ruling, outcomes = rule(make(checkout, hurts))
    assert outcomes["error_falls"] is False
    assert ruling.ruling is Ruling.REFUTED


def test_inconclusive_where_the_small_net_gains(checkout):
    def gains(part, p, size, rng):
        if part == "underfit":
            return 0.2, 0.2, 0.2 - 0.1 * (1 - p)
        return lecture(part, p, size, rng)

    ruling, outcomes = rule(make(checkout, gains))
    assert outcomes["underfit_gets_worse"] is False
    assert ruling.ruling is Ruling.INCONCLUSIVE


def test_inconclusive_where_keeping_all_is_not_nothing(checkout, true_world):
    metrics = true_world.metrics.copy()
    metrics.loc[(metrics["part"] == "none") & (metrics["metric"] == "test_loss"), "value"] += 1e-7
    changed = Results(true_world.claim, metrics, true_world.tables)
    ruling, outcomes = rule(changed)
    assert outcomes["keeping_all_is_none"] is False
    assert ruling.ruling is Ruling.INCONCLUSIVE


def test_smoke_does_not_fail(checkout):
    assert rule(make(checkout, lecture, "smoke"))[0].ruling is Ruling.INCONCLUSIVE


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("profile", ["laptop", "smoke"])
def test_figures(checkout, true_world, language, profile):
    results = true_world if profile == "laptop" else make(checkout, lecture, profile)
    drawn = dropout.draw(results, language)
    assert set(drawn) == set(results.claim.text["figures"])
    saved = drawn["sweep"].axes[0]
    label = saved.get_legend_handles_labels()[1][0]
    assert label == {"es": "500 imágenes", "en": "500 images"}[language]
    n = 8 if profile == "laptop" else 2
    assert f"{n}×" in {text.get_text() for text in saved.texts}


def test_cells_compose_and_differ_only_in_dropout(checkout):
    from deepclaims.sweep.compose import Composer

    composer = Composer(checkout / "conf")
    claim = claims.load(checkout / "conf", "regularisation/dropout")
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
