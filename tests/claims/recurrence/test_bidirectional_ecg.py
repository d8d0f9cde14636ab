from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.claim import load
from deepclaims.claims.pattern import draw
from deepclaims.claims.recurrence.bidirectional_ecg import figures, judge, measure
from deepclaims.claims.recurrence.bidirectional_ecg.forecaster import Forecaster
from deepclaims.claims.recurrence.bidirectional_ecg.judge import ARMS, confusions, gain
from deepclaims.claims.results import Results
from deepclaims.data.aami import DS2
from deepclaims.data.rr_intervals import runs
from deepclaims.evidence import class_scores
from deepclaims.evidence.family import OneQuantity, least_decided
from deepclaims.evidence.statistics import exact, mean_interval
from deepclaims.languages import LANGUAGES
from deepclaims.report import beat_classes

NAME = "recurrence/bidirectional-ecg"
BEATS = {0: 400, 1: 40, 2: 60, 3: 10}  # of each class in every record of the made world
SEEDS = range(1000, 1005)


def beats(hit, seeds=SEEDS):
    """Confusion table in which `hit(arm, record)` is the share of S and V that is recognised.

    Some seeds are better than others, and the S and V that are missed are called N.
    """
    rng = np.random.default_rng(11)
    rows = []
    for arm in ARMS:
        for seed in seeds:
            luck = 0.01 * rng.standard_normal()
            for record in DS2:
                for true, count in BEATS.items():
                    share = 0.99 if true == 0 else np.clip(hit(arm, record) + luck, 0, 1)
                    right = rng.binomial(count, share) if true < 3 else 0
                    rows.append((arm, seed, record, true, true, right))
                    rows.append((arm, seed, record, true, int(true == 0), count - right))
    table = pd.DataFrame(rows, columns=["arm", "seed", "record", "true", "predicted", "count"])
    constant = {"part": "beats", "data.features": "causal", "fit.epochs": 6}
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
    monkeypatch.setattr(class_scores, "DRAWS", 1499)
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
    seeds, patients = gain(confusions(results, "lstm_bi"), confusions(results, "lstm_uni"))
    assert seeds.satisfies("above", 0.0) is True
    assert patients.satisfies("above", 0.0) is None
    left = [confusions(results, f"lstm_{d}").without({232}) for d in ("bi", "uni")]
    assert abs(gain(*left)[0].value) < seeds.value / 3


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


def test_two_seeds_do_not_crash_it(world):
    estimates = judge.judge(world(better_everywhere, seeds=SEEDS[:1]))
    assert least_decided(estimates["rnn_gain"], "above", 0.0).satisfies("above", 0.0) is None


def test_the_least_decided_interval_counts():
    sure, open_, wrong = exact(1.0), mean_interval([-1.0, 1.0, 0.5]), exact(-1.0)
    assert least_decided(OneQuantity([sure, open_]), "above", 0.0) is open_
    assert least_decided(OneQuantity([open_, wrong]), "above", 0.0) is open_
    assert least_decided(OneQuantity([sure, exact(2.0)]), "above", 0.0).satisfies("above", 0.0)


def test_arms_of_different_patients_are_not_compared(world):
    results = world(better_everywhere)
    first = confusions(results, "rnn_bi")
    with pytest.raises(Exception, match="differ in their seeds or records"):
        gain(first, first.without({232}))


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
def configs(checkout):
    """The composed config of each arm of the beats."""
    from deepclaims.sweep.compose import Composer

    part = next(part for part in load(checkout / "conf", NAME).parts if part.name == "beats")
    composer = Composer(checkout / "conf")
    return {arm: composer.cell([*part.base, *part.arms[arm]], axes) for arm, axes in part.points()}


def test_every_arm_of_the_beats_has_about_the_same_parameters(configs):
    from deepclaims.nn.interface import Interface
    from deepclaims.nn.models import build_model
    from deepclaims.nn.unit_noise import UnitNoise

    random, sizes = torch.Generator().manual_seed(0), []
    for config in configs.values():
        length = config["data"]["sequence_length"]
        beats = Interface(((length, 2, 108), (length, 9)), 4, per_step=True)
        net = build_model(config["model"], config["init"], beats, UnitNoise(), random)
        sizes.append(sum(p.numel() for p in net.parameters()))
    assert max(sizes) / min(sizes) < 1.01
    assert (min(sizes), max(sizes)) == (29_603, 29_868)  # as the notes of the claim say


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_both_directions_are_trained_alike(configs, cell):
    both = [configs[f"{cell}_{direction}"] for direction in ("uni", "bi")]
    assert [config["model"]["bidirectional"] for config in both] == [False, True]
    same = [{k: v for k, v in config.items() if k != "model"} for config in both]
    assert same[0] == same[1]
    assert same[0]["data"]["features"] == "causal"


def test_only_the_first_features_and_epochs_are_judged(world):
    results = world(better_everywhere)
    other = results.tables["confusion"].assign(**{"data.features": "offline"})
    both = pd.concat([results.tables["confusion"], other], ignore_index=True)
    twice = replace(results, tables={**results.tables, "confusion": both})
    once = confusions(results, "rnn_bi").counts
    np.testing.assert_array_equal(confusions(twice, "rnn_bi").counts, once)
