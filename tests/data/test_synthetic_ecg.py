from dataclasses import replace

import numpy as np
import pytest
import wfdb

from deepclaims.data import synthetic_ecg as synthetic
from deepclaims.data.aami import CLASSES, DS1, DS2, PACED
from deepclaims.data.prepared import read_array, read_meta
from deepclaims.data.synthetic_records import write_record


@pytest.fixture(scope="module")
def patient():
    """A patient with much of everything, a steady sinus and little noise."""
    drawn = synthetic.draw_patient(np.random.default_rng(1))
    return replace(
        drawn,
        shares=(0.1, 0.1, 0.05),
        variability=0.01,
        noise=0.001,
        wander=0.0,
        fibrillates=False,
        symbol="N",
    )


@pytest.fixture(scope="module")
def beats(patient):
    return synthetic.rhythm(patient, np.random.default_rng(2))


def around(beats, kind: str, interval: float) -> tuple[np.ndarray, np.ndarray]:
    """Intervals before and after each beat of a kind, as shares of the sinus interval."""
    times, kinds = beats
    at = np.array([i for i, k in enumerate(kinds[1:-1], 1) if k == kind])
    return (times[at] - times[at - 1]) / interval, (times[at + 1] - times[at]) / interval


def test_s_is_premature_and_its_pause_not_compensatory(beats, patient):
    pre, post = around(beats, "S", patient.interval)
    assert len(pre) > 10
    assert pre.max() < 0.9
    assert (pre + post).max() < 1.98
    assert post.min() > 0.95


def test_v_is_premature_and_its_pause_fully_compensatory(beats, patient):
    pre, post = around(beats, "V", patient.interval)
    assert len(pre) > 10
    assert pre.max() < 0.9
    assert np.allclose(pre + post, 2, atol=0.08)


def test_f_comes_when_the_next_beat_is_due(beats, patient):
    pre, _ = around(beats, "F", patient.interval)
    assert len(pre) > 5
    assert pre.min() > 0.9
    assert pre.max() < 1.06


def test_v_is_wide_and_has_no_p_wave_and_f_lies_between(patient):
    # Far apart, so that no T wave falls into the next beat's P.
    times, kinds = np.arange(2.0, 290.0, 2.0), ["N", "V", "F"] * 48
    signal = synthetic.signal(patient, times, kinds, np.random.default_rng(3))[:, 0]
    windows = signal[(np.round(times * 360)[:, None] + np.arange(-108, 108)).astype(int)]
    mean = {kind: windows[np.array(kinds) == kind].mean(axis=0) for kind in "NVF"}
    p_wave = {kind: wave[38:58].mean() for kind, wave in mean.items()}
    width = {kind: np.sum(wave[78:138] > wave[108] / 2) / 360 for kind, wave in mean.items()}
    assert abs(p_wave["V"]) < 0.02 < p_wave["F"] < p_wave["N"]
    assert width["N"] < 0.05 < 0.07 < width["V"]
    assert width["N"] < width["F"] < width["V"]


def test_fibrillation_is_irregular(patient):
    ill, well = (
        synthetic.rhythm(
            replace(patient, fibrillates=f, shares=(0.0, 0.0, 0.0)), np.random.default_rng(4)
        )[0]
        for f in (True, False)
    )
    assert np.diff(ill).std() > 5 * np.diff(well).std()


def test_a_record_is_the_same_every_time(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_record(tmp_path / folder, 114)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["114.atr", "114.dat", "114.hea"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_records_have_the_names_and_leads_of_the_data_base(stand_in_data):
    raw = stand_in_data / "raw" / "mitdb"
    assert {int(path.stem) for path in raw.glob("*.hea")} == {*DS1, *DS2, *PACED}
    leads = {n: wfdb.rdheader(str(raw / str(n))).sig_name for n in (100, 102, 104, 114)}
    assert leads[114] == ["V5", "MLII"]
    assert leads[100] == ["MLII", "V1"]
    assert "MLII" not in leads[102] + leads[104]
    assert "SYNTHETIC" in wfdb.rdheader(str(raw / "100")).comments[0]
    assert "/" in wfdb.rdann(str(raw / "102"), "atr").symbol


def test_both_divisions_have_every_class_and_patients_differ(stand_in_data):
    folder = stand_in_data / "prepared" / "ecg"
    counts = read_meta(folder, "ecg")["counts"]
    for division in ("DS1", "DS2"):
        assert counts[division]["N"] > 5000
        assert all(counts[division][name] >= 40 for name in "SVF")
    record, kind = (read_array(folder, n, "ecg") for n in ("beat_record", "beat_class"))
    share = [np.mean(kind[record == r] == CLASSES.index("V")) for r in range(44)]
    assert min(share) == 0
    assert max(share) > 0.1


def test_a_rhythm_rule_finds_v_and_s_in_the_stand_in(stand_in_data):
    """The labels are about the signal: what ectopy is can be read off the prepared features."""
    folder = stand_in_data / "prepared" / "ecg"
    kind, pre = (read_array(folder, n, "ecg") for n in ("beat_class", "offline"))
    early = pre[:, 0] < -0.12
    ectopic = np.isin(kind, [CLASSES.index("S"), CLASSES.index("V")])
    assert early[ectopic].mean() > 0.8
    assert early[~ectopic].mean() < 0.12
