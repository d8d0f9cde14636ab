from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.convolution.global_pooling import measure
from deepclaims.claims.convolution.global_pooling.judge import judge
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "convolution/global-pooling"
SHIFTS, LENGTHS = [0, 1, 2], [15, 30, 60]
ERRORS = {"flatten": (0.05, 0.55), "global_max": (0.055, 0.42), "global_average": (0.07, 0.45)}
"""At no shift and at the largest, in a world where the claim is right."""
AREAS = {"flatten": 0.88, "global_max": 0.93, "global_average": 0.90}


def paired(share, seed):
    """The pairs of seven patients, some easier than others whoever is asked."""
    names, rng = [str(100 + k) for k in range(7)], np.random.default_rng([seed, 1])
    easy = np.linspace(-0.03, 0.03, 7)
    rows = [
        (one, other, 400 * (share + easy[i] / 2 + easy[j] / 2 + 0.002 * rng.normal()), 400)
        for i, one in enumerate(names)
        for j, other in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=["positive", "negative", "ordered", "pairs"])


@pytest.fixture
def world(imagined):
    def make(profile="laptop", errors=(), areas=(), sizes=(), lengths=3, other=0.92):
        by_head, area = {**ERRORS, **dict(errors)}, {**AREAS, **dict(areas)}
        size = {**dict.fromkeys(ERRORS, 2600.0), **dict(sizes)}

        def outcome(part, arm, axes, seed):
            head = axes["head"]
            luck = 0.004 * np.random.default_rng([seed, len(head)]).standard_normal()
            metrics = {"n_parameters": size[head]}
            if part.name == "digits":
                first, last = by_head[head]
                values = [first + luck / 2, (first + last) / 2 + luck, last + luck]
                metrics |= {"accepted": 1.0 if head == "flatten" else 3.0}
                return Outcome(metrics, {"shift_error": Curve(SHIFTS, values)})
            own = area[head] + luck
            fitted = Curve(LENGTHS, [own - 0.02, own, own - 0.01])
            whole = [np.nan, own, np.nan] if head == "flatten" else [other, own, other + luck]
            metrics |= {"accepted": 1.0 if head == "flatten" else float(lengths)}
            patients = pd.DataFrame({"record": ["106", "208"], "auc": [own, own - 0.1]})
            pairs = [
                paired(share, seed).assign(tenths=tenths)
                for tenths, share in zip(LENGTHS, whole, strict=True)
                if np.isfinite(share)
            ]
            return Outcome(
                metrics,
                {"auc": Curve(LENGTHS, whole), "fitted_auc": fitted},
                {"patients": patients, "pairs": pd.concat(pairs, ignore_index=True)},
            )

        return imagined(NAME, outcome, profile)

    return make


def test_where_it_wins_off_centre_and_on_ecg_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    ("changed", "refuted"),
    [
        ({"errors": {"global_max": (0.055, 0.65)}}, "L1.s58.1"),
        ({"areas": {"global_max": 0.80}}, "L1.s58.1"),
        ({"lengths": 2}, "L1.s58.2"),
        ({"other": 0.6}, "L1.s58.2"),
    ],
)
def test_where_it_does_not_that_sentence_is_refuted(world, ruling, rulings, changed, refuted):
    results = world(**changed)
    found = rulings(results)
    assert found.pop(refuted) == "refuted" == ruling(results)
    assert set(found.values()) == {"supported"}


@pytest.mark.parametrize(
    "changed",
    [
        {"errors": {"global_average": (0.03, 0.45)}},  # wins even where the place is known
        {"sizes": {"flatten": 9000.0}},
    ],
)
def test_without_its_controls_nothing_is_better(world, rulings, changed):
    assert rulings(world(**changed)) == {"L1.s58.1": "inconclusive", "L1.s58.2": "supported"}


def test_few_seeds_do_not_crash(world, ruling):
    assert ruling(world("smoke")) == "inconclusive"


def test_an_advantage_in_one_patient_alone_is_left_open(imagined, world):
    """Every seed shows it, six of seven patients do not."""
    results = world(areas={"global_max": AREAS["flatten"]})
    table = results.tables["pairs"].copy()
    better = (table["head"] == "global_max") & (table["positive"] == "103")
    table.loc[better, "ordered"] += 60.0
    changed = replace(results, tables={**results.tables, "pairs": table})
    estimate = judge(changed)["better_on_ecg"]
    assert estimate.value > 0.01
    assert estimate.satisfies("above", 0.0) is None


def test_pieces_are_scored_one_by_one_and_the_highest_counts():
    class Mean(torch.nn.Module):
        def forward(self, x):
            assert x.shape[1:] == (1, 4)
            mean = x.mean((1, 2))
            return torch.stack([torch.zeros_like(mean), mean], dim=1)

    x = torch.tensor([[[0.0] * 4 + [8.0] * 4], [[2.0] * 4 + [-8.0] * 4]])
    found = measure.fitted_score(Mean(), x, 4)
    assert found == pytest.approx(torch.tensor([8.0, 2.0]).sigmoid().numpy(), rel=1e-6)
    short = measure.fitted_score(Mean(), x[..., 4:6], 4)
    assert short == pytest.approx(torch.tensor([4.0, -4.0]).sigmoid().numpy(), rel=1e-6)
