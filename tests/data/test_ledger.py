import gzip
import hashlib

import pytest

from deepclaims.data.ledger import Ledger, sha256_of

CONTENT = b"what was published" * 999


def test_packed_files_are_known_by_what_they_hold(tmp_path):
    paths = [tmp_path / f"{level}.gz" for level in (1, 9)]
    for path, level in zip(paths, (1, 9), strict=True):
        path.write_bytes(gzip.compress(CONTENT, level, mtime=level))
    assert paths[0].read_bytes() != paths[1].read_bytes()
    expected = hashlib.sha256(CONTENT).hexdigest()
    for path in paths:
        assert sha256_of(path, unpacked=True) == expected
        assert Ledger(tmp_path / "ledger", unpacked=True).digest(path) == expected
        assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("damage", ["cut", "flipped", "no gzip", "followed"])
def test_what_cannot_be_unpacked_has_no_sha256(tmp_path, damage):
    whole = gzip.compress(CONTENT)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    damaged = {
        "cut": whole[:-9],
        "flipped": bytes(flipped),
        "no gzip": CONTENT,
        "followed": whole + b"something else",
    }
    (tmp_path / "x.gz").write_bytes(damaged[damage])
    assert sha256_of(tmp_path / "x.gz", unpacked=True) == ""


def test_a_file_that_is_not_there_has_no_digest(tmp_path):
    assert Ledger(tmp_path / "ledger", unpacked=True).digest(tmp_path / "x.gz") is None
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "x.gz", unpacked=True)
