"""Headers written byte by byte: what wfdb drops of them is looked at here."""

import numpy as np
import pytest

from deepclaims.data.wfdb_record import read_recording
from deepclaims.data.wfdb_units import millivolts
from deepclaims.errors import DataError

RAW = np.round(1000 * np.cos(np.arange(7200) / 50)).astype("<i2")


def write(folder, unit, coding="utf-8", gain="200"):
    header = (
        f"# made for a test\nx 1 360 {len(RAW)}\nx.dat 16 {gain}{unit} 16 0 0 0 0 MLII\n# end\n"
    )
    (folder / "x.hea").write_bytes(header.encode(coding))
    (folder / "x.dat").write_bytes(RAW.tobytes())
    return folder / "x"


@pytest.mark.parametrize(
    ("unit", "coding", "scale"),
    [
        ("/mV", "utf-8", 1.0),
        ("", "utf-8", 1.0),  # WFDB's default
        ("/V", "utf-8", 1000.0),
        ("/uV", "utf-8", 0.001),
        ("/\N{MICRO SIGN}V", "utf-8", 0.001),
        ("/\N{GREEK SMALL LETTER MU}V", "utf-8", 0.001),
        ("/\N{MICRO SIGN}V", "latin-1", 0.001),
        ("(0)/\N{MICRO SIGN}V", "utf-8-sig", 0.001),
        ("/nV", "utf-8", 1e-6),
        ("/UV", "utf-8", 0.001),
        ("/microvolts", "utf-8", 0.001),
    ],
)
def test_units_of_voltage_become_millivolts(tmp_path, unit, coding, scale):
    recording = read_recording(write(tmp_path, unit, coding))
    assert np.allclose(recording.signal[:, 0], RAW / 200 * scale, rtol=1e-12, atol=0)
    assert recording.units == {}


@pytest.mark.parametrize("unit", ["mmHg", "NU", "%", "\N{MICRO SIGN}mol"])
def test_another_unit_is_told(tmp_path, unit):
    recording = read_recording(write(tmp_path, f"/{unit}"))
    assert recording.units == {"MLII": unit}
    assert np.array_equal(recording.signal[:, 0], RAW / 200)


def test_a_unit_is_that_of_its_own_signal(tmp_path):
    """The first line that is no comment is the record's, also where one follows it."""
    rows = ["x 3 360 7200 # of three", "# remark", "", "x.dat 16 200/mmHg 16 0 0 0 0 ABP",
            "x.dat 16 200/µV 16 0 0 0 0 MLII", "~ 0 200/mV 16 0 0 0 0 V1"]  # fmt: skip
    (tmp_path / "x.hea").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "x.dat").write_bytes(np.stack([RAW, RAW], axis=1).tobytes())
    recording = read_recording(tmp_path / "x", second="ABP")
    assert recording.units == {"ABP": "mmHg"}
    assert np.allclose(recording.signal, np.stack([RAW / 200_000, RAW / 200], axis=1))


def test_voltages_alone_have_millivolts():
    assert millivolts("mV") == 1
    assert millivolts("") is None
    assert millivolts("mmHg") is None


@pytest.mark.parametrize("rate", ["-360", "x360", "360x", "nan", "3.6e2"])
def test_a_rate_that_is_none_is_refused(tmp_path, rate):
    """wfdb reads 250."""
    path = write(tmp_path, "/mV")
    header = path.with_suffix(".hea")
    header.write_text(header.read_text().replace("x 1 360", f"x 1 {rate}"))
    with pytest.raises(DataError, match=rf"x\.hea: '{rate}' is no number of frames"):
        read_recording(path)


@pytest.mark.parametrize(
    ("rate", "read"), [("360.0", 360), ("360/4", 360), ("360.5/4(0.5)", 360.5), ("", 250)]
)
def test_a_rate_may_have_a_counter_and_may_be_unsaid(tmp_path, rate, read):
    path = write(tmp_path, "/mV")
    header = path.with_suffix(".hea")
    rest = f"{rate} {len(RAW)}" if rate else ""
    header.write_text(header.read_text().replace(f"x 1 360 {len(RAW)}", f"x 1 {rest}".rstrip()))
    assert read_recording(path).rate == read
