"""Every format of WFDB, its bytes laid by hand from signal(5) of the WFDB Applications Guide."""

import gzip
import re
import shutil

import numpy as np
import pytest
import wfdb

from deepclaims.data.wfdb_record import find_record, read_notes, read_recording
from deepclaims.data.wfdb_signals import read_contents, read_leads
from deepclaims.errors import DataError

FRAMES = 4001
"""No multiple of 2 or 3, by which samples are packed."""


def by_two(samples):
    """212: the second sample's high bits are the high ones of the byte between."""
    first, second = (np.pad(samples, (0, len(samples) % 2)) & 0xFFF).reshape(-1, 2).T
    middle = (first >> 8) | ((second >> 8) << 4)
    return np.stack([first & 0xFF, middle, second & 0xFF], axis=1).astype("u1")


def threes(samples):
    return (np.pad(samples, (0, -len(samples) % 3)) & 0x3FF).reshape(-1, 3).T


def by_three(samples):
    """310: two in the low bits but one of two pairs of bytes, the third in their five high ones."""
    first, second, third = threes(samples)
    pairs = [first << 1 | (third & 0x1F) << 11, second << 1 | (third >> 5) << 11]
    return np.stack(pairs, axis=1).astype("<u2")


def in_a_row(samples):
    """311: three in 30 bits of a number of four bytes, from the low ones on."""
    first, second, third = threes(samples)
    return (first | second << 10 | third << 20).astype("<u4")


def three_bytes(samples):
    return samples.astype("<i4").view("u1").reshape(-1, 4)[:, :3]


FORMATS = {
    "16": (16, lambda s: s.astype("<i2")),
    "24": (24, three_bytes),
    "32": (32, lambda s: s.astype("<i4")),
    "61": (16, lambda s: s.astype(">i2")),
    "80": (8, lambda s: (s + 2**7).astype("u1")),
    "160": (16, lambda s: (s + 2**15).astype("<u2")),
    "212": (12, by_two),
    "310": (10, by_three),
    "311": (10, in_a_row),
}
"""Bits of a sample, and what makes bytes of samples."""


def made(bits, marked=True):
    """(frames, 2) samples over all that so many bits hold; the lowest marks what is missing."""
    most = 2 ** (bits - 1) - 1
    samples = np.random.default_rng(0).integers(-most, most + 1, (FRAMES, 2))
    samples[:4] = [[most, -most], [-most, most], [-1, 0], [0, 1]]
    if marked:
        samples[100:150, 0] = -(2 ** (bits - 1))
    return samples


def write(folder, form, samples, content):
    sums, first = samples.sum(axis=0) % 2**16, samples[0]
    lines = [f"x.dat {form} 100/mV 0 0 {first[i]} {sums[i]} 0 {name}"
             for i, name in enumerate(("MLII", "V1"))]  # fmt: skip
    (folder / "x.hea").write_text("\n".join([f"x 2 360 {len(samples)}", *lines]) + "\n")
    (folder / "x.dat").write_bytes(content)
    return folder / "x"


def in_mv(samples, bits):
    return np.where(samples == -(2 ** (bits - 1)), np.nan, samples / 100)


def require(path, expected):
    leads = read_leads(read_contents(path), ["MLII", "V1"])
    for lead, column in zip(leads, expected.T, strict=True):
        np.testing.assert_allclose(lead.signal, column, rtol=1e-12)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_its_samples(form, tmp_path):
    bits, pack = FORMATS[form]
    samples = made(bits)
    path = write(tmp_path, form, samples, pack(samples.ravel()).tobytes())
    require(path, in_mv(samples, bits))


def test_first_differences_are_summed_from_the_first_value(tmp_path):
    """Format 8, which marks nothing as missing."""
    steps = np.random.default_rng(0).integers(-128, 128, (FRAMES, 2))
    steps[0] = 0
    samples = np.array([300, -700]) + steps.cumsum(axis=0)
    require(write(tmp_path, "8", samples, steps.astype("i1").tobytes()), samples / 100)


FLAC = pytest.mark.parametrize(("form", "bits"), [("508", 8), ("516", 16), ("524", 24)])


def in_flac(folder, form, samples):
    wfdb.wrsamp("x", fs=360, units=["mV"] * 2, sig_name=["MLII", "V1"], fmt=[form] * 2,
                d_signal=samples, adc_gain=[100.0] * 2, baseline=[0] * 2,
                write_dir=str(folder))  # fmt: skip
    return folder / "x"


@FLAC
def test_every_format_of_flac_gives_its_samples(form, bits, tmp_path):
    samples = made(bits)
    require(in_flac(tmp_path, form, samples), in_mv(samples, bits))


@FLAC
def test_damage_is_found_in_every_format_of_flac(form, bits, tmp_path):
    """A bit turned or the end cut off: refused by name, or not one sample is another."""
    samples = made(bits)
    path = in_flac(tmp_path, form, samples)
    file = path.with_suffix(".dat")
    content = file.read_bytes()
    places = np.random.default_rng(0).integers(len(content), size=40)
    damaged = [content[:at] + bytes([content[at] ^ 0x08]) + content[at + 1 :] for at in places]
    refused = []
    for one in [*damaged, *(content[:at] for at in places)]:
        file.write_bytes(one)
        try:
            require(path, in_mv(samples, bits))
        except DataError as error:
            refused.append(str(error))
    assert len(refused) > 70
    said = re.compile(r"the signal of record .*x is damaged|do not add up to the checksum")
    assert all(said.search(line) for line in refused)


@pytest.mark.parametrize("form", ["8", *FORMATS])
def test_damage_is_found_in_every_format(form, tmp_path):
    samples = np.tile([5, -7], (FRAMES, 1))
    steps = np.zeros_like(samples)
    content = bytearray(steps.astype("i1").tobytes() if form == "8"
                        else FORMATS[form][1](samples.ravel()).tobytes())  # fmt: skip
    content[300] ^= 0x08
    path = write(tmp_path, form, samples, bytes(content))
    with pytest.raises(DataError, match=r"the samples of .* do not add up to the checksum"):
        read_leads(read_contents(path), ["MLII"])


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_of_missing_samples_only_is_refused_in_a_line(form, tmp_path):
    bits, pack = FORMATS[form]
    samples = np.full((FRAMES, 2), -(2 ** (bits - 1)))
    path = write(tmp_path, form, samples, pack(samples.ravel()).tobytes())
    with pytest.raises(DataError, match=r"^lead MLII of record .*x has no samples: all .* missing"):
        read_recording(path)


def zipped(folder, name):
    file = folder / name
    with file.open("rb") as plain, gzip.open(f"{file}.gz", "wb") as packed:
        shutil.copyfileobj(plain, packed)
    file.unlink()


def test_what_is_packed_is_to_be_unpacked(tmp_path):
    """WFDB reads no gzip: not the signals, not the header."""
    bits, pack = FORMATS["16"]
    samples = made(bits)
    path = write(tmp_path, "16", samples, pack(samples.ravel()).tobytes())
    zipped(tmp_path, "x.dat")
    said = r"x\.dat\.gz is packed: unpack it \(gunzip .*x\.dat\.gz\)"
    with pytest.raises(DataError, match=said):
        read_recording(path)
    zipped(tmp_path, "x.hea")
    with pytest.raises(DataError, match=r"x\.hea\.gz is packed: unpack it"):
        read_contents(path)
    with pytest.raises(DataError, match=r"x\.hea\.gz is packed: unpack it"):
        find_record(str(path), tmp_path)


def test_packed_annotations_are_to_be_unpacked(tmp_path):
    wfdb.wrann("x", "atr", np.array([100]), symbol=["N"], write_dir=str(tmp_path))
    zipped(tmp_path, "x.atr")
    with pytest.raises(DataError, match=r"x\.atr\.gz is packed: unpack it"):
        read_notes(tmp_path / "x", "atr", 360)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("x.dat.gz", r"x\.dat\.gz is packed: unpack it .*, and name it so in .*x\.hea"),
        ("x.one.dat", r"x\.hea is damaged, or unlike those that wfdb reads \(invalid syntax"),
    ],
)
def test_a_signal_file_of_two_suffixes_is_not_said_to_be_damaged(name, says, tmp_path):
    (tmp_path / name).write_bytes(bytes(8000))
    (tmp_path / "x.hea").write_text(f"x 1 360\n{name} 16\n")
    with pytest.raises(DataError, match=says):
        read_contents(tmp_path / "x")
