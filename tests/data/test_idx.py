import gzip
import struct

import numpy as np
import pytest

from deepclaims.data.idx import read_any_idx, read_idx
from deepclaims.errors import DataError


def idx_bytes(array: np.ndarray) -> bytes:
    header = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.mark.parametrize("shape", [(7,), (3, 5, 4)])
def test_reads_what_the_format_says(tmp_path, shape):
    array = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(idx_bytes(array)))
    assert np.array_equal(read_idx(path), array)


def test_damaged_files_are_refused_by_name(tmp_path):
    whole = idx_bytes(np.zeros((4, 2), np.uint8))
    flipped = bytearray(gzip.compress(whole))
    flipped[len(flipped) // 2] ^= 0xFF
    broken = {
        "missing": None,
        "no gzip": whole,
        "flipped byte": bytes(flipped),
        "cut off": gzip.compress(whole)[:-4],
        "too short": gzip.compress(whole[:-1]),
        "too long": gzip.compress(whole + b"\0"),
        "header only": gzip.compress(whole[:6]),
        "other type": gzip.compress(b"\0\0\x0d" + whole[3:]),
        "empty": gzip.compress(b""),
    }
    for name, content in broken.items():
        path = tmp_path / f"{name}.gz"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(DataError, match=name):
            read_idx(path)


@pytest.mark.parametrize(("code", "kind"), [(8, "u1"), (9, "i1"), (11, ">i2"), (13, ">f4")])
def test_any_type_is_read_compressed_or_not(tmp_path, code, kind):
    array = np.arange(-6, 6).reshape(3, 4).astype(kind)
    content = bytes((0, 0, code, 2)) + struct.pack(">2I", 3, 4) + array.tobytes()
    for form in (content, gzip.compress(content)):
        (tmp_path / "x").write_bytes(form)
        assert np.array_equal(read_any_idx(tmp_path / "x"), array)
    for damaged in (b"words", content[:-1], content[:9], gzip.compress(content)[:-9]):
        (tmp_path / "x").write_bytes(damaged)
        with pytest.raises(DataError, match=str(tmp_path / "x")):
            read_any_idx(tmp_path / "x")
