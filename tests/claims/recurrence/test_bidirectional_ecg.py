import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.claim import load
from deepclaims.claims.pattern import draw
from deepclaims.claims.recurrence.bidirectional_ecg import figures, judge, measure
from deepclaims.claims.recurrence.bidirectional_ecg.forecaster import Forecaster
from deepclaims.claims.recurrence.bidirectional_ecg.judge import (
    ARMS,
    confusions,
    patient_gain,
    patient_scores,
)
from deepclaims.claims.results import Results
from deepclaims.data.aami import DS1, DS2, TWICE, TWIN
from deepclaims.data.rr_intervals import runs
from deepclaims.evidence import class_scores
from deepclaims.evidence.family import OneQuantity, least_decided
from deepclaims.evidence.statistics import exact, mean_interval
from deepclaims.languages import LANGUAGES
from deepclaims.report import beat_classes

NAME = "recurrence/bidirectional-ecg"
BEATS = {0: 400, 1: 40, 2: 60, 3: 10}  # of each class in every record of the made world
SEEDS = range(1000, 1006)
EVERYBODY = (*DS1, *DS2)


def beats(hit, seeds=SEEDS):
    """Confusion table in which `hit(arm, record)` is the share of S and V that is recognised.

    Some seeds are better than others, and the S and V that are missed are called N.
    """
    rng = np.random.default_rng(11)
    rows = []
    for arm in ARMS:
        for seed in seeds:
            luck = 0.01 * rng.standard_normal()
            for record in EVERYBODY:
                for true, count in BEATS.items():
                    share = 0.99 if true == 0 else np.clip(hit(arm, record) + luck, 0, 1)
                    right = rng.binomial(count, share) if true < 3 else 0
                    rows.append((arm, seed, record, true, true, right))
                    rows.append((arm, seed, record, true, int(true == 0), count - right))
    table = pd.DataFrame(rows, columns=["arm", "seed", "record", "true", "predicted", "count"])
    protocol = np.where(table["record"].isin(DS2), "inter", "swap")
    constant = {"part": "beats", "data.protocol": protocol, "fit.epochs": 2}
    return table.assign(record=table["record"].astype(str), **constant)


def forecast_table(gain_next=0.0, seeds=SEEDS):
    """Squared errors: R² is 0.2 (+ gain) where asked at the end, 0.95 for bi where it can look."""
    rng = np.random.default_rng(12)
    r2 = {"next": (0.2, 0.2 + gain_next), "every": (0.2, 0.95), "cut": (0.2, 0.05)}
    rows = [
        (asked, direction, seed, record, (1 - level + 0.01 * rng.standard_normal()) * size, size)
        for asked, levels in r2.items()
        for direction, level in zip(("uni", "bi"), levels, strict=True)
        for seed in seeds
        for record, size in zip(DS2, np.linspace(5, 15, len(DS2)), strict=True)
    ]
    columns = ["asked", "direction", "seed", "record", "error", "deviation"]
    return pd.DataFrame(rows, columns=columns).assign(part="forecast")


@pytest.fixture
def world(checkout, monkeypatch):
    """`world(hit, …)`: results in which the nets recognise what `hit` says."""
    claim = load(checkout / "conf", NAME)
    monkeypatch.setattr(class_scores, "DRAWS", 999)
    monkeypatch.setattr(judge, "DRAWS", 19_999)
    monkeypatch.setattr(judge, "FEWER", 499)
    for drawing in (beat_classes, figures):
        monkeypatch.setattr(drawing, "DRAWS", 9)

    def make(hit, gain_next=0.0, seeds=SEEDS):
        tables = {"confusion": beats(hit, seeds), "squares": forecast_table(gain_next, seeds)}
        return Results(claim, pd.DataFrame(), tables)

    return make


def better_everywhere(arm, record):
    return 0.8 if arm.endswith("bi") else 0.7


def test_a_gain_in_every_patient_is_supported(world, ruling):
    assert ruling(world(better_everywhere)) == "supported"


def test_a_loss_in_every_patient_is_refuted(world, ruling):
    assert ruling(world(lambda arm, record: 1.5 - better_everywhere(arm, record))) == "refuted"


def test_no_gain_is_left_open(world, ruling):
    assert ruling(world(lambda arm, record: 0.7)) == "inconclusive"


def test_a_gain_that_is_one_patients_is_left_open_though_every_seed_shows_it(world, ruling):
    results = world(lambda arm, record: 0.95 if (arm[-2:], record) == ("bi", 232) else 0.5)
    assert ruling(results) == "inconclusive"
    both = [confusions(results, f"lstm_{d}") for d in ("bi", "uni")]
    whole = patient_gain(*both)
    others = patient_gain(*(each.without({232}) for each in both))
    assert whole.satisfies("above", 0.0) is None
    assert whole.value > abs(others.value)


def test_a_patients_score_is_the_mean_of_the_classes_that_he_has():
    counts = np.zeros((1, 2, 4, 4))
    counts[0, :, 0, 0], counts[0, :, 0, 1] = 90, 10  # N: 90 %
    counts[0, 0, 2, 2], counts[0, 0, 2, 0] = 3, 3  # V: 50 % of six
    counts[0, 1, 2, 0] = 4  # too few to count
    counts[0, :, 3, 0] = 50  # F does not count
    beats = class_scores.Confusions(counts, (0,), (100, 103))
    np.testing.assert_allclose(patient_scores(beats), [[0.7, 0.9]])


def test_every_patient_counts_once_and_the_person_in_both_halves_not_at_all(world):
    counted = confusions(world(better_everywhere), "rnn_bi").records
    assert sorted(counted) == sorted(set(EVERYBODY) - {TWICE, TWIN})
    assert len(counted) == 42


def test_a_gain_of_one_kind_of_net_alone_is_not_enough(world, ruling):
    results = world(lambda arm, record: 0.85 if arm == "rnn_bi" else 0.7)
    assert ruling(results) == "inconclusive"


def test_nets_that_call_everything_normal_decide_nothing(world, ruling):
    results = world(lambda arm, record: 0.0 if arm == "rnn_uni" else better_everywhere(arm, record))
    assert ruling(results) == "inconclusive"


def test_a_gain_in_forecasting_spoils_the_control(world, ruling):
    assert ruling(world(better_everywhere, gain_next=0.1)) == "inconclusive"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_drawn(world, language):
    results = world(better_everywhere)
    for name in results.claim.text["figures"]:
        made = draw(results, name, language).figure
        assert all(axes.has_data() for axes in made.axes), name


def test_one_seed_does_not_crash_it(world):
    estimates = judge.judge(world(better_everywhere, seeds=SEEDS[:1]))
    assert estimates["rnn_gain"].value == pytest.approx(0.067, abs=0.01)


def test_the_least_decided_interval_counts():
    sure, open_, wrong = exact(1.0), mean_interval([-1.0, 1.0, 0.5]), exact(-1.0)
    assert least_decided(OneQuantity([sure, open_]), "above", 0.0) is open_
    assert least_decided(OneQuantity([open_, wrong]), "above", 0.0) is open_
    assert least_decided(OneQuantity([sure, exact(2.0)]), "above", 0.0).satisfies("above", 0.0)


def test_arms_of_different_patients_are_not_compared(world):
    results = world(better_everywhere)
    first = confusions(results, "rnn_bi")
    with pytest.raises(Exception, match="differ in their seeds or records"):
        patient_gain(first, first.without({232}))


def test_the_forecasting_task_on_two_patients(monkeypatch, tmp_path):
    """A tiny run of the task itself: two patients in either set, a few steps."""
    rng = np.random.default_rng(2)
    numbers = {"DS1": (101, 106), "DS2": (100, 103)}
    for name, members in numbers.items():
        monkeypatch.setattr(measure, name, members)
    everybody = sorted(sum(numbers.values(), ()))
    arrays = {
        "records": np.array(everybody),
        "beat_record": np.repeat(np.arange(4), 80),
        "beat_sample": np.cumsum(rng.integers(80, 120, 320)),
    }
    folder = tmp_path / "data" / "prepared" / "ecg"
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(tmp_path))
    config = {"widths": {"uni": 3, "bi": 2}, "length": 8, "steps": 3, "batch": 4, "lr": 0.01}
    for question, asked in (("next", ["next"]), ("every", ["every", "cut"])):
        outcomes = [
            measure.forecast({**config, "question": question, "direction": "bi"}, 5)
            for _ in range(2)
        ]
        table = outcomes[0].tables["squares"]
        assert table["asked"].unique().tolist() == asked
        assert set(table["record"]) == {100, 103}
        pd.testing.assert_frame_equal(table, outcomes[1].tables["squares"])


@pytest.mark.parametrize("direction", ["uni", "bi"])
def test_both_directions_have_about_the_same_parameters(checkout, direction):
    claim = load(checkout / "conf", NAME)
    params = next(part.params for part in claim.parts if part.name == "forecast")
    data = runs({1: np.random.default_rng(0).uniform(0.7, 0.9, 60)}, 8, 8)
    config = {**params, "question": "next", "direction": direction, "steps": 1}
    sizes = Forecaster.train(config, 0, data).parameters
    assert sizes == pytest.approx(4630, rel=0.01)


@pytest.fixture(scope="module")
def configs(checkout, composer):
    """The composed config of each arm of the beats."""

    part = next(part for part in load(checkout / "conf", NAME).parts if part.name == "beats")
    return {
        arm: composer.cell([*part.base, *part.arms[arm]], axes)
        for arm, axes in part.points()
        if axes["data.protocol"] == "inter"
    }


def test_every_arm_of_the_beats_has_about_the_same_parameters(configs):
    from deepclaims.nn.interface import Interface
    from deepclaims.nn.models import build_model
    from deepclaims.nn.unit_noise import UnitNoise

    random, sizes = torch.Generator().manual_seed(0), []
    for config in configs.values():
        length = config["data"]["sequence_length"]
        beats = Interface(((length, 2, 36), (length, 7)), 4, per_step=True)
        net = build_model(config["model"], config["init"], beats, UnitNoise(), random)
        sizes.append(sum(p.numel() for p in net.parameters()))
    assert max(sizes) / min(sizes) < 1.01
    assert (min(sizes), max(sizes)) == (26_675, 26_940)  # as the notes of the claim say


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_both_directions_are_trained_alike(configs, cell):
    both = [configs[f"{cell}_{direction}"] for direction in ("uni", "bi")]
    assert [config["model"]["bidirectional"] for config in both] == [False, True]
    same = [{k: v for k, v in config.items() if k != "model"} for config in both]
    assert same[0] == same[1]
    assert same[0]["data"]["name"] == "ecg_past"
