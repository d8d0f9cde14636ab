import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.convolution.global_pooling import measure, patients
from deepclaims.claims.convolution.global_pooling.judge import judge
from deepclaims.claims.pattern import draw
from deepclaims.data.aami import DS1, FOLDS
from deepclaims.data.splits import Split
from deepclaims.evidence.family import hardest
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.languages import LANGUAGES

NAME = "convolution/global-pooling"
SHIFTS, FRAMES, LENGTHS = [0, 1, 2], [0, 2, 5], [15, 30, 60]
ERRORS = {"flatten": (0.05, 0.55), "global_max": (0.055, 0.42), "global_average": (0.07, 0.45)}
"""At no shift and at the largest, in a world where the claim is right."""
AREAS = {"flatten": 0.78, "global_max": 0.86, "global_average": 0.80}
BEST = {"digits": 0.06, "segments": 0.015}
ROWS = range(3, 18)
"""Fifteen patients, some easier than others whoever is asked."""


def areas_of(mean, seed, reads):
    rng = np.random.default_rng([seed, 1])
    easy = np.linspace(-0.05, 0.05, len(ROWS))
    rows = [
        (row, mean + easy[k] + 0.01 * rng.normal() if tenths == 30 or reads else np.nan,
         mean + easy[k], tenths)
        for tenths in LENGTHS
        for k, row in enumerate(ROWS)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["record", "area", "fitted", "tenths"])


@pytest.fixture
def world(imagined):
    def make(profile="laptop", errors=(), areas=(), sizes=(), lengths=3, framed=0.3, best=()):
        by_head, area = {**ERRORS, **dict(errors)}, {**AREAS, **dict(areas)}
        size, chosen = {**dict.fromkeys(ERRORS, 2600.0), **dict(sizes)}, {**BEST, **dict(best)}

        def outcome(part, arm, axes, seed):
            head = axes["head"]
            luck = 0.004 * np.random.default_rng([seed, len(head)]).standard_normal()
            loss = 0.1 + 0.05 * abs(np.log(axes["rate"] / chosen[part.name]))
            metrics = {"n_parameters": size[head]}
            flat = head == "flatten"
            if part.name == "digits":
                first, last = by_head[head]
                values = [first + luck / 2, (first + last) / 2 + luck, last + luck]
                frames = [first, *[np.nan if flat else framed + luck] * 2]
                metrics |= {"accepted": 1.0 if flat else 3.0, "validation_error": loss}
                curves = {
                    "shift_error": Curve(SHIFTS, values),
                    "frame_error": Curve(FRAMES, frames),
                }
                return Outcome(metrics, curves)
            metrics |= {"accepted": 1.0 if flat else float(lengths), "validation_loss": loss}
            return Outcome(metrics, {}, {"areas": areas_of(area[head] + luck, seed, not flat)})

        return imagined(NAME, outcome, profile)

    return make


def test_where_it_wins_off_centre_it_is_supported(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    ("changed", "refuted"),
    [
        ({"errors": {"global_max": (0.055, 0.65)}}, "L1.s58.1"),
        ({"errors": {"global_average": (0.07, 0.65)}}, "L1.s58.1"),
        ({"lengths": 2}, "L1.s58.2"),
        ({"framed": 0.7}, "L1.s58.2"),
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


def test_a_rate_at_the_end_of_its_grid_decides_nothing(world, ruling):
    assert ruling(world(best={"digits": 1.0})) == "inconclusive"


def test_few_seeds_do_not_crash(world):
    assert judge(world("smoke"))["max_on_ecg"].value == pytest.approx(0.08, abs=0.02)


def test_the_ecg_is_measured_over_patients_and_decides_nothing(world, ruling):
    better, worse = judge(world()), judge(world(areas={"global_max": 0.70}))
    assert better["max_on_ecg"].n == len(ROWS)
    assert better["max_on_ecg"].satisfies("above", 0.0) is True
    assert worse["max_on_ecg"].satisfies("above", 0.0) is False
    assert ruling(world(areas={"global_max": 0.70})) == "supported"


def test_the_shorter_and_the_longer_stretches_must_both_be_told(world):
    found = judge(world())["other_lengths_work"]
    assert len(found) == 2
    assert hardest(found, "above", 0.7).satisfies("above", 0.7) is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_drawn(world, language):
    results = world()
    for name in results.claim.text["figures"]:
        made = draw(results, name, language).figure
        assert all(axes.has_data() for axes in made.axes), name


class Mean(torch.nn.Module):
    """Says yes the more, the higher the mean; reads stretches of one length."""

    def __init__(self, length):
        super().__init__()
        self.length = length

    def forward(self, x):
        if x.shape[-1] != self.length:
            raise RuntimeError("another length")
        mean = x.mean((1, 2))
        return torch.stack([torch.zeros_like(mean), mean], dim=1)


def test_pieces_are_scored_one_by_one_and_the_highest_counts():
    x = torch.tensor([[[0.0] * 4 + [8.0] * 4], [[2.0] * 4 + [-8.0] * 4]])
    found = patients.fitted_score(Mean(4), x, 4)
    assert found == pytest.approx(torch.tensor([8.0, 2.0]).sigmoid().numpy(), rel=1e-6)
    short = patients.fitted_score(Mean(4), x[..., 4:6], 4)
    assert short == pytest.approx(torch.tensor([4.0, -4.0]).sigmoid().numpy(), rel=1e-6)


def test_areas_are_within_a_patient_and_of_those_with_enough_of_both_kinds():
    """Patient 1 is told without a fault, though all his scores are below all of patient 2's."""
    n = patients.FEWEST
    true = torch.tensor([0] * n + [1] * n + [0] * n + [1] * n + [0] * 30 + [1] * (n - 1))
    level = torch.cat([torch.arange(2.0 * n) - 100, 100 - torch.arange(2.0 * n), torch.zeros(39)])
    owner = torch.tensor([1] * (2 * n) + [2] * (2 * n) + [3] * 39)
    x = (level / 50)[:, None, None].repeat(1, 1, 180)
    found = patients.areas(Mean(180), Split((x,), true, owner), 3.0)
    assert found["record"].tolist() == [1, 2]
    assert found["area"].tolist() == [1.0, 0.0]
    longer = patients.areas(Mean(180), Split((x.repeat(1, 1, 2),), true, owner), 3.0)
    assert longer["area"].isna().all()
    assert longer["fitted"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("shut", [False, True])
def test_nobody_is_tested_on_who_was_learnt_from(shut):
    tested = []
    for fold in range(len(FOLDS)):
        known, held_out, test = patients.divided(FOLDS, fold, locked=shut)
        parts = [set(known), set(held_out), set(test)]
        assert sum(map(len, parts)) == len(set.union(*parts))
        assert not set(FOLDS[fold]) & set(known)
        assert (not set(FOLDS[fold]) & set(test)) == shut
        tested += test
    assert len(tested) == len(set(tested))
    assert shut or sorted(tested) == sorted(DS1)


def test_the_task_itself_on_the_stand_in(checkout, monkeypatch, stand_in_data):
    from deepclaims.claims.claim import load

    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(stand_in_data.parent))
    part = load(checkout / "conf", NAME, "smoke").part("segments")
    config = {**part.params, "head": "global_max", "rate": 0.015, "folds": [0]}
    found = [measure.segments(config, 3) for _ in range(2)]
    table = found[0].tables["areas"]
    assert sorted(table["tenths"].unique()) == LENGTHS
    assert found[0].metrics["accepted"] == 3
    assert table["area"].between(0, 1).all()
    pd.testing.assert_frame_equal(table, found[1].tables["areas"])
