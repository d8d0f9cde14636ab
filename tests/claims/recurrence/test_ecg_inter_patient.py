import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.claim import load
from deepclaims.claims.pattern import draw
from deepclaims.claims.recurrence.ecg_inter_patient import figures, judge, measure, operating
from deepclaims.claims.recurrence.ecg_inter_patient.figures import class_weights
from deepclaims.claims.recurrence.ecg_inter_patient.judge import ensemble
from deepclaims.claims.recurrence.ecg_inter_patient.strips import told_strips, typical
from deepclaims.claims.results import Results
from deepclaims.data.aami import DOMINANT, DS1, DS2, FOLDS
from deepclaims.data.ecg_strips import KEPT, REACH, strip_tables, tapes
from deepclaims.evidence import class_scores
from deepclaims.evidence.beat_ensemble import LENGTH, Ensemble
from deepclaims.evidence.class_scores import CLASSES, of_class, resampled, sensitivity
from deepclaims.languages import LANGUAGES
from deepclaims.report import beat_classes
from deepclaims.report.beat_classes import DE_CHAZAL

NAME = "recurrence/ecg-inter-patient"
BEATS = {0: 120, 1: 20, 2: 40, 3: 4}  # of each class in every record of the made world,
DOMINANT_S = 1200  # but S in record 232, which has most of them
SURE = 0.8


def beats(hit, records, seed, only=None):
    """Probabilities in which a beat of class c is given right with probability `hit(c, record)`.

    What is missed is called N, and missed N are called S. `only` keeps the odd pieces of a record
    and numbers them anew, as a test on half of each record does.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for k, record in enumerate(records):
        counts = {**BEATS, 1: DOMINANT_S if record == DOMINANT else BEATS[1]}
        true = np.random.default_rng(record).permutation(np.repeat([*counts], [*counts.values()]))
        right = rng.random(len(true)) < [hit(int(c), record) for c in true]
        told = np.where(right, true, np.where(true == 0, 1, 0))
        p = np.full((len(true), 4), (1 - SURE) / 3)
        p[np.arange(len(true)), told] = SURE
        place = np.arange(len(true))
        piece, within, pieces = place // LENGTH, place % LENGTH, -(-len(true) // LENGTH)
        kept = np.full(len(true), True)
        if only == "odd":
            kept, piece, pieces = piece % 2 == 1, piece // 2, pieces // 2
        frame = pd.DataFrame(p, columns=[f"p_{c}" for c in range(4)])
        frame = frame.assign(true=true, sample=(k * pieces + piece) * LENGTH + within)
        rows.append(frame[kept].assign(record=str(record), told=told[kept]))
    return pd.concat(rows, ignore_index=True)


def confusion(table):
    keys = ["part", "arm", "seed", "record", "true"]
    counts = table.groupby([*keys, "told"], as_index=False).size()
    return counts.rename(columns={"told": "predicted", "size": "count"})


def nothing(true, record):
    """Guessed: hardly ever anything but N. (Of nothing but N in 22 patients nothing is shown.)"""
    return 0.995 if true == 0 else 0.005


@pytest.fixture(scope="module")
def tape_tables(stand_in_data):
    return strip_tables(list(tapes(stand_in_data / "prepared" / "ecg", DS2)))


@pytest.fixture
def world(checkout, monkeypatch, tape_tables):
    """`world(hit, leak=…, shuffled=…)`: results in which the nets recognise what `hit` says.

    The nets of an ensemble err alike unless told otherwise: their mean is then no better than one.
    """
    claim = load(checkout / "conf", NAME)
    monkeypatch.setattr(class_scores, "DRAWS", 999)
    for drawing in (beat_classes, figures):
        monkeypatch.setattr(drawing, "DRAWS", 9)

    def make(hit, leak=lambda true, record: 0.99, shuffled=nothing, seeds=2, alike=True):
        tables = [
            beats(hit, DS2, 0 if alike else seed).assign(part="ds2", arm="", seed=seed)
            for seed in claim.part("ds2").seeds[:seeds]
        ]
        made = {"arm": "", "seed": claim.part("ds2").seeds[0]}
        tables.append(beats(hit, DS1, 90).assign(part="swap", **made))
        tables.append(beats(leak, DS2, 91, only="odd").assign(part="intra", **made))
        tables.append(beats(shuffled, DS2, 92).assign(part="shuffled", **made))
        tables.append(beats(hit, DS1, 93).assign(part="folds", **{**made, "arm": "recipe"}))
        together = pd.concat(tables, ignore_index=True)
        made = {"probabilities": together, "confusion": confusion(together), **tape_tables}
        return Results(claim, pd.DataFrame(), made)

    return make


def good(true, record):
    return {0: 0.98, 1: 0.85, 2: 0.97, 3: 0.1}[true]


def test_a_net_that_knows_beats_of_every_class_in_everybody_is_supported(world, ruling):
    assert ruling(world(good)) == "supported"


def test_what_is_published_of_the_answers_is_judged_alike_and_has_no_beat(world):
    results = world(only_in_232)
    small = judge.condensed(results)
    assert judge.condensed(small) is small
    answers, points = small.tables[judge.ANSWERS], small.tables[judge.OPERATING]
    assert set(small.tables) == {judge.ANSWERS, judge.OPERATING}
    factors = {"times_S", "times_V"}
    assert set(answers) == {"ensemble", "record", "true", "predicted", "count", *factors}
    assert set(points) == {*factors, "Se_S", "Se_V", "P_S", "P_V"}
    net = ensemble(results, "ds2", judge.point(results))
    of_one = answers[(answers["ensemble"] == "ds2") & (answers["record"] == DOMINANT)]
    missed = ((net.record == DOMINANT) & (net.true == 1) & (net.predicted == 0)).sum()
    found = of_one[(of_one["true"] == 1) & (of_one["predicted"] == 0)]["count"]
    assert found.tolist() == [missed]
    assert judge.judge(small) == judge.judge(results)


def test_a_net_that_misses_half_of_v_is_refuted(world, ruling):
    assert ruling(world(lambda true, record: 0.5 if true == 2 else good(true, record))) == "refuted"


def only_in_232(true, record):
    return good(true, record) if true != 1 else 0.98 if record == DOMINANT else 0.4


def test_s_found_in_one_patient_alone_is_no_support(world, ruling):
    results = world(only_in_232)
    net = ensemble(results, "ds2", {})
    assert ((net.predicted == 1) & (net.true == 1)).sum() / (net.true == 1).sum() > 0.8
    assert ruling(results) == "inconclusive"


def test_sensitivity_of_s_is_of_all_of_ds2_whoever_has_most_of_it(world):
    results = world(only_in_232)
    beats = ensemble(results, "ds2", judge.point(results)).confusions()
    judged = judge.judge(results)
    assert judged["s_sensitivity"] == resampled(of_class(sensitivity, "S"), beats)
    assert judged["s_sensitivity"] == judged["s_target"] == judged["s_farag"]
    assert judged["s_sensitivity"].satisfies("above", 0.759) is None


def test_ectopic_beats_bought_with_normal_ones_are_no_support(world, ruling):
    assert ruling(world(lambda true, record: 0.7 if true == 0 else good(true, record))) == "refuted"


def test_labels_that_teach_though_shuffled_spoil_the_control(world, ruling):
    assert ruling(world(good, shuffled=good)) == "inconclusive"


def test_the_leak_and_the_literature_decide_nothing(world, ruling):
    assert ruling(world(good, leak=good)) == "supported"
    benchmarks = [c for c in world(good).claim.checks.values() if c["role"] == "benchmark"]
    assert len(benchmarks) == 10


def graded(p_s, true):
    """Answers of one patient: the probability of S as given, the rest N's."""
    p = np.zeros((len(true), 4))
    p[:, 1] = p_s
    p[:, 0] = 1 - p[:, 1]
    return Ensemble(np.full(len(true), 101), np.arange(len(true)), np.asarray(true), p)


def test_a_factor_moves_the_border_between_classes():
    net = graded([0.2, 0.3, 0.6], [1, 1, 1])
    assert net.predicted.tolist() == [0, 0, 1]
    assert operating.at(net, {"S": 3.0}).predicted.tolist() == [0, 1, 1]
    assert operating.at(net, {"S": 5.0}).predicted.tolist() == [1, 1, 1]
    assert operating.at(net, {}).p == pytest.approx(net.p)


def test_among_points_on_target_the_most_predictive_is_chosen():
    columns = ["times_S", "times_V", "Se_S", "Se_V", "P_S", "P_V"]
    rows = [
        (1, 1, 0.70, 0.96, 0.9, 0.9),  # most predictive, misses S
        (3, 1, 0.81, 0.94, 0.8, 0.8),  # misses V
        (3, 5, 0.80, 0.95, 0.4, 0.7),
        (6, 5, 0.90, 0.97, 0.3, 0.7),
    ]
    table = pd.DataFrame(rows, columns=columns)
    assert operating.chosen(table) == {"S": 3.0, "V": 5.0}
    # Where none is on target, the one nearest to both.
    assert operating.chosen(table[:2]) == {"S": 3.0, "V": 1.0}


def test_what_the_factors_give_is_counted(world):
    table = operating.tried(graded([0.2, 0.3, 0.6, 0.3], [1, 1, 1, 0]), [1.0, 3.0], [1.0])
    assert table["Se_S"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert table["P_S"].tolist() == pytest.approx([1, 2 / 3])


def test_the_point_is_chosen_without_ds2(world):
    one, other = (judge.point(world(hit)) for hit in (good, good))
    results = world(good)
    table = results.tables["probabilities"]
    spoilt = table.copy()
    spoilt.loc[spoilt["part"] != "folds", ["p_0", "p_1"]] = 0.5
    changed = Results(results.claim, pd.DataFrame(), {**results.tables, "probabilities": spoilt})
    assert judge.point(changed) == one == other


def test_nets_that_call_everything_normal_decide_nothing(world, ruling):
    assert ruling(world(nothing, leak=nothing)) == "inconclusive"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_drawn(world, language):
    results = world(good)
    for name in results.claim.text["figures"]:
        made = draw(results, name, language).figure
        assert all(axes.has_data() for axes in made.axes if axes.axison), name


def test_one_seed_does_not_crash_it(world):
    assert set(judge.judge(world(good, seeds=1))) == set(world(good).claim.checks)


def test_the_ensemble_is_better_than_its_nets(world):
    results = world(lambda true, record: 0.8, seeds=5, alike=False)
    table = results.tables["confusion"]
    first = results.claim.part("ds2").seeds[0]
    one = table[(table["part"] == "ds2") & (table["seed"] == first)]
    alone = one.loc[one["true"] == one["predicted"], "count"].sum() / one["count"].sum()
    net = ensemble(results, "ds2", {})
    # Of five answers, each right with probability 0.8, the majority is right in 94 %.
    assert alone == pytest.approx(0.8, abs=0.03)
    assert (net.predicted == net.true)[net.true == 2].mean() == pytest.approx(0.942, abs=0.03)


def test_the_leak_is_compared_on_the_same_beats(world):
    results = world(good)
    leak = ensemble(results, "intra", {})
    same = ensemble(results, "ds2", {}).where(leak)
    assert np.array_equal(same.true, leak.true)
    assert np.array_equal(same.place, leak.place)
    assert 0 < len(leak.true) < len(DS2) * sum(BEATS.values())


def test_the_published_figures_are_the_bounds(checkout):
    checks = load(checkout / "conf", NAME).checks
    for label in ("N", "S", "V"):
        bounds = [checks[f"{label.lower()}_{n}"]["bound"] for n in ("sensitivity", "predictivity")]
        assert tuple(bounds) == DE_CHAZAL[label]


@pytest.fixture(scope="module")
def configs(checkout, composer):
    """The composed configs of every part that trains, under the full profile."""

    return {
        (part.name, arm, axes.get("data.fold")): composer.cell([*part.base, *part.arms[arm]], axes)
        for part in load(checkout / "conf", NAME, "full").parts
        if part.task == "train"
        for arm, axes in part.points()
    }


def test_what_compares_recipes_never_sees_ds2(configs):
    for (part, _, fold), config in configs.items():
        if part == "folds":
            assert config["data"]["protocol"] == "folds"
            assert config["data"]["fold"] == fold
    assert {fold for part, _, fold in configs if part == "folds"} == set(range(len(FOLDS)))


def test_all_parts_train_the_same_recipe(configs):
    def rest(config):
        return {key: value for key, value in config.items() if key != "data"}

    recipe = configs["ds2", "", None]
    for part, arm in (("swap", ""), ("intra", ""), ("shuffled", "shuffled")):
        assert rest(configs[part, arm, None]) == rest(recipe)
    assert rest(configs["folds", "recipe", 0]) == rest(recipe)
    assert recipe["data"]["protocol"] == "inter"
    assert not recipe["data"]["use_validation"]
    assert configs["shuffled", "shuffled", None]["data"]["shuffle_labels"]
    assert recipe["fit"]["class_weights"] == [1, 8, 2, 1]


def test_the_class_weights_are_read_from_the_claim(world):
    assert class_weights(world(good)) == [1, 8, 2, 1]


def test_strips_are_the_prepared_signal_about_their_beats(tape_tables, stand_in_data):
    folder = stand_in_data / "prepared" / "ecg"
    strips, beats_of = tape_tables["strips"], tape_tables["strip_beats"]
    numbers, owner, sample, kinds, signal = (
        np.load(folder / f"{name}.npy")
        for name in ("records", "beat_record", "beat_sample", "beat_class", "signal")
    )
    assert set(strips["record"]) == set(DS2)
    row = strips.drop_duplicates(["record", "place"]).iloc[7]
    mine = np.flatnonzero(numbers[owner] == row.record)
    at = sample[mine[int(row.place)]]
    shown = strips[(strips["record"] == row.record) & (strips["place"] == row.place)]
    middle = shown.loc[shown["seconds"].abs() < 1e-9, "signal"].item()
    assert middle == pytest.approx(float(signal[at, 0]), abs=1e-3)
    assert shown["seconds"].abs().max() == pytest.approx(REACH, abs=0.02)
    near = beats_of[(beats_of["record"] == row.record) & (beats_of["place"] == row.place)]
    assert near["true"].tolist() == kinds[mine[near["neighbour"]]].tolist()
    centre = near[near["neighbour"] == row.place]
    assert centre["seconds"].tolist() == [0.0]
    counts = strips.drop_duplicates(["record", "place"]).groupby("record").size()
    assert counts.max() <= sum(KEPT.values()) + 6


def test_the_typical_strip_is_the_median_of_its_kind(world, tape_tables):
    names = pd.MultiIndex.from_tuples([(100, k) for k in range(3)], names=["record", "place"])
    strips = pd.DataFrame({"true": 1, "told": 0, "p": [0.9, 0.4, 0.6]}, names)
    assert typical(strips, 1, 0) == (100, 2)
    assert typical(strips, 1, 1) is None
    net = ensemble(world(good), "ds2", {})
    told = net.answers()
    found = told_strips(tape_tables["strips"], told)
    assert len(found)
    for strip in found.reset_index()[:20].itertuples():
        beat = (net.record == strip.record) & (net.place == strip.place)
        assert (strip.told, strip.true) == (net.predicted[beat].item(), net.true[beat].item())


def test_the_task_says_how_many_strips_there_are(monkeypatch, stand_in_data):
    monkeypatch.setenv("DEEPCLAIMS_ROOT", str(stand_in_data.parent))
    outcome = measure.strips({}, 5)
    names = outcome.tables["strips"][["record", "place"]].drop_duplicates()
    assert outcome.metrics["n_strips"] == len(names)
    assert set(outcome.tables["strip_beats"]["true"]) <= set(range(len(CLASSES) + 1))
