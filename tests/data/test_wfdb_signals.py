"""Signals written by hand, frame by frame: raw numbers are told by their millivolts."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from deepclaims.data.wfdb_signals import distinct, read_contents, read_leads
from deepclaims.errors import DataError

MISSING = -(2**15)


def raw(count, seed=0):
    return np.random.default_rng(seed).integers(-1000, 1000, count).astype("<i2")


def write(folder, name, signals, frames, rate=100):
    """A record of format 16; `signals`: name -> (raw samples, their number a frame, gain, skew)."""
    lines = [f"{name} {len(signals)} {rate} {frames}"]
    for lead, (samples, per_frame, gain, skew) in signals.items():
        checksum = int(samples.astype(int).sum() % 2**16)
        lines.append(f"{name}.dat 16x{per_frame}:{skew} {gain}/mV 16 0 {samples[0]} {checksum} 0 "
                     f"{lead}")  # fmt: skip
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n")
    each = [samples.reshape(frames, per_frame) for samples, per_frame, *_ in signals.values()]
    (folder / f"{name}.dat").write_bytes(np.concatenate(each, axis=1).tobytes())
    return folder / name


def join(folder, segments, first="", rate=100, signals=1):
    """A record `all` of segments: (name, frames) each, by time; `first` is a layout's name."""
    rows = [(first, 0), *segments] if first else segments
    total = sum(frames for _, frames in segments)
    lines = [f"all/{len(rows)} {signals} {rate} {total}", *[f"{name} {n}" for name, n in rows]]
    (folder / "all.hea").write_text("\n".join(lines) + "\n")
    return folder / "all"


def layout(folder, *leads, rate=100):
    lines = [f"layout {len(leads)} {rate} 0", *[f"~ 0 200/mV 16 0 0 0 0 {lead}" for lead in leads]]
    (folder / "layout.hea").write_text("\n".join(lines) + "\n")


def read(path, *names):
    return read_leads(read_contents(path), names)


def test_a_lead_of_several_samples_a_frame_is_read_at_its_own_rate(tmp_path):
    fast, slow = raw(4000), raw(1000, 1)
    path = write(tmp_path, "x", {"II": (fast, 4, 200, 0), "ABP": (slow, 1, 10, 0)}, 1000)
    contents = read_contents(path)
    assert (contents.rate, contents.frames, contents.names) == (100, 1000, ("II", "ABP"))
    abp, lead = read_leads(contents, ["ABP", "II"])
    assert (lead.rate, abp.rate) == (400, 100)
    assert np.array_equal(lead.signal, fast / 200)
    assert np.array_equal(abp.signal, slow / 10)


def test_frames_of_flac_are_read_too(tmp_path):
    fast, slow = raw(4000), raw(1000, 1)
    record = wfdb.Record(
        record_name="x", n_sig=2, fs=100, sig_len=1000, file_name=["a.dat", "b.dat"],
        fmt=["516", "516"],
        samps_per_frame=[4, 1], adc_gain=[200.0, 200.0], baseline=[0, 0], units=["mV", "mV"],
        adc_res=[16, 16], adc_zero=[0, 0], init_value=[int(fast[0]), int(slow[0])],
        checksum=[int(s.astype(int).sum() % 2**16) for s in (fast, slow)], block_size=[0, 0],
        sig_name=["II", "V"], e_d_signal=[fast.astype(int), slow.astype(int)],
    )  # fmt: skip
    record.wrsamp(expanded=True, write_dir=str(tmp_path))
    lead, other = read(tmp_path / "x", "II", "V")
    assert lead.rate == 400
    assert np.array_equal(lead.signal, fast / 200)
    assert np.array_equal(other.signal, slow / 200)


def test_the_checksum_is_that_of_all_samples_of_the_frames(tmp_path):
    path = write(tmp_path, "x", {"II": (raw(4000), 4, 200, 0)}, 1000)
    content = bytearray((tmp_path / "x.dat").read_bytes())
    content[4001] ^= 0x10
    (tmp_path / "x.dat").write_bytes(content)
    with pytest.raises(DataError, match=r"damaged: the samples of II do not add up"):
        read(path, "II")


def test_a_skewed_lead_is_put_in_its_place(tmp_path):
    first, late = raw(2000), raw(1000, 1)
    path = write(tmp_path, "x", {"II": (first, 2, 200, 0), "V": (late, 1, 200, 3)}, 1000)
    lead, other = read(path, "II", "V")
    assert np.array_equal(lead.signal, first / 200)
    assert np.array_equal(other.signal[:-3], late[3:] / 200)
    assert np.isnan(other.signal[-3:]).all()
    path = write(tmp_path, "y", {"V": (raw(2000), 2, 200, 3)}, 1000)
    assert np.isnan(read(path, "V")[0].signal).nonzero()[0].tolist() == [*range(1994, 2000)]


def test_each_segment_has_its_gain_and_its_samples_a_frame(tmp_path):
    one, two = raw(400), raw(800, 1)
    write(tmp_path, "a", {"II": (one, 4, 200, 0)}, 100)
    write(tmp_path, "b", {"II": (two, 4, 100, 0)}, 200)
    (lead,) = read(join(tmp_path, [("a", 100), ("b", 200), ("a", 100)]), "II")
    assert lead.rate == 400
    assert np.array_equal(lead.signal, np.concatenate([one / 200, two / 100, one / 200]))


def test_a_variable_layout_has_leads_by_name_and_gaps_where_there_are_none(tmp_path):
    layout(tmp_path, "II", "V")
    one, two, other = raw(100), raw(200, 1), raw(200, 2)
    write(tmp_path, "a", {"II": (one, 1, 200, 0)}, 100)
    write(tmp_path, "b", {"V": (other, 1, 50, 0), "II": (two, 1, 100, 0)}, 200)
    path = join(tmp_path, [("~", 50), ("a", 100), ("~", 30), ("b", 200)], "layout", signals=2)
    contents = read_contents(path)
    assert (contents.names, contents.frames) == (("II", "V"), 380)
    lead, v = read_leads(contents, ["II", "V"], precision=32)
    nothing = np.full(50, np.nan)
    expected = [nothing, one / 200, nothing[:30], two / 100]
    assert lead.signal.dtype == np.float32
    assert np.array_equal(lead.signal, np.concatenate(expected).astype("f4"), equal_nan=True)
    assert np.isnan(v.signal[:180]).all()
    assert np.array_equal(v.signal[180:], (other / 50).astype("f4"))


def test_a_lead_that_changes_its_rate_is_refused(tmp_path):
    write(tmp_path, "a", {"II": (raw(400), 4, 200, 0)}, 100)
    write(tmp_path, "b", {"II": (raw(200), 2, 200, 0)}, 100)
    with pytest.raises(DataError, match=r"lead II of record .*all has 2 and 4 samples a frame"):
        read(join(tmp_path, [("a", 100), ("b", 100)]), "II")


def test_a_segment_of_another_rate_is_refused(tmp_path):
    """Half the frames a second: its two seconds are four of the record."""
    write(tmp_path, "a", {"II": (raw(400), 1, 200, 0)}, 400, rate=200)
    write(tmp_path, "b", {"II": (raw(200), 1, 200, 0)}, 200, rate=100)
    path = join(tmp_path, [("a", 400), ("b", 200)], rate=200)
    with pytest.raises(DataError, match=r"segment .*b has 100 frames a second, but .*all\.hea"):
        read(path, "II")


def test_what_of_a_record_of_segments_is_damaged_is_named(tmp_path):
    write(tmp_path, "a", {"II": (raw(100), 1, 200, 0)}, 100)
    with pytest.raises(DataError, match=r"a\.hea has 100 frames, and .*all\.hea says 90"):
        read(join(tmp_path, [("a", 90)]), "II")
    with pytest.raises(DataError, match=r"b\.hea is missing"):
        read(join(tmp_path, [("a", 100), ("b", 100)]), "II")
    write(tmp_path, "b", {"II": (raw(9), 1, 9, 0), "V": (raw(9), 1, 9, 0)}, 9)
    with pytest.raises(DataError, match=r"b\.hea has 2 signals, but .*all\.hea 1"):
        read(join(tmp_path, [("a", 100), ("b", 9)]), "II")


def test_the_unusual_is_read_and_what_wfdb_cannot_read_is_not_called_damaged(tmp_path):
    samples = raw(1000)
    path = write(tmp_path, "x", {"II": (samples, 1, 200, 0)}, 1000)

    def header(*rows):
        Path(f"{path}.hea").write_text("\n".join(rows) + "\n")

    header("x 1 100", "x.dat 16")  # neither its length, nor a gain, nor a name
    contents = read_contents(path)
    assert (contents.frames, contents.names) == (None, ("#1",))
    (lead,) = read_leads(contents, ["#1"])
    assert np.array_equal(lead.signal, samples / 200)
    header("x 1 100 1000", "x.dat 16 200 16 0 0 0 0 II")  # a sum that nobody has computed
    assert np.array_equal(read(path, "II")[0].signal, samples / 200)
    header("x 2 100 1000", "~ 0 200 16 0 0 0 0 none", "x.dat 16 200 16 0 0")  # a null signal
    lead, null = read(path, "#1", "none")
    assert np.array_equal(lead.signal, samples / 200)
    assert np.isnan(null.signal).all()
    header("x 1 100 1000", "x.dat 22 200 16 0 0 0 0 II")
    with pytest.raises(DataError, match=r"has signals in format 22, which wfdb does not read"):
        read(path, "II")
    header("x 0 100 1000")
    assert read_contents(path).names == ()


def test_missing_samples_are_so_in_every_segment(tmp_path):
    samples = raw(100)
    samples[20:30] = MISSING
    write(tmp_path, "a", {"II": (samples, 1, 200, 0)}, 100)
    (lead,) = read(join(tmp_path, [("a", 100), ("a", 100)]), "II")
    assert np.flatnonzero(np.isnan(lead.signal)).tolist() == [*range(20, 30), *range(120, 130)]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["ECG", "ECG", "V", "ECG"], ("ECG", "ECG#2", "V", "ECG#3")),
        ([None, "II", None], ("#1", "II", "#2")),
        (["ECG", "ECG", "ECG#2"], ("ECG", "ECG#3", "ECG#2")),
    ],
)
def test_no_two_leads_have_one_name(names, found):
    assert distinct(names) == found
