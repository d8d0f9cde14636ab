import functools

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from deepclaims.claims.regularisation.data_augmentation import judge as judging
from deepclaims.claims.regularisation.data_augmentation import measure
from deepclaims.claims.regularisation.data_augmentation.correlation import (
    Groups,
    effective,
    gradient_products,
)
from deepclaims.claims.regularisation.data_augmentation.grown import (
    change_of,
    distinct,
    grown,
    size_of,
)
from deepclaims.data.splits import Split
from deepclaims.evidence.check import findings
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.interface import Interface
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.unit_noise import UnitNoise

NAME = "regularisation/data-augmentation"
LAW = {"name": "distort", "pixels": 1.0, "degrees": 10.0, "elastic": 0.5}


def random():
    return torch.Generator().manual_seed(0)


def test_copies_are_added_with_their_labels():
    split = Split((torch.rand(5, 1, 6, 6, generator=random()),), torch.arange(5))
    more = grown(split, change_of("informed", LAW, random()), 3)
    assert len(more) == 20
    assert torch.equal(more.inputs[0][:5], split.inputs[0])
    assert more.targets.tolist() == 4 * list(range(5))
    assert distinct(more.inputs[0]) == 20
    repeated = grown(split, change_of("none", LAW, random()), 3)
    assert distinct(repeated.inputs[0]) == 5
    alone = grown(split, change_of("informed", LAW, random()), 3, originals=False)
    assert len(alone) == 15


def test_noise_is_of_the_size_that_is_asked_for():
    x = torch.rand(200, 1, 10, 10, generator=random())
    assert size_of(change_of("noise", LAW, random(), 0.3), x) == pytest.approx(0.3, rel=0.02)
    assert size_of(change_of("none", LAW, random()), x) == 0


def test_upside_down_is_a_half_turn():
    still = {"name": "distort", "pixels": 0.0, "degrees": 0.0, "elastic": 0.0}
    x = torch.rand(2, 1, 4, 4, generator=random())
    turned = change_of("half_turn", still, random())(x)
    assert torch.allclose(turned, torch.rot90(x, 2, (2, 3)), atol=1e-6)


@pytest.fixture(scope="module")
def net():
    net = perceptron(Interface(((1, 3, 3),), 4), UnitNoise(), depth=2, width=7).double()
    for p in net.parameters():
        p.data.normal_(generator=random())
    return net


def test_products_are_those_of_the_gradients_that_autograd_gives(net):
    g = random()
    x = torch.rand(6, 1, 3, 3, generator=g, dtype=torch.float64)
    y = torch.randint(0, 4, (6,), generator=g)
    rows = []
    for one, label in zip(x, y, strict=True):
        loss = F.cross_entropy(net(one[None]), label[None])
        rows.append(torch.cat([g.flatten() for g in torch.autograd.grad(loss, net.parameters())]))
    stacked = torch.stack(rows)
    assert torch.allclose(gradient_products(net, x, y), stacked @ stacked.T, rtol=1e-10)


def vectors(rho, groups=400, m=6, d=20):
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=(groups, 1, d)), rng.normal(size=(groups, m, d))
    found = (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own).reshape(-1, d)
    return torch.from_numpy(found)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_the_correlation_is_the_one_that_was_drawn(rho):
    v = vectors(rho)
    groups = Groups(v @ v.T, 6)
    assert groups.correlation() == pytest.approx(rho, abs=0.02)
    assert groups.spread_of_mean(3) == pytest.approx(rho + (1 - rho) / 3, abs=0.03)


def test_the_correlation_is_that_of_an_analysis_of_variance():
    from scipy.stats import f_oneway

    v = vectors(0.4, groups=12, m=5, d=1)
    F_ratio = f_oneway(*v.view(12, 5).numpy()).statistic
    assert Groups(v @ v.T, 5).correlation() == pytest.approx((F_ratio - 1) / (F_ratio + 4))


def test_what_correlated_samples_are_worth():
    assert effective(8, 0.0) == 8
    assert effective(8, 1.0) == 1


def test_injected_noise_has_the_gradient_of_noisy_copies():
    config = {"samples": 9, "inputs": 4, "width": 5, "classes": 3, "draws": 6, "noise": 0.5}
    found = measure.injection(config, 3).metrics
    assert found["relative_error"] < 1e-14
    assert found["without_noise"] > 0.05


ERRORS = {"plain": 13.5, "informed": 9.5, "noisy": 12.0, "replaced": 18.0, "all_replaced": 9.8,
          "upside_down": 30.0, "repeated": 13.5}  # fmt: skip
RISES = {"plain": (35.0, 10.0), "informed": (15.0, 16.0), "noisy": (34.0, 8.0)}
CORRELATIONS = {"informed": 0.35, "noise": 0.4, "class": 0.1, "others": 0.0}


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """What is said of ECG decides nothing here: 99 resamples of its patients do."""
    few = functools.partial(judging.error_contrast, draws=99)
    monkeypatch.setattr(judging, "error_contrast", few)


@pytest.fixture
def world(imagined):
    def make(changed=(), correlations=CORRELATIONS, growth=16.0, rises=RISES):
        rng = np.random.default_rng(0)
        errors = {**ERRORS, **dict(changed)}

        def outcome(part, arm, axes, seed):
            if part.name == "injection":
                return Outcome({"relative_error": 1e-16, "without_noise": 0.2})
            if part.name == "dependence":
                found = {kind: rho + 0.01 * rng.normal() for kind, rho in correlations.items()}
                return Outcome(
                    {f"correlation_{kind}": rho for kind, rho in found.items()},
                    {f"spread_{kind}": Curve([1, 2], [1.0, 0.6]) for kind in found},
                )
            made = axes["made"]
            many = 1.0 if made in ("plain", "replaced", "repeated") else growth
            if part.name == "ecg":
                return Outcome({"growth": growth}, {}, {"answers": answered(made, rng)})
            n = axes.get("n_train", 500)
            tuning = abs(np.log2(axes["lr"] / 0.008)) if "lr" in axes else 0.0
            tuning += abs(np.log2(axes.get("strength", 0.8) / 0.8))
            error = errors[made] - 3.0 * (n >= 1000) + tuning + 0.2 * rng.normal()
            up = rises.get(made, rises["plain"])
            return Outcome(
                {
                    "train_error": 0.0,
                    "growth": many,
                    **{f"{name}_error": error / 100 for name in ("validation", "test")},
                    "informed_error": (error + up[0] + 0.3 * rng.normal()) / 100,
                    "noise_error": (error + up[1] + 0.3 * rng.normal()) / 100,
                }
            )

        return imagined(NAME, outcome)

    return make


def answered(made, rng):
    """Tables of seven patients, whose errors the copies lower, on altered records the most."""
    rows = []
    for seen, wrong in (("test", 300), ("informed", 400)):
        for record in range(7):
            saved = 160 if seen == "informed" else 80
            k = wrong - saved * (made == "informed") + int(5 * rng.normal())
            rows += [(str(record), 1, 0, seen, k), (str(record), 1, 1, seen, 1000 - k)]
    return pd.DataFrame(rows, columns=["record", "true", "predicted", "seen", "count"])


def test_supported_where_the_lecture_is_right(world, ruling):
    results = world()
    assert ruling(results) == "supported"
    found = findings(results.claim.checks, judging.judge(results))
    assert [each.check.name for each in found if not each.outcome] == ["robust_to_the_other"]


def test_refuted_where_copies_cost(world, rulings):
    found = rulings(world({"informed": 15.0}))
    assert found["L1.s38.5"] == found["L1.s41.3"] == "refuted"
    assert found["L1.s41.1"] == "supported"


def test_not_powerful_where_noise_does_as_well(world, rulings):
    assert rulings(world({"noisy": 8.0}))["L1.s41.3"] == "refuted"


def test_not_powerful_where_twice_the_images_do_more(world, rulings):
    assert rulings(world({"informed": 11.5}))["L1.s41.3"] == "refuted"


def test_refuted_where_replacing_does_as_well(world, rulings):
    assert rulings(world({"replaced": 8.0}))["L1.s41.2"] == "refuted"


def test_refuted_where_nothing_gets_more_robust(world, rulings):
    rises = {**RISES, "noisy": (34.0, 12.0)}
    assert rulings(world(rises=rises))["L1.s41.6"] == "refuted"


def test_refuted_where_copies_are_independent(world, rulings):
    found = rulings(world(correlations={**CORRELATIONS, "noise": 0.02}))
    assert found["L1.s41.7"] == "refuted"


def test_nothing_is_lost_where_independent_images_correlate_too(world, rulings):
    found = rulings(world(correlations={**CORRELATIONS, "others": 0.3}))
    assert found["L1.s41.7"] == "inconclusive"


def test_refuted_where_copies_coincide(world, rulings):
    assert rulings(world(growth=12.0))["L1.s41.5"] == "refuted"


def test_nothing_is_decided_where_broken_labels_help(world, rulings):
    assert set(rulings(world({"upside_down": 11.0})).values()) == {"inconclusive"}
