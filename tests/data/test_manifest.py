import gzip
import hashlib
import struct

import pytest

from deepclaims.data.aami import DS1, DS2, PACED
from deepclaims.data.manifest import PUBLISHED, manifest, official_fingerprint


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_mnist_and_fashion_mnist_are_four_files(dataset):
    assert sorted(manifest(dataset)) == [
        f"{part}-{kind}-ubyte.gz"
        for part in ("t10k", "train")
        for kind in ("images-idx3", "labels-idx1")
    ]


def test_mitdb_is_three_files_a_record():
    records = (*DS1, *DS2, *PACED)
    assert len(set(records)) == 48
    expected = {f"{number}.{kind}" for number in records for kind in ("atr", "dat", "hea")}
    assert set(manifest("mitdb")) == expected


def test_every_digest_is_one_and_no_two_files_are_the_same():
    for dataset in PUBLISHED:
        digests = list(manifest(dataset).values())
        assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in digests)
        assert len(set(digests)) == len(digests)


def test_fingerprints_tell_data_sets_apart():
    assert len({official_fingerprint(dataset) for dataset in PUBLISHED}) == len(PUBLISHED)


MD5_AS_PUBLISHED = {  # what torchvision and others check MNIST by
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


@pytest.mark.real_data
def test_the_manifests_are_of_the_published_files(mirror):
    for name, md5 in MD5_AS_PUBLISHED.items():
        content = (mirror / "mnist" / name).read_bytes()
        assert hashlib.md5(content).hexdigest() == md5
        assert hashlib.sha256(content).hexdigest() == manifest("mnist")[name]
    for name, digest in manifest("mitdb").items():
        content = (mirror / "mitdb/1.0.0" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


FASHION = {  # size, md5 by its authors' README, and time in the header of each file as published
    "train-images-idx3-ubyte.gz": (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 1504176606),
    "train-labels-idx1-ubyte.gz": (29_515, "25c81989df183df01b3e8a0aad5dffbe", 1504176606),
    "t10k-images-idx3-ubyte.gz": (4_422_102, "bef4ecab320f06d8554ea6380940ec79", 1504176627),
    "t10k-labels-idx1-ubyte.gz": (5_148, "bb300cfdad3c16e7a12a480ee83cd310", 1504176627),
}
HAS_NAME = 0x08


@pytest.fixture(scope="module")
def fashion(mirror):
    """The files of Fashion-MNIST in a mirror."""
    if not (mirror / "fashion-mnist").is_dir():
        pytest.skip("needs Fashion-MNIST in DEEPCLAIMS_MIRROR: it has no folder fashion-mnist/")
    return {name: (mirror / "fashion-mnist" / name).read_bytes() for name in FASHION}


@pytest.mark.real_data
def test_the_manifest_of_fashion_mnist_is_of_the_content(fashion):
    for name, packed in fashion.items():
        digest = hashlib.sha256(gzip.decompress(packed)).hexdigest()
        assert digest == manifest("fashion_mnist")[name]


@pytest.mark.real_data
def test_that_content_is_as_published(fashion):
    """A mirror may hold them with another header: with their own put back they have the md5."""
    for name, packed in fashion.items():
        size, md5, time = FASHION[name]
        header = struct.pack("<4BI2B", 0x1F, 0x8B, 8, HAS_NAME, time, 0, 3)
        published = header + name.removesuffix(".gz").encode() + b"\0" + deflated(packed)
        if len(published) != size:
            pytest.skip("this mirror compressed the files anew: the published md5 says nothing")
        assert hashlib.md5(published).hexdigest() == md5


def deflated(packed: bytes) -> bytes:
    """What follows the header of a gzip file (RFC 1952) that has a name in it, or nothing."""
    assert packed[3] in (0, HAS_NAME)
    return packed[10:] if packed[3] == 0 else packed[packed.index(b"\0", 10) + 1 :]
